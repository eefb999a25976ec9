package dev.postern.cli;

import dev.postern.authority.Authority;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.keys.SecretKeyPair;
import dev.postern.keys.TlsIdentity;
import dev.postern.ledger.CertificateQuery;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.Signer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;

/**
 * The certificates of a server of ours: one per host, all for the server's key, issued by our
 * authority when there is none and anew when a third of its life is left.
 */
final class ServerCertificates {
  private final Workspace workspace;
  private final SecretKeyPair key;
  private final Map<String, Known> identities = new HashMap<>();

  ServerCertificates(Workspace workspace) {
    this(workspace, workspace.key(workspace.folder().serverKey()));
  }

  /** For a server with a key of its own. */
  ServerCertificates(Workspace workspace, SecretKeyPair key) {
    this.workspace = workspace;
    this.key = key;
  }

  /** Signs as the hosts do in TLS. */
  Signer signer() {
    return key.signer();
  }

  /** The certificate of {@code host}, issued if need be. */
  Certificate certificate(String host) {
    return current(host, workspace.issuer()).orElseGet(() -> issue(host));
  }

  /**
   * What {@code host} shows in TLS, good for a while at least. The same object while the
   * certificate is the same: the gateway then keeps the host's TLS context, and its sessions can be
   * resumed.
   */
  synchronized KeyManagerFactory identity(String host) {
    IssuerCertificate issuer = workspace.issuer();
    Certificate certificate = certificate(host);
    Known known = identities.get(host);
    if (known == null || !known.certificate().equals(certificate)) {
      List<Certificate> chain = new ArrayList<>(List.of(certificate));
      chain.addAll(issuer.chain());
      known = new Known(certificate, TlsIdentity.of(key, chain).keyManagerFactory());
      identities.put(host, known);
    }
    return known.identity();
  }

  /** What the hosts show now. */
  synchronized Map<String, Certificate> known() {
    Map<String, Certificate> byHost = new HashMap<>();
    identities.forEach((host, each) -> byHost.put(host, each.certificate()));
    return byHost;
  }

  private record Known(Certificate certificate, KeyManagerFactory identity) {}

  /** Whether {@link #identity} would issue a new one now. */
  boolean isDue(String host) {
    return current(host, workspace.issuer()).isEmpty();
  }

  private Optional<Certificate> current(String host, IssuerCertificate issuer) {
    Instant now = workspace.now();
    var query = CertificateQuery.ALL.profile(Profile.SERVER.name()).text(host).expiringAfter(now);
    return workspace.ledger().list(query).entries().stream()
        .filter(entry -> entry.isGoodAt(now))
        .map(Entry::certificate)
        .filter(certificate -> certificate.publicKey().equals(key.publicKey()))
        .filter(certificate -> certificate.subjectAlternativeNames().containsAll(names(host)))
        .filter(certificate -> certificate.isSignedBy(issuer.certificate().publicKey()))
        .filter(certificate -> !isLate(certificate, now))
        .findFirst();
  }

  private static boolean isLate(Certificate certificate, Instant now) {
    Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
    return now.isAfter(certificate.notAfter().minus(life.dividedBy(3)));
  }

  private Certificate issue(String host) {
    Authority authority = workspace.authority();
    Order order = Issuing.forHost(workspace.name(), names(host), key.publicKey(), Optional.empty());
    return Issuing.issued(authority.issue(order, Profile.SERVER, Requester.GATEWAY)).certificate();
  }

  /** Who tries things at home reaches localhost by address too. */
  private static List<GeneralName> names(String host) {
    return host.equals("localhost")
        ? List.of(
            new GeneralName.DnsName(host),
            GeneralName.IpAddress.parse("127.0.0.1"),
            GeneralName.IpAddress.parse("::1"))
        : List.of(IssueServerCommand.hostOrAddress(host));
  }
}
