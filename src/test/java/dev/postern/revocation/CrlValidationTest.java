package dev.postern.revocation;

import static dev.postern.path.TestChain.NOW;
import static dev.postern.revocation.TestCrl.NEXT_UPDATE;
import static dev.postern.revocation.TestCrl.THIS_UPDATE;
import static dev.postern.revocation.TestStatus.CHECKER;
import static dev.postern.revocation.TestStatus.crls;
import static dev.postern.revocation.TestStatus.evidence;
import static dev.postern.revocation.TestStatus.path;
import static dev.postern.revocation.TestStatus.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.path.Era;
import dev.postern.path.PathValidator;
import dev.postern.path.TestChain;
import dev.postern.path.TestChain.Draft;
import dev.postern.path.TestChain.Party;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.MalformedException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 5280 §5 and §6.3, rule by rule; PKITS in VectorsTest has them in combination. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrlValidationTest {
  private static final Party ROOT = TestChain.root("Root").sign();
  private static final Party CA = ROOT.ca("CA").serial(BigInteger.TWO).sign();
  private static final Party LEAF = leaf(CA).sign();
  private static final VerifiedPath PATH = path(LEAF, ROOT, CA);
  private static final Party STRANGER = TestChain.root("Stranger").sign();

  private static Draft leaf(Party issuer) {
    return issuer.leaf("Alice").serial(BigInteger.valueOf(3));
  }

  private static TestCrl crl() {
    return TestCrl.of(CA);
  }

  private static String word(RevocationStatus status) {
    return TestStatus.word(status);
  }

  private static String word(VerifiedPath path, CertificateList... crls) {
    return word(CHECKER.leaf(path, crls(crls), NOW));
  }

  private static String word(TestCrl... crls) {
    return word(PATH, Stream.of(crls).map(TestCrl::sign).toArray(CertificateList[]::new));
  }

  @Test
  void a_certificate_is_good_while_its_issuers_crl_does_not_list_it() {
    assertThat(word(crl())).isEqualTo("good");
    assertThat(word(crl().revoking(CA.certificate()))).isEqualTo("good");
  }

  @Test
  void a_listed_certificate_is_revoked_with_date_and_reason() {
    assertThat(CHECKER.leaf(PATH, crls(crl().revoking(LEAF.certificate()).sign()), NOW))
        .isEqualTo(new RevocationStatus.Revoked(TestCrl.REVOKED_AT, CrlReason.KEY_COMPROMISE));
    assertThat(word(crl().revoking(LEAF.certificate(), CrlReason.CERTIFICATE_HOLD)))
        .isEqualTo("certificateHold");
  }

  @Test
  void without_a_crl_nothing_is_known() {
    assertThat(evidence(CHECKER.leaf(PATH, crls(), NOW))).contains("no CRL is about it");
  }

  @Test
  void a_path_is_as_bad_as_its_worst_certificate() {
    CertificateList good = crl().sign();
    CertificateList above = TestCrl.of(ROOT).sign();
    CertificateList caRevoked = TestCrl.of(ROOT).revoking(CA.certificate()).sign();
    assertThat(CHECKER.check(PATH, crls(good, above), NOW)).isEqualTo(new PathStatus.Good());
    assertThat(CHECKER.check(PATH, crls(good), NOW))
        .isInstanceOfSatisfying(
            PathStatus.Unknown.class,
            unknown -> assertThat(unknown.certificate()).isEqualTo(CA.certificate()));
    assertThat(CHECKER.check(PATH, crls(caRevoked), NOW))
        .isInstanceOfSatisfying(
            PathStatus.Revoked.class,
            revoked -> assertThat(revoked.certificate()).isEqualTo(CA.certificate()));
  }

  @ParameterizedTest
  @CsvSource({"-1, unknown", "0, good", "1, good"})
  void thisUpdate_is_the_first_instant(int seconds, String word) {
    Instant at = THIS_UPDATE.plusSeconds(seconds);
    assertThat(word(CHECKER.leaf(PATH, crls(crl().sign()), at))).isEqualTo(word);
  }

  /** §6.3.3 (a): "verify that the current time is before the next update value". */
  @ParameterizedTest
  @CsvSource({"-1, good", "0, unknown", "1, unknown"})
  void nextUpdate_is_the_first_instant_too_late(int seconds, String word) {
    Instant at = NEXT_UPDATE.plusSeconds(seconds);
    assertThat(word(CHECKER.leaf(PATH, crls(crl().sign()), at))).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({"11, unknown", "12, good", "13, good"})
  void a_maximum_age_counts_from_thisUpdate(int hours, String word) {
    Evidence evidence =
        new Evidence(
            List.of(crl().sign()), List.of(), List.of(), Optional.of(Duration.ofHours(hours)));
    assertThat(word(CHECKER.leaf(PATH, evidence, NOW))).isEqualTo(word);
  }

  static Stream<Arguments> unusable() {
    var unknown = new ASN1ObjectIdentifier("1.2.3.4");
    return Stream.of(
        argumentSet("no nextUpdate", crl().forever(), "when the next one is due"),
        argumentSet("no number", crl().without(Extension.cRLNumber), "no CRL number"),
        argumentSet(
            "a critical number",
            crl().with(Extension.cRLNumber, true, new ASN1Integer(1)),
            "2.5.29.20 critical"),
        argumentSet(
            "an unknown critical extension",
            crl().with(unknown, true, DERNull.INSTANCE),
            "1.2.3.4 must be understood"),
        argumentSet(
            "an unknown critical extension of somebody else's entry",
            crl().entry(CA.certificate(), unknown, true, DERNull.INSTANCE),
            "critical extension that is not understood"),
        argumentSet(
            "entries of others in a direct CRL",
            crl().revokingOf(LEAF.certificate()),
            "no indirect CRL"),
        argumentSet("another's signature", crl().signedBy(STRANGER.keys()), "nobody known"));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void a_crl_that_breaks_a_rule_says_nothing(TestCrl crl, String evidence) {
    assertThat(evidence(CHECKER.leaf(PATH, crls(crl.sign()), NOW))).contains(evidence);
  }

  @Test
  void unknown_extensions_that_are_not_critical_are_passed_over() {
    var unknown = new ASN1ObjectIdentifier("1.2.3.4");
    assertThat(
            word(
                crl()
                    .with(unknown, false, DERNull.INSTANCE)
                    .entry(CA.certificate(), unknown, false, DERNull.INSTANCE)))
        .isEqualTo("good");
  }

  @Test
  void sha_1_is_accepted_by_whoever_asks_about_the_past() throws MalformedException {
    CertificateList crl = CertificateList.parse(crl().der("SHA1withECDSA"));
    assertThat(evidence(CHECKER.leaf(PATH, crls(crl), NOW))).contains("which is not accepted");
    Instant then = Instant.parse("2013-06-01T00:00:00Z");
    Party root = old(TestChain.root("Old")).sign();
    Party leaf = old(root.leaf("Bob")).sign();
    CertificateList oldCrl =
        CertificateList.parse(
            TestCrl.of(root)
                .from(then)
                .until(then.plus(Duration.ofDays(365)))
                .der("SHA1withECDSA"));
    var anchors = List.of(root.anchor());
    var past = new RevocationChecker(new PathValidator(), Era.BEFORE_2017);
    assertThat(word(past.status(leaf.certificate(), anchors, crls(oldCrl), then)))
        .isEqualTo("good");
    assertThat(word(CHECKER.status(leaf.certificate(), anchors, crls(oldCrl), then)))
        .as("a clock that was set back forgives nothing")
        .isEqualTo("unknown");
  }

  private static Draft old(Draft draft) {
    return draft.between(
        Instant.parse("2013-01-01T00:00:00Z"), Instant.parse("2015-01-01T00:00:00Z"));
  }

  @Test
  void an_issuer_whose_keyUsage_lacks_cRLSign_signs_no_crl() {
    Party ca = ROOT.ca("CA").keyUsage(KeyUsage.keyCertSign).sign();
    Party leaf = leaf(ca).sign();
    assertThat(evidence(CHECKER.leaf(path(leaf, ROOT, ca), crls(TestCrl.of(ca).sign()), NOW)))
        .contains("may not sign CRLs");
    Party silent = ROOT.ca("CA").without(Extension.keyUsage).sign();
    Party other = leaf(silent).sign();
    assertThat(word(path(other, ROOT, silent), TestCrl.of(silent).sign())).isEqualTo("good");
  }

  @Test
  void a_crl_key_of_its_own_needs_a_path_to_the_same_anchor_and_be_good_itself() {
    Party signer = ROOT.ca("CA").keyUsage(KeyUsage.cRLSign).serial(BigInteger.valueOf(9)).sign();
    CertificateList crl = crl().signedBy(signer.keys()).sign();
    CertificateList above = TestCrl.of(ROOT).sign();
    assertThat(word(PATH, crl, above)).isEqualTo("unknown");
    assertThat(word(CHECKER.leaf(PATH, with(crls(crl, above), signer), NOW))).isEqualTo("good");
    CertificateList revoked = TestCrl.of(ROOT).revoking(signer.certificate()).sign();
    assertThat(evidence(CHECKER.leaf(PATH, with(crls(crl, revoked), signer), NOW)))
        .contains("not known to be good itself");
    Party foreign = STRANGER.ca("CA").keyUsage(KeyUsage.cRLSign).sign();
    CertificateList byForeign = crl().signedBy(foreign.keys()).sign();
    assertThat(
            evidence(
                CHECKER.leaf(
                    PATH,
                    with(crls(byForeign, TestCrl.of(STRANGER).sign()), foreign, STRANGER),
                    NOW)))
        .contains("no valid path to the same trust anchor");
  }

  @Test
  void a_crl_that_covers_its_own_signer_is_believed_until_it_lists_him() {
    // The same CA's next key, certified with the old one.
    Party next = CA.ca("CA").serial(BigInteger.valueOf(77)).sign();
    CertificateList crl = crl().signedBy(next.keys()).sign();
    assertThat(word(CHECKER.leaf(PATH, with(crls(crl), next), NOW))).isEqualTo("good");
    CertificateList against = crl().revoking(next.certificate()).signedBy(next.keys()).sign();
    assertThat(word(CHECKER.leaf(PATH, with(crls(against), next), NOW))).isEqualTo("unknown");
  }

  @Test
  void the_newest_crl_is_asked_first() {
    TestCrl held = crl().revoking(LEAF.certificate(), CrlReason.CERTIFICATE_HOLD);
    TestCrl freed = crl().number(8).from(THIS_UPDATE.plusSeconds(60));
    assertThat(word(held, freed)).isEqualTo("good");
    TestCrl heldAgain =
        crl().number(9).from(THIS_UPDATE.plusSeconds(120)).revoking(LEAF.certificate());
    assertThat(word(heldAgain, held, freed)).isEqualTo("keyCompromise");
  }

  static Stream<Arguments> deltas() {
    var leaf = LEAF.certificate();
    return Stream.of(
        argumentSet("revokes", delta().revoking(leaf), "keyCompromise"),
        argumentSet("ends a hold", delta().revoking(leaf, CrlReason.REMOVE_FROM_CRL), "good"),
        argumentSet("says nothing", delta(), "certificateHold"),
        argumentSet("to an older base", delta().deltaTo(6).revoking(leaf), "keyCompromise"),
        argumentSet("to a newer base", delta().deltaTo(8).revoking(leaf), "certificateHold"),
        argumentSet("not newer itself", delta().number(7).revoking(leaf), "certificateHold"),
        argumentSet("stale", delta().until(NOW).revoking(leaf), "certificateHold"),
        argumentSet(
            "of another scope",
            delta().at(TestCrl.uri("http://crl.example/1")).revoking(leaf),
            "certificateHold"),
        argumentSet(
            "with another key",
            delta().signedBy(STRANGER.keys()).revoking(leaf),
            "certificateHold"));
  }

  private static TestCrl delta() {
    return crl().number(8).deltaTo(7);
  }

  @ParameterizedTest
  @MethodSource("deltas")
  void a_delta_crl_changes_what_its_base_says_if_it_continues_it(TestCrl delta, String word) {
    TestCrl base = crl().revoking(LEAF.certificate(), CrlReason.CERTIFICATE_HOLD);
    assertThat(word(base, delta)).isEqualTo(word);
  }

  @Test
  void a_delta_crl_alone_says_nothing_and_keeps_a_stale_base_in_use() {
    assertThat(word(delta().revoking(LEAF.certificate()))).isEqualTo("unknown");
    assertThat(word(crl().until(NOW))).isEqualTo("unknown");
    assertThat(word(crl().until(NOW), delta())).isEqualTo("good");
  }

  @Test
  void removeFromCRL_in_a_complete_crl_frees_nobody() {
    assertThat(word(crl().revoking(LEAF.certificate(), CrlReason.REMOVE_FROM_CRL)))
        .isEqualTo("removeFromCRL");
  }

  private static VerifiedPath pathAt(org.bouncycastle.asn1.x509.DistributionPoint... points) {
    Party leaf =
        leaf(CA).with(Extension.cRLDistributionPoints, false, new CRLDistPoint(points)).sign();
    return path(leaf, ROOT, CA);
  }

  private static org.bouncycastle.asn1.x509.DistributionPoint at(DistributionPointName name) {
    return new org.bouncycastle.asn1.x509.DistributionPoint(name, null, null);
  }

  @Test
  void a_crl_for_a_distribution_point_is_for_certificates_that_name_it() {
    var one = TestCrl.uri("http://crl.example/1");
    var two = TestCrl.uri("http://crl.example/2");
    CertificateList crl = crl().at(one).sign();
    assertThat(word(pathAt(at(one)), crl)).isEqualTo("good");
    assertThat(word(pathAt(at(two)), crl)).isEqualTo("unknown");
    assertThat(word(pathAt(at(two), at(one)), crl)).isEqualTo("good");
    assertThat(word(PATH, crl)).isEqualTo("unknown");
    assertThat(word(pathAt(at(one)), crl().sign())).isEqualTo("good");
  }

  @Test
  void a_relative_name_is_the_issuers_with_one_more_part() {
    var rdn =
        new org.bouncycastle.asn1.x500.RDN(
            org.bouncycastle.asn1.x500.style.BCStyle.CN,
            new org.bouncycastle.asn1.DERUTF8String("CRL 1"));
    var relative =
        new DistributionPointName(
            DistributionPointName.NAME_RELATIVE_TO_CRL_ISSUER, rdn.toASN1Primitive());
    var full =
        new DistributionPointName(
            new GeneralNames(
                new GeneralName(
                    dev.postern.x509.DistinguishedName.builder()
                        .organization("Test")
                        .commonName("CA")
                        .commonName("CRL 1")
                        .build()
                        .structure())));
    assertThat(word(pathAt(at(relative)), crl().at(full).sign())).isEqualTo("good");
    assertThat(word(pathAt(at(full)), crl().at(relative).sign())).isEqualTo("good");
    assertThat(word(pathAt(at(TestCrl.uri("http://a/"))), crl().at(relative).sign()))
        .isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, false, good, unknown",
    "false, true, false, unknown, good",
    "false, false, true, unknown, unknown",
    "false, false, false, good, good"
  })
  void a_crl_for_some_kind_of_certificates_is_for_no_other(
      boolean users, boolean cas, boolean attributes, String ofLeaf, String ofCa) {
    var point =
        new org.bouncycastle.asn1.x509.IssuingDistributionPoint(
            null, users, cas, null, false, attributes);
    assertThat(word(crl().point(point))).isEqualTo(ofLeaf);
    Party below = CA.ca("Below").serial(BigInteger.valueOf(5)).sign();
    assertThat(word(path(below, ROOT, CA), crl().point(point).sign())).isEqualTo(ofCa);
  }

  @Test
  void crls_for_some_reasons_count_when_together_they_are_for_all() {
    int compromise = ReasonFlags.keyCompromise | ReasonFlags.cACompromise;
    int others =
        ReasonFlags.affiliationChanged
            | ReasonFlags.superseded
            | ReasonFlags.cessationOfOperation
            | ReasonFlags.certificateHold
            | ReasonFlags.privilegeWithdrawn
            | ReasonFlags.aACompromise;
    TestCrl one = forReasons(compromise);
    assertThat(evidence(CHECKER.leaf(PATH, crls(one.sign()), NOW)))
        .contains("no CRL covers every reason");
    assertThat(word(one, forReasons(others))).isEqualTo("good");
    assertThat(word(one, forReasons(others).revoking(LEAF.certificate(), CrlReason.SUPERSEDED)))
        .isEqualTo("superseded");
    assertThat(word(forReasons(compromise).revoking(LEAF.certificate())))
        .isEqualTo("keyCompromise");
  }

  private static TestCrl forReasons(int reasons) {
    return crl()
        .point(
            new org.bouncycastle.asn1.x509.IssuingDistributionPoint(
                null, false, false, new ReasonFlags(reasons), false, false));
  }

  @Test
  void an_indirect_crl_is_for_certificates_that_name_its_issuer() {
    Party other = ROOT.leaf("CRLs").keyUsage(KeyUsage.cRLSign).serial(BigInteger.valueOf(8)).sign();
    var issuer = new GeneralNames(new GeneralName(other.certificate().subject().structure()));
    VerifiedPath path =
        pathAt(new org.bouncycastle.asn1.x509.DistributionPoint(null, null, issuer));
    var indirect =
        new org.bouncycastle.asn1.x509.IssuingDistributionPoint(
            null, false, false, null, true, false);
    CertificateList above = TestCrl.of(ROOT).sign();
    CertificateList good = TestCrl.of(other).point(indirect).sign();
    CertificateList bad = TestCrl.of(other).point(indirect).revokingOf(path.leaf()).sign();
    CertificateList namesake = TestCrl.of(other).point(indirect).revoking(path.leaf()).sign();
    CertificateList direct = TestCrl.of(other).sign();
    assertThat(word(CHECKER.leaf(path, with(crls(good, above), other), NOW))).isEqualTo("good");
    assertThat(word(CHECKER.leaf(path, with(crls(bad, above), other), NOW)))
        .isEqualTo("unspecified");
    // The same serial number, but of a certificate that the CRL's own issuer issued.
    assertThat(word(CHECKER.leaf(path, with(crls(namesake, above), other), NOW))).isEqualTo("good");
    assertThat(word(CHECKER.leaf(path, with(crls(direct, above), other), NOW)))
        .isEqualTo("unknown");
    assertThat(word(CHECKER.leaf(PATH, with(crls(good, above), other), NOW))).isEqualTo("unknown");
  }

  /** RFC 9608. */
  @Test
  void a_certificate_that_will_never_be_revoked_is_good_unless_it_says_how_to_ask() {
    var noRevAvail = new ASN1ObjectIdentifier("2.5.29.56");
    Party brief = leaf(CA).with(noRevAvail, false, DERNull.INSTANCE).sign();
    assertThat(word(path(brief, ROOT, CA))).isEqualTo("good");
    Party both =
        leaf(CA)
            .with(noRevAvail, false, DERNull.INSTANCE)
            .with(
                Extension.cRLDistributionPoints,
                false,
                new CRLDistPoint(
                    new org.bouncycastle.asn1.x509.DistributionPoint[] {
                      at(TestCrl.uri("http://crl.example/1"))
                    }))
            .sign();
    assertThat(word(path(both, ROOT, CA))).isEqualTo("unknown");
  }

  @Test
  void a_certificate_is_judged_below_an_anchor_that_issued_it_and_below_nobody_else() {
    var anchors = List.of(CA.anchor());
    Evidence evidence = crls(crl().revoking(LEAF.certificate()).sign());
    assertThat(word(CHECKER.status(LEAF.certificate(), anchors, evidence, NOW)))
        .isEqualTo("keyCompromise");
    assertThat(
            word(
                CHECKER.status(
                    LEAF.certificate(), List.of(ROOT.anchor()), with(evidence, CA), NOW)))
        .isEqualTo("keyCompromise");
    assertThat(
            evidence(
                CHECKER.status(
                    LEAF.certificate(), List.of(STRANGER.anchor()), with(evidence, CA), NOW)))
        .contains("whom nobody trusts");
  }

  @Test
  void a_thousand_crls_that_help_nobody_are_given_up_in_time() {
    CertificateList forged = crl().signedBy(STRANGER.keys()).sign();
    CertificateList[] many =
        Stream.generate(() -> forged).limit(1000).toArray(CertificateList[]::new);
    Instant start = Instant.now();
    assertThat(evidence(CHECKER.leaf(PATH, crls(many), NOW))).contains("were not enough");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
  }
}
