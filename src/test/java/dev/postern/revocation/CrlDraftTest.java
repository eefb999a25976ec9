package dev.postern.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.TestSigner;
import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.URI;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we write is what Bouncy Castle would write and what the JDK reads. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrlDraftTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final Instant NEXT = NOW.plus(Duration.ofDays(7));
  private static final DistinguishedName ISSUER = DistinguishedName.parse("CN=Test CA,O=Test");
  private static final TestSigner SIGNER = TestSigner.p256();
  private static final Bytes KEY_ID = SIGNER.publicKey().keyIdentifier();

  record Entry(BigInteger serial, Instant at, CrlReason reason) {}

  private static CrlEntries entries(Entry... entries) {
    var builder = new CrlEntries.Builder();
    for (Entry each : entries) {
      builder.add(new SerialNumber(each.serial()), each.at(), each.reason());
    }
    return builder.build();
  }

  private static CrlDraft full(CrlEntries entries) {
    return CrlDraft.full(ISSUER, KEY_ID, 7, NOW, NEXT, entries);
  }

  private static X509CRL read(Bytes crl) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(crl.toArray()));
  }

  /** Serial numbers at the edges of DER, and moments at the edges of Time. */
  static Stream<Entry> edges() {
    Instant late = Instant.parse("2049-12-31T23:59:59Z");
    return Stream.of(
        new Entry(BigInteger.ONE, NOW, CrlReason.UNSPECIFIED),
        new Entry(BigInteger.valueOf(127), NOW, CrlReason.KEY_COMPROMISE),
        new Entry(BigInteger.valueOf(128), NOW, CrlReason.CERTIFICATE_HOLD),
        new Entry(BigInteger.valueOf(0x8000), late, CrlReason.SUPERSEDED),
        new Entry(BigInteger.ONE.shiftLeft(127), late.plusSeconds(1), CrlReason.AA_COMPROMISE),
        new Entry(
            BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE), NOW, CrlReason.UNSPECIFIED),
        new Entry(BigInteger.ONE.shiftLeft(159), NOW, CrlReason.PRIVILEGE_WITHDRAWN));
  }

  @ParameterizedTest
  @MethodSource("edges")
  void the_signed_part_is_byte_for_byte_bouncy_castles(Entry edge) throws Exception {
    assertThat(signedPart(full(entries(edge)).sign(SIGNER))).isEqualTo(bouncyCastles(edge));
  }

  @Test
  void nothing_one_and_many() throws Exception {
    assertThat(read(full(CrlEntries.NONE).sign(SIGNER)).getRevokedCertificates())
        .as("§5.1.2.6: absent, not empty")
        .isNull();
    assertThat(signedPart(full(CrlEntries.NONE).sign(SIGNER))).isEqualTo(bouncyCastles());
    Random random = new Random(1);
    Entry[] many =
        Stream.generate(() -> new BigInteger(159, random).add(BigInteger.ONE))
            .limit(5000)
            .map(serial ->
                new Entry(serial, NOW.minusSeconds(random.nextInt(1 << 28)), reason(random)))
            .toArray(Entry[]::new);
    Bytes crl = full(entries(many)).sign(SIGNER);
    assertThat(signedPart(crl)).isEqualTo(bouncyCastles(many));
    X509CRL read = read(crl);
    read.verify(SIGNER.pair().getPublic());
    assertThat(read.getRevokedCertificates()).hasSize(5000);
    assertThat(CertificateList.parse(crl).entries()).isEqualTo(5000);
  }

  @Test
  void days_change_at_midnight_and_back_again() throws Exception {
    Instant midnight = Instant.parse("2026-03-01T00:00:00Z");
    Instant late = Instant.parse("2050-01-01T00:00:00Z");
    Entry[] each =
        Stream.of(midnight, late)
            .flatMap(moment -> Stream.of(0, -1, 0, 86_399, 86_400, -1).map(moment::plusSeconds))
            .map(moment -> new Entry(BigInteger.TEN, moment, CrlReason.SUPERSEDED))
            .toArray(Entry[]::new);
    assertThat(signedPart(full(entries(each)).sign(SIGNER))).isEqualTo(bouncyCastles(each));
  }

  private static CrlReason reason(Random random) {
    return CrlReason.of(random.nextInt(6)).orElseThrow();
  }

  /** Lengths change their form at 128, 256 and 65,536 octets. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 1200, 1300, 1310, 1320, 1400})
  void lengths_of_every_form_are_right(int size) throws Exception {
    Entry[] some = new Entry[size];
    for (int i = 0; i < size; i++) {
      some[i] = new Entry(BigInteger.valueOf(i + 1), NOW, CrlReason.KEY_COMPROMISE);
    }
    assertThat(signedPart(full(entries(some)).sign(SIGNER))).isEqualTo(bouncyCastles(some));
  }

  @Test
  void a_part_names_itself_as_its_certificates_do() throws Exception {
    var location = new CrlLocation(URI.create("http://pki.example.com/crl/ab/3.crl"));
    var draft =
        new CrlDraft(
            ISSUER,
            KEY_ID,
            9,
            NOW,
            NEXT,
            Optional.of(location),
            Optional.empty(),
            Optional.of(new CrlLocation(URI.create("http://pki.example.com/crl/ab/3-delta.crl"))),
            CrlEntries.NONE);
    var holder = new X509CRLHolder(draft.sign(SIGNER).toArray());
    Extension part = holder.getExtension(Extension.issuingDistributionPoint);
    assertThat(part.isCritical()).as("§5.2.5").isTrue();
    var name = IssuingDistributionPoint.getInstance(part.getParsedValue()).getDistributionPoint();
    assertThat(Parsing.encode(name))
        .isEqualTo(Parsing.encode(location.structure().getDistributionPoint()));
    assertThat(holder.getExtension(Extension.freshestCRL)).isNotNull();
    assertThat(holder.getExtension(Extension.deltaCRLIndicator)).isNull();
  }

  @Test
  void a_delta_says_so_critically_and_since_when() throws Exception {
    var draft =
        new CrlDraft(
            ISSUER,
            KEY_ID,
            9,
            NOW,
            NEXT,
            Optional.empty(),
            Optional.of(7L),
            Optional.empty(),
            entries(new Entry(BigInteger.TEN, NOW, CrlReason.REMOVE_FROM_CRL)));
    X509CRL crl = read(draft.sign(SIGNER));
    assertThat(crl.getCriticalExtensionOIDs()).containsExactly(Extension.deltaCRLIndicator.getId());
    assertThat(crl.getRevokedCertificate(BigInteger.TEN).getRevocationReason())
        .isEqualTo(java.security.cert.CRLReason.REMOVE_FROM_CRL);
  }

  @Test
  void a_signature_that_does_not_verify_is_no_crl() {
    TestSigner broken = TestSigner.p256();
    broken.breakDown();
    assertThatThrownBy(() -> full(CrlEntries.NONE).sign(broken))
        .isInstanceOf(IllegalStateException.class);
  }

  private static byte[] signedPart(Bytes crl) throws Exception {
    return new X509CRLHolder(crl.toArray())
        .toASN1Structure()
        .getTBSCertList()
        .getEncoded(ASN1Encoding.DER);
  }

  private static byte[] bouncyCastles(Entry... entries) throws Exception {
    var builder = new X509v2CRLBuilder(ISSUER.structure(), Date.from(NOW));
    builder.setNextUpdate(Date.from(NEXT));
    for (Entry each : entries) {
      builder.addCRLEntry(each.serial(), Date.from(each.at()), each.reason().code());
    }
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(KEY_ID.toArray()));
    builder.addExtension(Extension.cRLNumber, false, new org.bouncycastle.asn1.ASN1Integer(7));
    return builder
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(SIGNER.pair().getPrivate()))
        .toASN1Structure()
        .getTBSCertList()
        .getEncoded(ASN1Encoding.DER);
  }
}
