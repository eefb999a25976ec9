package dev.postern.access;

import dev.postern.path.VerifiedPath;
import dev.postern.x509.Certificate;

/**
 * A user, and the verified certificate that says so. Exists only after path, dates and directory
 * agreed.
 */
public final class Identity {
  private final User user;
  private final VerifiedPath path;
  private final TrustedAuthority authority;

  Identity(User user, VerifiedPath path, TrustedAuthority authority) {
    this.user = user;
    this.path = path;
    this.authority = authority;
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
