package dev.postern.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.MemoryLedger;
import dev.postern.fakes.TestSigner;
import dev.postern.revocation.CrlLocation;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What certificates say about where their status is to be learned. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PublicationTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final URI BASE = URI.create("http://pki.example.com");
  private static final Requester TEST = new Requester("test");

  private final Random random = new Random(8);
  private final TestSigner signer = TestSigner.p256();
  private final Certificate root =
      Authority.root(
          DistinguishedName.parse("CN=Test CA"), signer, serial(), NOW.minus(Duration.ofDays(30)));
  private final String keyId = root.subjectKeyIdentifier().orElseThrow().hex();
  private final MemoryLedger ledger = new MemoryLedger(root);

  private SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, random).setBit(126));
  }

  private Certificate issued(Optional<Publication> publication, Profile profile, Duration life) {
    var issuer = new IssuerCertificate(root, List.of(), publication);
    var authority = new Authority(issuer, signer, ledger, this::serial, InstantSource.fixed(NOW));
    var order =
        new Order(
            TestSigner.p256().publicKey(),
            DistinguishedName.parse("CN=wiki"),
            profile.equals(Profile.SERVER)
                ? List.of(new GeneralName.DnsName("wiki.example.com"))
                : List.of(),
            Optional.empty(),
            Optional.of(life));
    return ((Issuance.Issued) authority.issue(order, profile, TEST)).certificate();
  }

  private static Optional<Publication> published(int shards, boolean deltas) {
    return Optional.of(new Publication(BASE, shards, deltas));
  }

  @Test
  void a_certificate_names_the_full_crl_the_responder_and_its_issuer() throws Exception {
    Certificate certificate = issued(published(1, false), Profile.SERVER, Duration.ofDays(90));
    assertThat(crl(certificate, Extension.cRLDistributionPoints))
        .contains(new CrlLocation(URI.create(BASE + "/crl/" + keyId + ".crl")));
    assertThat(crl(certificate, Extension.freshestCRL)).isEmpty();
    assertThat(access(certificate, AccessDescription.id_ad_ocsp)).containsExactly(BASE + "/ocsp");
    assertThat(access(certificate, AccessDescription.id_ad_caIssuers))
        .containsExactly(BASE + "/ca/" + keyId + ".cer");
    assertThat(has(certificate, Extension.noRevAvail)).isFalse();
    assertThat(ledger.intents().getLast().crlShard()).isEmpty();
  }

  @Test
  void with_shards_it_names_its_own_for_good_and_with_deltas_the_freshest() throws Exception {
    Certificate certificate = issued(published(16, true), Profile.SERVER, Duration.ofDays(90));
    int shard = certificate.serialNumber().value().mod(BigInteger.valueOf(16)).intValue();
    assertThat(ledger.intents().getLast().crlShard()).isEqualTo(OptionalInt.of(shard));
    assertThat(crl(certificate, Extension.cRLDistributionPoints))
        .contains(new CrlLocation(URI.create(BASE + "/crl/" + keyId + "/" + shard + ".crl")));
    assertThat(crl(certificate, Extension.freshestCRL))
        .contains(new CrlLocation(URI.create(BASE + "/crl/" + keyId + "/" + shard + "-delta.crl")));
  }

  @Test
  void up_to_seven_days_it_says_that_there_is_nothing_to_ask() throws Exception {
    Certificate certificate = issued(published(4, true), Profile.SERVER, Duration.ofDays(7));
    assertThat(has(certificate, Extension.noRevAvail)).isTrue();
    assertThat(crl(certificate, Extension.cRLDistributionPoints)).isEmpty();
    assertThat(crl(certificate, Extension.freshestCRL)).isEmpty();
    assertThat(access(certificate, AccessDescription.id_ad_ocsp)).isEmpty();
    assertThat(access(certificate, AccessDescription.id_ad_caIssuers)).hasSize(1);
    assertThat(ledger.intents().getLast().crlShard()).isEmpty();
    Certificate longer =
        issued(published(1, false), Profile.SERVER, Duration.ofDays(7).plusSeconds(1));
    assertThat(has(longer, Extension.noRevAvail)).isFalse();
    assertThat(crl(longer, Extension.cRLDistributionPoints)).isPresent();
  }

  @Test
  void without_a_place_to_publish_it_says_nothing() throws Exception {
    Certificate certificate = issued(Optional.empty(), Profile.SERVER, Duration.ofDays(90));
    assertThat(crl(certificate, Extension.cRLDistributionPoints)).isEmpty();
    assertThat(certificate.extension(Extension.authorityInfoAccess, each -> each)).isEmpty();
  }

  @Test
  void the_responders_certificate_is_for_that_alone_and_not_to_be_asked_about() throws Exception {
    Certificate certificate =
        issued(published(1, false), Profile.OCSP_RESPONDER, Duration.ofDays(30));
    assertThat(certificate.extendedKeyUsage().orElseThrow())
        .containsExactly(KeyPurpose.OCSP_SIGNING);
    assertThat(has(certificate, OCSPObjectIdentifiers.id_pkix_ocsp_nocheck)).isTrue();
    assertThat(crl(certificate, Extension.cRLDistributionPoints)).isEmpty();
    assertThat(access(certificate, AccessDescription.id_ad_ocsp)).isEmpty();
    assertThat(Profile.BUILT_IN).as("not to be ordered").doesNotContain(Profile.OCSP_RESPONDER);
  }

  private static boolean has(Certificate certificate, ASN1ObjectIdentifier oid)
      throws MalformedException {
    return certificate.extension(oid, ASN1Null::getInstance).isPresent();
  }

  private static Optional<CrlLocation> crl(Certificate certificate, ASN1ObjectIdentifier oid)
      throws MalformedException {
    return certificate
        .extension(oid, CRLDistPoint::getInstance)
        .map(points -> points.getDistributionPoints()[0].getDistributionPoint())
        .map(name ->
            org.bouncycastle.asn1.x509.GeneralNames.getInstance(name.getName())
                .getNames()[0]
                .getName()
                .toString())
        .map(uri -> new CrlLocation(URI.create(uri)));
  }

  private static List<String> access(Certificate certificate, ASN1ObjectIdentifier method)
      throws MalformedException {
    return certificate
        .extension(Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance)
        .map(access ->
            List.of(access.getAccessDescriptions()).stream()
                .filter(each -> each.getAccessMethod().equals(method))
                .map(each -> each.getAccessLocation().getName().toString())
                .toList())
        .orElse(List.of());
  }
}
