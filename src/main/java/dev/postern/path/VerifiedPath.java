package dev.postern.path;

import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Proof that a path was validated: only {@link PathValidator} makes one. Holds for any instant from
 * {@link #validFrom} to {@link #validUntil}; revocation is not part of it.
 */
public final class VerifiedPath {
  private final List<Certificate> certificates;
  private final TrustAnchor anchor;
  private final Instant validFrom;
  private final Instant validUntil;

  VerifiedPath(
      List<Certificate> certificates, TrustAnchor anchor, Instant validFrom, Instant validUntil) {
    this.certificates = List.copyOf(certificates);
    this.anchor = anchor;
    this.validFrom = validFrom;
    this.validUntil = validUntil;
  }

  /** Of certificates that were all found valid together: the anchor's dates count too. */
  static VerifiedPath of(List<Certificate> certificates, TrustAnchor anchor) {
    Instant from = anchor.certificate().notBefore();
    Instant until = anchor.certificate().notAfter();
    for (Certificate certificate : certificates) {
      from = certificate.notBefore().isAfter(from) ? certificate.notBefore() : from;
      until = certificate.notAfter().isBefore(until) ? certificate.notAfter() : until;
    }
    return new VerifiedPath(certificates, anchor, from, until);
  }

  /** Leaf first; the anchor's certificate is not among them unless it was the leaf itself. */
  public List<Certificate> certificates() {
    return certificates;
  }

  public Certificate leaf() {
    return certificates.getFirst();
  }

  public TrustAnchor anchor() {
    return anchor;
  }

  /** The latest notBefore on the path. */
  public Instant validFrom() {
    return validFrom;
  }

  /** The earliest notAfter on the path, that second included. */
  public Instant validUntil() {
    return validUntil;
  }

  public boolean validAt(Instant instant) {
    return !instant.isBefore(validFrom) && instant.isBefore(validUntil.plusSeconds(1));
  }
}
