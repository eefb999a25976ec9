package dev.postern.access;

import dev.postern.path.TrustAnchor;
import dev.postern.revocation.PathStatus;
import dev.postern.x509.Certificate;
import java.util.List;

/**
 * A CA whose certificates are believed here, ours or a foreign one.
 *
 * @param identity how its certificates name our users
 * @param status who knows which of them were revoked
 * @param unknownStatus what to do with those that nobody knows about
 */
public record TrustedAuthority(
    String name,
    List<TrustAnchor> anchors,
    List<Certificate> intermediates,
    IdentityMapping identity,
    StatusSource status,
    UnknownStatusPolicy unknownStatus) {
  public TrustedAuthority {
    anchors = List.copyOf(anchors);
    intermediates = List.copyOf(intermediates);
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException(
          "trust in " + name + " needs at least one root certificate");
    }
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
