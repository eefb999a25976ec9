package dev.postern.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.revocation.IssuedStatus;
import dev.postern.revocation.StatusLookup;
import dev.postern.x509.Bytes;
import dev.postern.x509.SerialNumber;
import java.util.Optional;

/**
 * The statuses of one issuer's certificates, from memory where that is possible. That a certificate
 * was issued stays so; whether it is revoked, {@link RevokedCertificates} know, moments after
 * whoever did it (decision 0008).
 */
public final class KnownStatuses implements StatusLookup {
  /** Certificates that were asked about: some 200 octets each. */
  private static final int MAX_KNOWN = 50_000;

  private final IssuedStatuses ledger;
  private final Bytes issuerKeyIdentifier;
  private final RevokedCertificates revoked;
  private final Cache<SerialNumber, Boolean> issued =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).executor(Runnable::run).build();

  public KnownStatuses(
      IssuedStatuses ledger, Bytes issuerKeyIdentifier, RevokedCertificates revoked) {
    this.ledger = ledger;
    this.issuerKeyIdentifier = issuerKeyIdentifier;
    this.revoked = revoked;
  }

  @Override
  public IssuedStatus of(SerialNumber serial) {
    return recall(serial).orElseGet(() -> look(serial));
  }

  private IssuedStatus look(SerialNumber serial) {
    IssuedStatus status = ledger.of(issuerKeyIdentifier, serial);
    if (!(status instanceof IssuedStatus.NeverIssued)) {
      issued.put(serial, true); // never what anybody may make up
    }
    return status;
  }

  @Override
  public Optional<IssuedStatus> recall(SerialNumber serial) {
    return issued.getIfPresent(serial) == null ? Optional.empty() : revoked.ofIssued(serial);
  }
}
