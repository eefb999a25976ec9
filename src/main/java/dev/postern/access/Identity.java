package dev.postern.access;

import dev.postern.path.VerifiedPath;
import dev.postern.x509.Certificate;

/**
 * A user, and the verified certificate that says so. Exists only after path, dates and directory
 * agreed; of the dates, the certificate's own end may lie behind only where {@link #mayOnlyRenew}.
 */
public final class Identity {
  private final User user;
  private final VerifiedPath path;
  private final TrustedAuthority authority;
  private final boolean late;

  Identity(User user, VerifiedPath path, TrustedAuthority authority) {
    this(user, path, authority, false);
  }

  private Identity(User user, VerifiedPath path, TrustedAuthority authority, boolean late) {
    this.user = user;
    this.path = path;
    this.authority = authority;
    this.late = late;
  }

  Identity late() {
    return new Identity(user, path, authority, true);
  }

  /** The certificate has ended, and lets its holder do this one thing ({@link Latecomers}). */
  public boolean mayOnlyRenew() {
    return late;
  }

  public User user() {
    return user;
  }

  public Certificate certificate() {
    return path.leaf();
  }

  public VerifiedPath path() {
    return path;
  }

  /** Which of the trusted authorities vouches. */
  public TrustedAuthority authority() {
    return authority;
  }

  @Override
  public String toString() {
    return user.name() + " by " + certificate();
  }
}
