package dev.postern.revocation;

import static dev.postern.path.TestChain.NOW;
import static dev.postern.revocation.TestCrl.NEXT_UPDATE;
import static dev.postern.revocation.TestCrl.THIS_UPDATE;
import static dev.postern.revocation.TestOcsp.GOOD;
import static dev.postern.revocation.TestOcsp.UNKNOWN;
import static dev.postern.revocation.TestOcsp.revoked;
import static dev.postern.revocation.TestStatus.CHECKER;
import static dev.postern.revocation.TestStatus.evidence;
import static dev.postern.revocation.TestStatus.ocsp;
import static dev.postern.revocation.TestStatus.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.path.TestChain;
import dev.postern.path.TestChain.Draft;
import dev.postern.path.TestChain.Party;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.MalformedException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 6960 §3.2 and §4.2.2, rule by rule. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OcspValidationTest {
  private static final Party ROOT = TestChain.root("Root").sign();
  private static final Party CA = ROOT.ca("CA").serial(BigInteger.TWO).sign();
  private static final Party LEAF = CA.leaf("Alice").serial(BigInteger.valueOf(3)).sign();
  private static final Party OTHER = CA.leaf("Bob").serial(BigInteger.valueOf(4)).sign();
  private static final VerifiedPath PATH = path(LEAF, ROOT, CA);
  private static final Certificate ALICE = LEAF.certificate();

  private static TestOcsp response() {
    return TestOcsp.of(CA);
  }

  private static Draft delegate() {
    return CA.leaf("OCSP")
        .serial(BigInteger.valueOf(5))
        .purposes(KeyPurpose.OCSP_SIGNING)
        .with(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
  }

  private static RevocationStatus status(OcspResponse... responses) {
    return CHECKER.leaf(PATH, ocsp(responses), NOW);
  }

  private static String word(OcspResponse... responses) {
    return TestStatus.word(status(responses));
  }

  private static String word(TestOcsp response) {
    return word(response.sign());
  }

  @Test
  void the_issuer_itself_says_good_revoked_or_unknown() {
    assertThat(word(response().says(GOOD, ALICE))).isEqualTo("good");
    assertThat(word(response().byKey().says(GOOD, ALICE))).isEqualTo("good");
    assertThat(status(response().says(revoked(CrlReason.SUPERSEDED), ALICE).sign()))
        .isEqualTo(new RevocationStatus.Revoked(TestCrl.REVOKED_AT, CrlReason.SUPERSEDED));
    assertThat(evidence(status(response().says(UNKNOWN, ALICE).sign())))
        .contains("does not know the certificate");
  }

  @Test
  void an_answer_among_several_is_found_and_one_about_others_is_not_used() {
    Certificate bob = OTHER.certificate();
    assertThat(word(response().says(revoked(CrlReason.SUPERSEDED), bob).says(GOOD, ALICE)))
        .isEqualTo("good");
    assertThat(evidence(status(response().says(GOOD, bob).sign())))
        .contains("no OCSP response is about it");
  }

  @ParameterizedTest
  @CsvSource({
    "SHA-1, 1.3.14.3.2.26, good",
    "SHA-256, 2.16.840.1.101.3.4.2.1, good",
    "SHA-384, 2.16.840.1.101.3.4.2.2, good",
    "SHA-512, 2.16.840.1.101.3.4.2.3, good",
    "MD5, 1.2.840.113549.2.5, unknown",
    "SHA-256, 1.3.14.3.2.26, unknown"
  })
  void certificates_are_named_by_the_hashes_we_know(String name, String oid, String word) {
    assertThat(word(response().hash(name, oid).says(GOOD, ALICE))).isEqualTo(word);
  }

  static Stream<Arguments> strangers() {
    Party stranger = TestChain.root("Stranger").sign();
    return Stream.of(
        argumentSet(
            "another issuer's name",
            response().issuerName(ROOT.certificate().subject().der()).says(GOOD, ALICE)),
        argumentSet(
            "another issuer's key",
            response().issuerKey(ROOT.certificate().publicKey()).says(GOOD, ALICE)),
        argumentSet(
            "another's signature", response().signedWith(stranger.keys()).says(GOOD, ALICE)),
        argumentSet(
            "another's name as the responder",
            response().naming(ROOT.certificate()).says(GOOD, ALICE)),
        argumentSet(
            "another's key as the responder",
            response().naming(ROOT.certificate()).byKey().says(GOOD, ALICE)),
        argumentSet("a critical extension", response().response(unknown(), true).says(GOOD, ALICE)),
        argumentSet(
            "a critical extension of the one answer",
            response().single(unknown(), true).says(GOOD, ALICE)));
  }

  private static ASN1ObjectIdentifier unknown() {
    return new ASN1ObjectIdentifier("1.2.3.4");
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void a_response_that_is_not_the_issuers_says_nothing(TestOcsp response) {
    assertThat(word(response)).isEqualTo("unknown");
  }

  @Test
  void an_unknown_extension_that_is_not_critical_is_passed_over() {
    assertThat(word(response().response(unknown(), false).says(GOOD, ALICE))).isEqualTo("good");
    assertThat(word(response().single(unknown(), false).says(GOOD, ALICE))).isEqualTo("good");
  }

  @ParameterizedTest
  @CsvSource({"-1, unknown", "0, good", "1, good"})
  void thisUpdate_is_the_first_instant(int seconds, String word) {
    Evidence evidence = ocsp(response().says(GOOD, ALICE).sign());
    Instant at = THIS_UPDATE.plusSeconds(seconds);
    assertThat(TestStatus.word(CHECKER.leaf(PATH, evidence, at))).isEqualTo(word);
  }

  /** §4.2.2.1: unreliable is what is "earlier than the local system time". */
  @ParameterizedTest
  @CsvSource({"-1, good", "0, good", "1, unknown"})
  void nextUpdate_is_the_last_instant(int seconds, String word) {
    Evidence evidence = ocsp(response().says(GOOD, ALICE).sign());
    Instant at = NEXT_UPDATE.plusSeconds(seconds);
    assertThat(TestStatus.word(CHECKER.leaf(PATH, evidence, at))).isEqualTo(word);
  }

  @Test
  void an_answer_of_the_future_says_nothing() {
    assertThat(word(response().producedAt(NOW).says(GOOD, ALICE))).isEqualTo("good");
    assertThat(word(response().producedAt(NOW.plusSeconds(1)).says(GOOD, ALICE)))
        .isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({"24, good", "25, unknown"})
  void without_nextUpdate_an_answer_lasts_a_day(int hours, String word) {
    Instant from = NOW.minus(Duration.ofHours(hours));
    assertThat(word(response().from(from).until(Optional.empty()).says(GOOD, ALICE)))
        .isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({"11, unknown", "12, good", "13, good"})
  void a_maximum_age_counts_with_and_without_nextUpdate(int hours, String word) {
    for (Optional<Instant> until : List.of(Optional.of(NEXT_UPDATE), Optional.<Instant>empty())) {
      Evidence evidence =
          new Evidence(
              List.of(),
              List.of(response().until(until).says(GOOD, ALICE).sign()),
              List.of(),
              Optional.of(Duration.ofHours(hours)));
      assertThat(TestStatus.word(CHECKER.leaf(PATH, evidence, NOW))).isEqualTo(word);
    }
  }

  @Test
  void sha_1_signatures_are_not_accepted_today() throws MalformedException {
    var response = OcspResponse.parse(response().says(GOOD, ALICE).der("SHA1withECDSA"));
    assertThat(evidence(status(response))).contains("SHA1withECDSA, which is not accepted");
  }

  static Stream<Arguments> delegates() {
    return Stream.of(
        argumentSet("as it should be", delegate().sign(), "good"),
        argumentSet("without keyUsage", delegate().without(Extension.keyUsage).sign(), "good"),
        argumentSet(
            "another purpose", delegate().purposes(KeyPurpose.CLIENT_AUTH).sign(), "unknown"),
        argumentSet("any purpose", delegate().purposes(KeyPurpose.ANY).sign(), "unknown"),
        argumentSet("no purpose", delegate().without(Extension.extendedKeyUsage).sign(), "unknown"),
        argumentSet("expired", delegate().expired().sign(), "unknown"),
        argumentSet(
            "a key for ciphers", delegate().keyUsage(KeyUsage.keyEncipherment).sign(), "unknown"),
        argumentSet(
            "a critical extension",
            delegate().with(unknown(), true, DERNull.INSTANCE).sign(),
            "unknown"),
        argumentSet("nobody to ask about it", checkable().sign(), "good"),
        argumentSet(
            "OCSP to ask about it",
            checkable().with(Extension.authorityInfoAccess, false, ocspAt()).sign(),
            "unknown"),
        argumentSet(
            "issued by the CA above",
            ROOT.leaf("OCSP").purposes(KeyPurpose.OCSP_SIGNING).sign(),
            "unknown"),
        argumentSet(
            "issued under the CA's name",
            delegate().issuedBy(CA.certificate().subject(), OTHER.keys()).sign(),
            "unknown"));
  }

  private static Draft checkable() {
    return delegate().without(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck);
  }

  private static AuthorityInformationAccess ocspAt() {
    return new AuthorityInformationAccess(
        AccessDescription.id_ad_ocsp,
        new GeneralName(GeneralName.uniformResourceIdentifier, "http://ocsp.example/"));
  }

  @ParameterizedTest
  @MethodSource("delegates")
  void a_responder_speaks_for_a_ca_that_certified_it_for_that(Party delegate, String word) {
    assertThat(word(response().by(delegate).says(GOOD, ALICE))).isEqualTo(word);
    assertThat(word(response().by(delegate).byKey().says(GOOD, ALICE))).isEqualTo(word);
  }

  @Test
  void a_responder_without_nocheck_is_looked_up_in_the_cas_crl() {
    Party delegate = checkable().with(Extension.authorityInfoAccess, false, ocspAt()).sign();
    OcspResponse response = response().by(delegate).says(GOOD, ALICE).sign();
    assertThat(word(response)).isEqualTo("unknown");
    assertThat(both(response, TestCrl.of(CA).sign())).isEqualTo("good");
    CertificateList aliceToo =
        TestCrl.of(CA).revoking(delegate.certificate()).revoking(ALICE).sign();
    assertThat(both(response, aliceToo)).isEqualTo("keyCompromise");
    Party silent = checkable().sign();
    OcspResponse bySilent = response().by(silent).says(revoked(CrlReason.SUPERSEDED), ALICE).sign();
    assertThat(word(bySilent)).isEqualTo("superseded");
    CertificateList against = TestCrl.of(CA).revoking(silent.certificate()).sign();
    assertThat(both(bySilent, against)).isEqualTo("good");
  }

  @Test
  void a_responder_does_not_vouch_for_itself() {
    Party delegate = checkable().sign();
    OcspResponse response = response().by(delegate).says(GOOD, delegate.certificate()).sign();
    assertThat(
            evidence(
                CHECKER.status(delegate.certificate(), List.of(CA.anchor()), ocsp(response), NOW)))
        .contains("by the certificate that it is about");
  }

  private static String both(OcspResponse response, CertificateList crl) {
    Evidence evidence = new Evidence(List.of(crl), List.of(response), List.of(), Optional.empty());
    return TestStatus.word(CHECKER.leaf(PATH, evidence, NOW));
  }

  @Test
  void a_revocation_counts_whichever_source_has_it() {
    CertificateList crl = TestCrl.of(CA).sign();
    CertificateList revoking = TestCrl.of(CA).revoking(ALICE).sign();
    OcspResponse good = response().says(GOOD, ALICE).sign();
    OcspResponse bad = response().says(revoked(CrlReason.SUPERSEDED), ALICE).sign();
    OcspResponse unknown = response().says(UNKNOWN, ALICE).sign();
    assertThat(both(good, crl)).isEqualTo("good");
    assertThat(both(good, revoking)).isEqualTo("keyCompromise");
    assertThat(both(bad, crl)).isEqualTo("superseded");
    assertThat(both(unknown, crl)).isEqualTo("good");
  }

  @Test
  void of_two_answers_the_newer_counts_and_of_equals_the_worse() {
    OcspResponse held = response().says(revoked(CrlReason.CERTIFICATE_HOLD), ALICE).sign();
    OcspResponse good = response().says(GOOD, ALICE).sign();
    OcspResponse newer = response().from(THIS_UPDATE.plusSeconds(1)).says(GOOD, ALICE).sign();
    assertThat(word(held, newer)).isEqualTo("good");
    assertThat(word(good, held)).isEqualTo("certificateHold");
  }

  @Test
  void errors_are_told_and_say_nothing() throws MalformedException {
    OcspResponse tryLater = OcspResponse.parse(TestOcsp.error(3));
    assertThat(tryLater.status()).isEqualTo(OcspResponse.Status.TRY_LATER);
    assertThat(evidence(status(tryLater))).contains("answered tryLater");
    assertThatThrownBy(() -> OcspResponse.parse(TestOcsp.error(4)))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> OcspResponse.parse(TestOcsp.error(0)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void the_nonce_can_be_compared_by_who_asked() {
    Bytes nonce = Bytes.ofHex("00112233445566778899aabbccddeeff");
    OcspResponse response = response().nonce(nonce).says(GOOD, ALICE).sign();
    assertThat(response.basic().flatMap(BasicOcspResponse::nonce)).contains(nonce);
    assertThat(response().says(GOOD, ALICE).sign().basic().flatMap(BasicOcspResponse::nonce))
        .isEmpty();
  }
}
