package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.CertificateQuery;
import dev.postern.publish.OcspService.Responder;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.Signer.SignerUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that signs OCSP answers: issued by our authority, for a month, and anew when a
 * third of that is left. The authority's own key stays out of a service that anybody can call.
 */
final class ResponderCertificates implements Supplier<Responder> {
  private static final Requester OCSP = new Requester("ocsp");

  private final Workspace workspace;
  private final Terminal terminal;
  private @Nullable SecretKeyPair key;
  private @Nullable Responder current;
  private Instant retryAt = Instant.MIN;

  ResponderCertificates(Workspace workspace, Terminal terminal) {
    this.workspace = workspace;
    this.terminal = terminal;
  }

  /** A certificate that may still be used goes on being used when there is no way to a new one. */
  @Override
  public synchronized Responder get() {
    Instant now = workspace.now();
    Responder known = current;
    if (known != null && !isLate(known.certificate(), now)) {
      return known;
    }
    if (known != null && known.certificate().validAt(now) && now.isBefore(retryAt)) {
      return known;
    }
    try {
      known = responder(now);
      current = known;
      return known;
    } catch (CommandFailure | SignerUnavailable | LedgerUnavailable e) {
      if (known == null || !known.certificate().validAt(now)) {
        throw new SignerUnavailable("no certificate for the OCSP responder: " + e.getMessage(), e);
      }
      retryAt = now.plus(Duration.ofMinutes(10));
      terminal.error("renewing the OCSP responder's certificate failed: " + e.getMessage());
      return known;
    }
  }

  private Responder responder(Instant now) {
    SecretKeyPair pair = key;
    if (pair == null) {
      pair = workspace.keyOrNew(workspace.folder().ocspKey());
      key = pair;
    }
    SecretKeyPair mine = pair;
    Certificate certificate = issued(mine, now).orElseGet(() -> issue(mine));
    return new Responder(certificate, mine.signer());
  }

  private Optional<Certificate> issued(SecretKeyPair pair, Instant now) {
    var query = CertificateQuery.ALL.profile(Profile.OCSP_RESPONDER.name()).expiringAfter(now);
    var issuer = workspace.issuer().certificate();
    return workspace.ledger().list(query).entries().stream()
        .map(Entry::certificate)
        .filter(pair::matches)
        .filter(certificate -> certificate.isSignedBy(issuer.publicKey()))
        .filter(certificate -> !isLate(certificate, now))
        .findFirst();
  }

  private Certificate issue(SecretKeyPair pair) {
    var subject =
        DistinguishedName.builder()
            .organization(workspace.name())
            .commonName("OCSP responder")
            .build();
    var order = new Order(pair.publicKey(), subject, List.of(), Optional.empty(), Optional.empty());
    return Issuing.issued(workspace.authority().issue(order, Profile.OCSP_RESPONDER, OCSP))
        .certificate();
  }

  private static boolean isLate(Certificate certificate, Instant now) {
    Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
    return now.isAfter(certificate.notAfter().minus(life.dividedBy(3)));
  }
}
