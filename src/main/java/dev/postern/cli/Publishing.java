package dev.postern.cli;

import dev.postern.authority.IssuerCertificate;
import dev.postern.config.PublishConfig;
import dev.postern.ledger.KnownStatuses;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.publish.CrlPolicy;
import dev.postern.publish.CrlPublisher;
import dev.postern.publish.CrlSigning;
import dev.postern.publish.OcspService;
import dev.postern.publish.PublicSite;
import dev.postern.publish.PublishedCrls;
import dev.postern.publish.RootCrl;
import dev.postern.web.PlainHandler;
import dev.postern.web.Stapler;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyUsage;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** CRLs, OCSP and CA certificates of a running server. */
final class Publishing implements AutoCloseable {
  private static final Duration BETWEEN_REMINDERS = Duration.ofDays(1);

  private final Workspace workspace;
  private final Terminal terminal;
  private final CrlPublisher publisher;
  private final PublicSite site;
  private final OcspService ocsp;
  private final Map<String, OcspService.Staple> staples = new ConcurrentHashMap<>();
  private Instant remindedAt = Instant.EPOCH;

  private Publishing(
      Workspace workspace, RevokedCertificates revoked, Terminal terminal, URI address) {
    this.workspace = workspace;
    this.terminal = terminal;
    IssuerCertificate issuer = workspace.issuer();
    var crls = new PublishedCrls(workspace.ledger().crls(), issuer.keyIdentifier());
    var statuses =
        new KnownStatuses(workspace.ledger().statuses(), issuer.keyIdentifier(), revoked);
    this.ocsp =
        new OcspService(
            issuer,
            statuses,
            new ResponderCertificates(workspace, statuses, terminal),
            workspace.config().publish().ocsp().validity(),
            workspace.clock());
    this.site =
        new PublicSite(address, chain(issuer), crls, this::rootCrl, ocsp, workspace.clock());
    this.publisher = CrlPublisher.start(signing(workspace), crls);
    warnOfKeyUsage(issuer.certificate());
    remind();
  }

  /** RFC 5280 §4.2.1.3: an imported CA may not have been meant to sign lists. */
  private void warnOfKeyUsage(Certificate issuer) {
    if (issuer.keyUsage().filter(usage -> !usage.contains(KeyUsage.CRL_SIGN)).isPresent()) {
      terminal.remark(
          "postern: warning: the key usage of the issuing CA lacks cRLSign;"
              + " others will not believe its CRLs");
    }
  }

  /** Nothing where the file names no address to publish at. */
  static Optional<Publishing> start(
      Workspace workspace, RevokedCertificates revoked, Terminal terminal) {
    return workspace
        .config()
        .publish()
        .url()
        .map(address -> new Publishing(workspace, revoked, terminal, address));
  }

  /** Signs what is due of our issuing CA. */
  static CrlSigning signing(Workspace workspace) {
    PublishConfig.Crl crl = workspace.config().publish().crl();
    IssuerCertificate issuer = workspace.issuer();
    return new CrlSigning(
        workspace.ledger().crls(),
        issuer,
        workspace::issuingSigner,
        new CrlPolicy(crl.validity(), crl.every(), crl.delta(), issuer.publication()),
        workspace.clock());
  }

  private static List<Certificate> chain(IssuerCertificate issuer) {
    List<Certificate> chain = new ArrayList<>(List.of(issuer.certificate()));
    chain.addAll(issuer.above());
    return chain;
  }

  /** Read each time: {@code postern crl root} replaces it. */
  private Optional<RootCrl> rootCrl() {
    return RootList.read(workspace.folder().rootCrl(), workspace.issuer().root());
  }

  OcspService ocsp() {
    return ocsp;
  }

  PlainHandler handler() {
    return site;
  }

  /** For the certificates that {@link #staple} was told of. */
  Stapler stapler() {
    return host ->
        Optional.ofNullable(staples.get(host))
            .filter(staple -> workspace.now().isBefore(staple.nextUpdate()))
            .map(OcspService.Staple::der);
  }

  /** Looks after the answers that are stapled to these certificates, by host. */
  void staple(Map<String, Certificate> certificates) {
    certificates.forEach((host, certificate) ->
        ocsp.staple(certificate.serialNumber()).ifPresent(each -> staples.put(host, each)));
  }

  /** Somebody wrote to the ledger. */
  void ledgerChanged() {
    publisher.changed();
  }

  /** Says once a day when the root's list is about to run out. */
  synchronized void remind() {
    Instant now = workspace.now();
    if (now.isBefore(remindedAt.plus(BETWEEN_REMINDERS))) {
      return;
    }
    remindedAt = now;
    try {
      rootCrl()
          .map(RootCrl::nextUpdate)
          .filter(end -> now.isAfter(end.minus(RootList.REMINDER)))
          .ifPresent(end ->
              terminal.remark(
                  "postern: warning: the root's CRL ends at "
                      + end
                      + "; then servers that check whole chains refuse everybody."
                      + " Where the root's key is: postern crl root"));
    } catch (CommandFailure e) {
      e.lines().forEach(terminal::error);
    }
  }

  @Override
  public void close() {
    publisher.close();
  }
}
