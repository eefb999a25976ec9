package dev.postern.access;

import dev.postern.path.TrustAnchor;
import dev.postern.revocation.PathStatus;
import dev.postern.x509.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A CA whose certificates are believed here, ours or a foreign one.
 *
 * @param identity how its certificates name our users
 * @param status who knows which of them were revoked
 * @param unknownStatus what to do with those that nobody knows about
 * @param grace how long after its end a certificate still lets its holder renew it, and do nothing
 *     else; empty where it cannot be renewed here at all, since the CA is another's
 */
public record TrustedAuthority(
    String name,
    List<TrustAnchor> anchors,
    List<Certificate> intermediates,
    IdentityMapping identity,
    StatusSource status,
    UnknownStatusPolicy unknownStatus,
    Optional<Duration> grace) {
  public TrustedAuthority {
    anchors = List.copyOf(anchors);
    intermediates = List.copyOf(intermediates);
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException(
          "trust in " + name + " needs at least one root certificate");
    }
  }

  /** Another's CA: its certificates are renewed there. */
  public TrustedAuthority(
      String name,
      List<TrustAnchor> anchors,
      List<Certificate> intermediates,
      IdentityMapping identity,
      StatusSource status,
      UnknownStatusPolicy unknownStatus) {
    this(name, anchors, intermediates, identity, status, unknownStatus, Optional.empty());
  }

  /** The same as our own CA, whose certificates are renewed here. */
  public TrustedAuthority renewedHere(Duration until) {
    return new TrustedAuthority(
        name, anchors, intermediates, identity, status, unknownStatus, Optional.of(until));
  }

  /** Whether its certificates are ours: the ledger has them, and they are renewed here. */
  public boolean isOurs() {
    return grace.isPresent();
  }

  /** One that publishes nothing about revocation: a certificate stays good until it ends. */
  public static TrustedAuthority withoutRevocation(
      String name,
      List<TrustAnchor> anchors,
      List<Certificate> intermediates,
      IdentityMapping identity) {
    return new TrustedAuthority(
        name,
        anchors,
        intermediates,
        identity,
        (_, _) -> new PathStatus.Good(),
        UnknownStatusPolicy.DENY);
  }
}
