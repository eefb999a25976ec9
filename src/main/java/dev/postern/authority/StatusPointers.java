package dev.postern.authority;

import dev.postern.revocation.CrlLocation;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.SerialNumber;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** What a certificate says about where to learn whether it is still good. */
sealed interface StatusPointers {
  /**
   * Up to this life a certificate runs out sooner than a CRL would be believed to be fresh, so that
   * asking gains nothing (RFC 9608 §1).
   */
  Duration SHORT_LIVED = Duration.ofDays(7).plus(Draft.BACKDATED);

  /** Nothing is published. */
  record None() implements StatusPointers {}

  /** noRevAvail: no revocation information will ever be published (RFC 9608 §2). */
  record NoneNeeded() implements StatusPointers {}

  /** ocsp-nocheck: who asks the responder about itself goes in circles (RFC 6960 §4.2.2.2.1). */
  record Unchecked() implements StatusPointers {}

  /** CRLDistributionPoints, OCSP and, where there are deltas, FreshestCRL. */
  record Published(OptionalInt shard, CrlLocation crl, Optional<CrlLocation> delta, URI ocsp)
      implements StatusPointers {}

  static StatusPointers of(
      Profile profile,
      IssuerCertificate issuer,
      SerialNumber serial,
      Instant notBefore,
      Instant notAfter) {
    if (profile.extendedKeyUsage().contains(KeyPurpose.OCSP_SIGNING)) {
      return new Unchecked();
    }
    if (Duration.between(notBefore, notAfter).compareTo(SHORT_LIVED) <= 0) {
      return new NoneNeeded();
    }
    if (issuer.publication().isEmpty()) {
      return new None();
    }
    Publication publication = issuer.publication().get();
    OptionalInt shard = publication.shardOf(serial);
    return new Published(
        shard,
        publication.crl(issuer.keyIdentifier(), shard),
        publication.deltas()
            ? Optional.of(publication.deltaCrl(issuer.keyIdentifier(), shard))
            : Optional.empty(),
        publication.ocsp());
  }
}
