package dev.postern.revocation;

import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * A CA whose word about its certificates counts, because it has a path to an anchor.
 *
 * @param chain itself first, the anchor's certificate last; one and the same where the anchor
 *     issued
 */
record Issuer(List<Certificate> chain, TrustAnchor anchor) {
  Issuer {
    chain = List.copyOf(chain);
  }

  /** Who issued the certificate at {@code index} of {@code path}. */
  static Issuer of(VerifiedPath path, int index) {
    List<Certificate> certificates = path.certificates();
    List<Certificate> chain = new ArrayList<>(certificates.subList(index + 1, certificates.size()));
    chain.add(path.anchor().certificate());
    return new Issuer(chain, path.anchor());
  }

  /** The CA at the start of {@code path}. */
  static Issuer at(VerifiedPath path) {
    List<Certificate> chain = new ArrayList<>(path.certificates());
    if (!chain.contains(path.anchor().certificate())) {
      chain.add(path.anchor().certificate());
    }
    return new Issuer(chain, path.anchor());
  }

  static Issuer at(TrustAnchor anchor) {
    return new Issuer(List.of(anchor.certificate()), anchor);
  }

  Certificate certificate() {
    return chain.getFirst();
  }
}
