package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.CertificateQuery;
import dev.postern.publish.OcspService.Responder;
import dev.postern.revocation.IssuedStatus;
import dev.postern.revocation.StatusLookup;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.Signer.SignerUnavailable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that signs OCSP answers: issued by our authority, for a month, and anew when a
 * third of that is left, or with a new key when it was revoked. The authority's own key stays out
 * of a service that anybody can call.
 */
final class ResponderCertificates implements Supplier<Responder> {
  private final Workspace workspace;
  private final Terminal terminal;
  private final StatusLookup statuses;
  private volatile @Nullable Responder current;
  private volatile Instant retryAt = Instant.MIN;

  ResponderCertificates(Workspace workspace, StatusLookup statuses, Terminal terminal) {
    this.workspace = workspace;
    this.statuses = statuses;
    this.terminal = terminal;
  }

  /**
   * A certificate that may still be used goes on being used when there is no way to a new one; one
   * that was revoked signs nothing from then on. {@link LedgerUnavailable} when that cannot be
   * known.
   */
  @Override
  public Responder get() {
    Instant now = workspace.now();
    Optional<Responder> known = usable(now);
    return known
        .filter(each -> !isLate(each.certificate(), now) || now.isBefore(retryAt))
        .orElseGet(() -> next(now));
  }

  private Optional<Responder> usable(Instant now) {
    return Optional.ofNullable(current)
        .filter(each -> each.certificate().validAt(now))
        .filter(
            each -> statuses.of(each.certificate().serialNumber()) instanceof IssuedStatus.Good);
  }

  private synchronized Responder next(Instant now) {
    try {
      Responder fresh = responder(now);
      current = fresh;
      return fresh;
    } catch (CommandFailure | SignerUnavailable | LedgerUnavailable e) {
      Responder known =
          usable(now)
              .orElseThrow(() ->
                  new SignerUnavailable(
                      "no certificate for the OCSP responder: " + e.getMessage(), e));
      retryAt = now.plus(Duration.ofMinutes(10));
      terminal.error("renewing the OCSP responder's certificate failed: " + e.getMessage());
      return known;
    }
  }

  private Responder responder(Instant now) {
    Path file = workspace.folder().ocspKey();
    SecretKeyPair stored = workspace.keyOrNew(file);
    boolean revoked = issued(stored).anyMatch(entry -> entry.revoked().isPresent());
    SecretKeyPair key = revoked ? workspace.newKeyInstead(file) : stored;
    var issuer = workspace.issuer().certificate();
    Certificate certificate =
        issued(key)
            .map(Entry::certificate)
            .filter(each -> each.isSignedBy(issuer.publicKey()))
            .filter(each -> !isLate(each, now))
            .findFirst()
            .orElseGet(() -> issue(key));
    return new Responder(certificate, key.signer());
  }

  /** Those about {@code key}, ended or not: a key that once was revoked is not used again. */
  private Stream<Entry> issued(SecretKeyPair key) {
    var query = CertificateQuery.ALL.profile(Profile.OCSP_RESPONDER.name());
    return workspace.ledger().list(query).entries().stream()
        .filter(entry -> key.matches(entry.certificate()));
  }

  private Certificate issue(SecretKeyPair pair) {
    var subject =
        DistinguishedName.builder()
            .organization(workspace.name())
            .commonName("OCSP responder")
            .build();
    var order = new Order(pair.publicKey(), subject, List.of(), Optional.empty(), Optional.empty());
    return Issuing.issued(
            workspace.authority().issue(order, Profile.OCSP_RESPONDER, Requester.OCSP))
        .certificate();
  }

  private static boolean isLate(Certificate certificate, Instant now) {
    Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
    return now.isAfter(certificate.notAfter().minus(life.dividedBy(3)));
  }
}
