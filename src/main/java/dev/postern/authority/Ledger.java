package dev.postern.authority;

import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was issued, to whom, by whose wish. When a method returns, what it wrote survives a power
 * cut.
 */
public interface Ledger {
  /**
   * Records that a certificate is about to be signed. {@link LedgerUnavailable} when it cannot, and
   * then nothing may be signed; {@link IllegalStateException} when the serial number was used
   * before.
   */
  void intend(Intent intent);

  /** Records the certificate of an intent; only then may anybody receive it. */
  void complete(SerialNumber serial, Certificate certificate);

  /**
   * One line before each signature.
   *
   * @param crlShard the CRL that its CRLDistributionPoints names; empty: the full one, or none
   */
  record Intent(
      SerialNumber serial,
      Bytes issuerKeyIdentifier,
      String profile,
      Optional<String> user,
      Bytes toBeSignedDigest,
      Requester requester,
      Instant at,
      OptionalInt crlShard) {}

  /**
   * An issued certificate with its history.
   *
   * @param revoked empty while it is good
   */
  record Entry(
      Certificate certificate,
      String profile,
      Optional<String> user,
      Requester requester,
      Instant issuedAt,
      Optional<Revoked> revoked) {
    /** Within its dates, and neither revoked nor suspended. */
    public boolean isGoodAt(Instant instant) {
      return certificate.validAt(instant) && revoked.isEmpty();
    }
  }

  /**
   * Disk full, folder read-only, file locked, file of a newer version …: {@code message} names the
   * thing and is for people.
   */
  final class LedgerUnavailable extends RuntimeException {
    public LedgerUnavailable(String message, Throwable cause) {
      super(message, cause);
    }

    public LedgerUnavailable(String message) {
      super(message);
    }
  }
}
