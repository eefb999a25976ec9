package dev.postern.access;

import dev.postern.path.TrustAnchor;
import dev.postern.x509.Certificate;
import java.util.List;

/**
 * A CA whose certificates are believed here, ours or a foreign one, and how its certificates name
 * our users.
 */
public record TrustedAuthority(
    String name,
    List<TrustAnchor> anchors,
    List<Certificate> intermediates,
    IdentityMapping identity) {
  public TrustedAuthority {
    anchors = List.copyOf(anchors);
    intermediates = List.copyOf(intermediates);
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException(
          "trust in " + name + " needs at least one root certificate");
    }
  }
}
