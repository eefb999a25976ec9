package dev.postern.publish;

import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Publication;
import dev.postern.authority.Requester;
import dev.postern.fakes.Revoking;
import dev.postern.fakes.TestSigner;
import dev.postern.ledger.CrlStore;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** A CA with a ledger, and a clock that tests turn. */
final class PublishFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  static final Duration VALIDITY = Duration.ofDays(7);
  static final Duration EVERY = Duration.ofDays(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  Instant now = NOW;
  final InstantSource clock = () -> now;
  final TestSigner signer = TestSigner.p256();
  final Certificate root =
      Authority.root(
          DistinguishedName.parse("CN=Test CA"), signer, serial(), NOW.minus(Duration.ofDays(30)));
  final SqlLedger ledger;
  final Revoking revoking;
  final IssuerCertificate issuer;

  PublishFixture(Path folder, int shards, boolean deltas) {
    this.ledger = SqlLedger.open(folder.resolve("ledger.db"), clock);
    this.revoking = new Revoking(folder);
    this.issuer =
        new IssuerCertificate(
            root,
            List.of(),
            Optional.of(new Publication(URI.create("http://pki.test"), shards, deltas)));
  }

  private static SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, RANDOM).setBit(126));
  }

  Certificate issue(Duration life) {
    return issue(Profile.SERVER, TestSigner.p256(), life);
  }

  Certificate issue(Profile profile, Signer key, Duration life) {
    var authority = new Authority(issuer, signer, ledger, PublishFixture::serial, clock);
    var order =
        new Order(
            key.publicKey(),
            DistinguishedName.parse("CN=wiki"),
            profile.names().isEmpty()
                ? List.of()
                : List.of(new GeneralName.DnsName("wiki.example.com")),
            Optional.empty(),
            Optional.of(life));
    return ((Issuance.Issued) authority.issue(order, profile, new Requester("test"))).certificate();
  }

  CrlSigning signing(Supplier<Signer> signers) {
    Publication publication = issuer.publication().orElseThrow();
    return new CrlSigning(
        ledger.crls(),
        issuer,
        signers,
        new CrlPolicy(
            VALIDITY,
            EVERY,
            publication.deltas() ? Optional.of(Duration.ofHours(1)) : Optional.empty(),
            Optional.of(publication)),
        clock);
  }

  CrlSigning signing() {
    return signing(() -> signer);
  }

  Optional<CrlStore.Head> head(OptionalInt shard, CrlStore.Kind kind) {
    return ledger.crls().heads(issuer.keyIdentifier()).stream()
        .filter(head -> head.scope().shard().equals(shard) && head.scope().kind() == kind)
        .findFirst();
  }

  X509CRL crl(OptionalInt shard, CrlStore.Kind kind) throws Exception {
    Bytes der = head(shard, kind).flatMap(ledger.crls()::der).orElseThrow();
    X509CRL crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(der.toArray()));
    crl.verify(signer.pair().getPublic());
    return crl;
  }

  X509CRL full() throws Exception {
    return crl(OptionalInt.empty(), CrlStore.Kind.BASE);
  }

  long number() {
    return head(OptionalInt.empty(), CrlStore.Kind.BASE).orElseThrow().number();
  }

  @Override
  public void close() {
    ledger.close();
  }
}
