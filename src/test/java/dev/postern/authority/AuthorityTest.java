package dev.postern.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.MemoryLedger;
import dev.postern.fakes.TestSigner;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AuthorityTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Requester TEST = new Requester("test");

  private final Random random = new Random(1);
  private final TestSigner rootSigner = TestSigner.p256();
  private final TestSigner signer = TestSigner.p256();
  private final Certificate root =
      Authority.root(
          DistinguishedName.parse("CN=Test Root CA,O=Test"),
          rootSigner,
          serial(),
          NOW.minusSeconds(3600));
  private final Certificate issuing =
      Authority.issuing(
          DistinguishedName.parse("CN=Test Issuing CA,O=Test"),
          signer,
          root,
          rootSigner,
          serial(),
          NOW.minusSeconds(3600));
  private final MemoryLedger ledger = new MemoryLedger(issuing, root);
  private final Authority authority = authority(NOW);

  private Authority authority(Instant now) {
    var issuer = new IssuerCertificate(issuing, List.of(root));
    return new Authority(issuer, signer, ledger, this::serial, InstantSource.fixed(now));
  }

  private SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, random).setBit(126));
  }

  private static Order alice(SubjectPublicKey key) {
    var subject =
        DistinguishedName.builder()
            .organization("Test")
            .userId("alice")
            .commonName("Alice (laptop)")
            .build();
    return new Order(
        key,
        subject,
        List.of(new GeneralName.Rfc822Name("alice@example.com")),
        Optional.of("alice"),
        Optional.empty());
  }

  private static Order wiki(SubjectPublicKey key, GeneralName... names) {
    return new Order(
        key,
        DistinguishedName.parse("CN=wiki"),
        List.of(names),
        Optional.empty(),
        Optional.empty());
  }

  private static Certificate issued(Issuance issuance) {
    assertThat(issuance).isInstanceOf(Issuance.Issued.class);
    return ((Issuance.Issued) issuance).certificate();
  }

  private static List<String> refused(Issuance issuance) {
    assertThat(issuance).isInstanceOf(Issuance.Refused.class);
    return ((Issuance.Refused) issuance).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void a_root_signs_itself_and_allows_one_ca_below() {
    assertThat(root.isSignedBy(root.publicKey())).isTrue();
    assertThat(root.isSelfIssued()).isTrue();
    assertThat(root.basicConstraints())
        .contains(new Certificate.BasicConstraints(true, OptionalInt.of(1)));
    assertThat(root.keyUsage().orElseThrow())
        .containsExactlyInAnyOrder(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN);
    assertThat(root.authorityKeyIdentifier()).isEqualTo(root.subjectKeyIdentifier()).isPresent();
  }

  @Test
  void an_issuing_ca_may_have_no_ca_below_and_ends_with_its_root() {
    assertThat(issuing.isSignedBy(root.publicKey())).isTrue();
    assertThat(issuing.basicConstraints())
        .contains(new Certificate.BasicConstraints(true, OptionalInt.of(0)));
    assertThat(issuing.authorityKeyIdentifier()).isEqualTo(root.subjectKeyIdentifier());
    assertThat(issuing.notAfter()).isBeforeOrEqualTo(root.notAfter());
  }

  @Test
  void a_client_certificate_says_who_for_what_and_until_when() {
    Certificate certificate =
        issued(authority.issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST));

    assertThat(certificate.version()).isEqualTo(3);
    assertThat(certificate.subject()).hasToString("CN=Alice (laptop),UID=alice,O=Test");
    assertThat(certificate.issuer()).isEqualTo(issuing.subject());
    assertThat(certificate.subjectAlternativeNames())
        .containsExactly(new GeneralName.Rfc822Name("alice@example.com"));
    assertThat(certificate.extendedKeyUsage().orElseThrow())
        .containsExactly(KeyPurpose.CLIENT_AUTH);
    assertThat(certificate.keyUsage().orElseThrow()).containsExactly(KeyUsage.DIGITAL_SIGNATURE);
    assertThat(certificate.isCa()).isFalse();
    assertThat(certificate.notBefore()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(certificate.notAfter()).isEqualTo(NOW.plus(Profile.CLIENT.validity()));
    assertThat(certificate.authorityKeyIdentifier()).isEqualTo(issuing.subjectKeyIdentifier());
    assertThat(certificate.isSignedBy(issuing.publicKey())).isTrue();
    assertThat(certificate.isSignedBy(root.publicKey())).isFalse();
  }

  @Test
  void the_chain_leads_to_the_root_and_leaves_it_out() {
    var issuance =
        (Issuance.Issued)
            authority.issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST);
    assertThat(issuance.chain()).containsExactly(issuing);
  }

  @Test
  void an_rsa_server_key_may_encipher_and_an_ec_one_may_not() {
    var name = new GeneralName.DnsName("wiki.example.com");
    var rsa =
        issued(authority.issue(wiki(TestSigner.rsa(2048).publicKey(), name), Profile.SERVER, TEST));
    var ec =
        issued(authority.issue(wiki(TestSigner.p256().publicKey(), name), Profile.SERVER, TEST));
    assertThat(rsa.keyUsage().orElseThrow()).contains(KeyUsage.KEY_ENCIPHERMENT);
    assertThat(ec.keyUsage().orElseThrow()).doesNotContain(KeyUsage.KEY_ENCIPHERMENT);
  }

  @Test
  void the_intent_is_recorded_before_and_the_certificate_after_signing() {
    Certificate certificate =
        issued(authority.issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST));
    assertThat(ledger.intents()).hasSize(1);
    assertThat(ledger.intents().getFirst().serial()).isEqualTo(certificate.serialNumber());
    assertThat(ledger.certificates()).containsExactly(certificate);
  }

  @Test
  void nothing_is_signed_when_the_ledger_cannot_write() {
    ledger.fillUp();
    assertThatThrownBy(
            () -> authority.issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST))
        .isInstanceOf(Ledger.LedgerUnavailable.class);
  }

  @Test
  void a_wrong_signature_of_a_failing_key_store_is_never_recorded() {
    signer.breakDown();
    assertThatThrownBy(
            () -> authority.issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ledger.certificates()).isEmpty();
  }

  @Test
  void every_problem_is_reported_at_once_and_nothing_recorded() {
    var subject = DistinguishedName.builder().commonName("a\tb").userId("bob").build();
    var order =
        new Order(
            TestSigner.ed25519().publicKey(),
            subject,
            List.of(
                new GeneralName.DnsName("a.example.com"), new GeneralName.Rfc822Name("no address")),
            Optional.of("alice"),
            Optional.of(Duration.ofDays(9999)));
    assertThat(refused(authority.issue(order, Profile.CLIENT, TEST)))
        .anySatisfy(
            problem -> assertThat(problem).startsWith("publicKey: Ed25519 is not among the keys"))
        .anySatisfy(problem ->
            assertThat(problem).startsWith("subject: the userId in it is not the user alice"))
        .anySatisfy(
            problem -> assertThat(problem).startsWith("subject.CN: contains control characters"))
        .anySatisfy(problem -> assertThat(problem).contains("DNS:a.example.com is of a kind"))
        .anySatisfy(problem -> assertThat(problem).contains("no address is not an e-mail address"))
        .anySatisfy(problem -> assertThat(problem).startsWith("validity: 9999 days"))
        .hasSize(6);
    assertThat(ledger.intents()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "dns:wiki.example.com, true",
    "dns:*.example.com, true",
    "dns:localhost, true",
    "dns:xn--bcher-kva.example, true",
    "ip:192.0.2.1, true",
    "ip:2001:db8::1, true",
    "dns:*.com, false",
    "dns:a.*.com, false",
    "dns:bücher.example, false",
    "dns:under_score.example, false",
    "dns:192.0.2.1, false",
    "dns:-a.example, false",
    "dns:a..b, false",
    "dns:a b, false",
    "email:a@example.com, false"
  })
  void a_server_name_is_a_host_name_or_address(String name, boolean good) {
    var issuance =
        authority.issue(wiki(signer.publicKey(), GeneralName.parse(name)), Profile.SERVER, TEST);
    assertThat(issuance instanceof Issuance.Issued).isEqualTo(good);
  }

  @Test
  void a_server_certificate_without_a_name_is_refused() {
    assertThat(refused(authority.issue(wiki(signer.publicKey()), Profile.SERVER, TEST)))
        .singleElement()
        .asString()
        .startsWith("subjectAltName:");
  }

  @Test
  void a_certificate_never_outlives_its_ca() {
    Instant late = issuing.notAfter().minus(Duration.ofDays(10));
    Certificate certificate =
        issued(authority(late).issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST));
    assertThat(certificate.notAfter()).isEqualTo(issuing.notAfter());
  }

  @Test
  void a_ca_whose_time_is_not_now_issues_nothing() {
    var key = TestSigner.p256().publicKey();
    assertThat(
            refused(
                authority(issuing.notAfter().plusSeconds(1))
                    .issue(alice(key), Profile.CLIENT, TEST)))
        .singleElement()
        .asString()
        .startsWith("issuer: the CA certificate ended");
    assertThat(
            refused(
                authority(issuing.notBefore().minusSeconds(1))
                    .issue(alice(key), Profile.CLIENT, TEST)))
        .singleElement()
        .asString()
        .contains("is the clock right?");
  }

  @Test
  void a_key_of_another_ca_is_not_taken_for_this_one() {
    var issuer = new IssuerCertificate(issuing, List.of(root));
    assertThatThrownBy(
            () -> new Authority(issuer, rootSigner, ledger, this::serial, InstantSource.system()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_leaf_cannot_issue() {
    Certificate leaf =
        issued(authority.issue(alice(TestSigner.p256().publicKey()), Profile.CLIENT, TEST));
    assertThatThrownBy(() -> new IssuerCertificate(leaf, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not say that it is a CA");
  }

  @Test
  void a_request_signed_by_its_own_key_is_signed() throws Exception {
    var request = CertificationRequest.parse(csr(TestSigner.p256(), "CN=anything"));
    Certificate certificate =
        issued(authority.sign(request, alice(request.publicKey()), Profile.CLIENT, TEST));
    assertThat(certificate.publicKey()).isEqualTo(request.publicKey());
    assertThat(certificate.subject().commonName()).contains("Alice (laptop)");
  }

  @Test
  void a_request_with_a_broken_signature_is_refused() throws Exception {
    byte[] der = csr(TestSigner.p256(), "CN=anything").toArray();
    der[der.length - 1] ^= 1;
    var request = CertificationRequest.parse(Bytes.of(der));
    assertThat(refused(authority.sign(request, alice(request.publicKey()), Profile.CLIENT, TEST)))
        .singleElement()
        .asString()
        .startsWith("signature:");
    assertThat(ledger.intents()).isEmpty();
  }

  @Test
  void rsa_of_1024_bits_is_refused() {
    assertThat(
            refused(authority.issue(alice(TestSigner.rsa(1024).publicKey()), Profile.CLIENT, TEST)))
        .anySatisfy(problem -> assertThat(problem).contains("2048 is the least"));
  }

  @Test
  void a_profile_that_could_never_issue_cannot_be_made() {
    assertThatThrownBy(() ->
            new Profile(
                "odd",
                java.util.Set.of(KeyAlgorithm.P256),
                Duration.ofDays(2),
                Duration.ofDays(1),
                java.util.Set.of(Profile.NameKind.DNS),
                Profile.Subject.HOST,
                java.util.Set.of(),
                java.util.Set.of(KeyPurpose.SERVER_AUTH)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Bytes csr(TestSigner key, String subject) throws Exception {
    var builder =
        new JcaPKCS10CertificationRequestBuilder(
            DistinguishedName.parse(subject).structure(), key.pair().getPublic());
    return Bytes.of(
        builder
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.pair().getPrivate()))
            .getEncoded());
  }
}
