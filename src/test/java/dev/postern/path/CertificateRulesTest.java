package dev.postern.path;

import static dev.postern.path.TestChain.code;
import static dev.postern.path.TestChain.root;
import static dev.postern.path.TestChain.validate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.fakes.TestKeys;
import dev.postern.path.PathProblem.Code;
import dev.postern.path.TestChain.Draft;
import dev.postern.path.TestChain.Party;
import dev.postern.x509.KeyPurpose;
import java.math.BigInteger;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thing changed in a good certificate, and what is then thought of it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CertificateRulesTest {
  private static final Party ROOT = root("Root").sign();
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.2.3.4.5");
  private static final AuthorityInformationAccess AIA =
      new AuthorityInformationAccess(
          AccessDescription.id_ad_caIssuers,
          new GeneralName(GeneralName.uniformResourceIdentifier, "http://ca.example/ca.cer"));

  /** A change to a certificate. */
  @FunctionalInterface
  interface Change extends UnaryOperator<Draft> {}

  private static Arguments change(String name, Change change) {
    return argumentSet(name, change);
  }

  private static Arguments change(String name, Code code, Change change) {
    return argumentSet(name, code, change);
  }

  static Stream<Arguments> good_leaves() {
    return Stream.of(
        change("as it comes", draft -> draft),
        change(
            "the longest serial",
            draft -> draft.serial(BigInteger.TWO.pow(159).subtract(BigInteger.ONE))),
        change("without keyUsage", draft -> draft.without(Extension.keyUsage)),
        change(
            "without subjectKeyIdentifier", draft -> draft.without(Extension.subjectKeyIdentifier)),
        change(
            "cA false",
            draft -> draft.with(Extension.basicConstraints, true, new BasicConstraints(false))),
        change("unknown extension", draft -> draft.with(UNKNOWN, false, DERNull.INSTANCE)),
        change(
            "authorityInfoAccess", draft -> draft.with(Extension.authorityInfoAccess, false, AIA)),
        change(
            "names of every kind",
            draft ->
                draft.names(
                    "dns:*.a.example", "email:a@b.example", "uri:spiffe://a/b", "ip:::1", "upn:a")),
        change("P-384", draft -> draft.keys(TestKeys.of("P-384"))),
        change("RSA 2048", draft -> draft.keys(TestKeys.of("RSA 2048"))),
        change("Ed25519", draft -> draft.keys(TestKeys.of("Ed25519"))),
        change("ML-DSA-44", draft -> draft.keys(TestKeys.of("ML-DSA-44"))));
  }

  @ParameterizedTest
  @MethodSource("good_leaves")
  void good_leaves_pass(Change change) {
    assertThat(code(validate(change.apply(ROOT.leaf("Leaf")).sign(), ROOT))).isEmpty();
  }

  static Stream<Arguments> bad_leaves() {
    return Stream.of(
        change("serial 0", Code.NOT_CONFORMING, draft -> draft.serial(BigInteger.ZERO)),
        change(
            "negative serial", Code.NOT_CONFORMING, draft -> draft.serial(BigInteger.ONE.negate())),
        change(
            "serial of 21 octets",
            Code.NOT_CONFORMING,
            draft -> draft.serial(BigInteger.TWO.pow(159))),
        change("keyUsage without bits", Code.NOT_CONFORMING, draft -> draft.keyUsage(0)),
        change(
            "keyCertSign without cA",
            Code.NOT_CONFORMING,
            draft -> draft.keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
        change(
            "keyUsage for encryption",
            Code.WRONG_PURPOSE,
            draft -> draft.keyUsage(KeyUsage.keyEncipherment)),
        change("a CA that signs in", Code.WRONG_PURPOSE, Draft::asCa),
        change(
            "unknown critical extension",
            Code.UNKNOWN_CRITICAL_EXTENSION,
            draft -> draft.with(UNKNOWN, true, DERNull.INSTANCE)),
        change(
            "critical authorityInfoAccess",
            Code.NOT_CONFORMING,
            draft -> draft.with(Extension.authorityInfoAccess, true, AIA)),
        change(
            "malformed authorityInfoAccess",
            Code.MALFORMED,
            draft -> draft.with(Extension.authorityInfoAccess, false, DERNull.INSTANCE)),
        change(
            "malformed cRLDistributionPoints",
            Code.MALFORMED,
            draft -> draft.with(Extension.cRLDistributionPoints, false, DERNull.INSTANCE)),
        change(
            "critical subjectKeyIdentifier",
            Code.NOT_CONFORMING,
            draft ->
                draft.with(Extension.subjectKeyIdentifier, true, new DEROctetString(new byte[20]))),
        change(
            "no authorityKeyIdentifier",
            Code.NOT_CONFORMING,
            draft -> draft.without(Extension.authorityKeyIdentifier)),
        change(
            "nameConstraints in a leaf",
            Code.NOT_CONFORMING,
            draft -> draft.permits(new GeneralName(GeneralName.dNSName, "a.example"))),
        change(
            "malformed policies",
            Code.MALFORMED,
            draft -> draft.with(Extension.certificatePolicies, false, DERNull.INSTANCE)),
        change(
            "empty policies",
            Code.MALFORMED,
            draft -> draft.with(Extension.certificatePolicies, false, new DERSequence())),
        change(
            "inhibitAnyPolicy not critical",
            Code.NOT_CONFORMING,
            draft -> draft.with(Extension.inhibitAnyPolicy, false, new ASN1Integer(1))),
        change(
            "policyConstraints without any",
            Code.MALFORMED,
            draft -> draft.with(Extension.policyConstraints, true, new DERSequence())),
        change(
            "underscore in a name", Code.NOT_CONFORMING, draft -> draft.names("dns:a_b.example")),
        change(
            "wildcard inside a name", Code.NOT_CONFORMING, draft -> draft.names("dns:a.*.example")),
        change("no mailbox", Code.NOT_CONFORMING, draft -> draft.names("email:alice")),
        change("no URI", Code.NOT_CONFORMING, draft -> draft.names("uri:alice")),
        change("DSA", Code.WEAK_ALGORITHM, draft -> draft.keys(TestKeys.of("DSA 1024"))),
        change("RSA 1024", Code.WEAK_ALGORITHM, draft -> draft.keys(TestKeys.of("RSA 1024"))),
        change("SHA-1", Code.WEAK_ALGORITHM, draft -> draft.algorithm("SHA1withECDSA")));
  }

  @ParameterizedTest
  @MethodSource("bad_leaves")
  void bad_leaves_are_refused(Code code, Change change) {
    assertThat(code(validate(change.apply(ROOT.leaf("Leaf")).sign(), ROOT))).contains(code);
  }

  static Stream<Arguments> good_issuers() {
    return Stream.of(
        change("as it comes", draft -> draft),
        change(
            "cA not critical",
            draft -> draft.with(Extension.basicConstraints, false, new BasicConstraints(true))),
        change("without keyUsage", draft -> draft.without(Extension.keyUsage)),
        change("for clients", draft -> draft.purposes(KeyPurpose.CLIENT_AUTH)),
        change("for any purpose", draft -> draft.purposes(KeyPurpose.ANY)));
  }

  @ParameterizedTest
  @MethodSource("good_issuers")
  void good_issuers_pass(Change change) {
    Party issuer = change.apply(ROOT.ca("Issuer")).sign();
    assertThat(code(validate(issuer.leaf("Leaf").sign(), ROOT, issuer))).isEmpty();
  }

  static Stream<Arguments> bad_issuers() {
    return Stream.of(
        change(
            "no basicConstraints",
            Code.NOT_A_CA,
            draft -> draft.without(Extension.basicConstraints)),
        change(
            "cA false",
            Code.NOT_A_CA,
            draft -> draft.with(Extension.basicConstraints, true, new BasicConstraints(false))),
        change("no keyCertSign", Code.NOT_A_CA, draft -> draft.keyUsage(KeyUsage.cRLSign)),
        change(
            "no subjectKeyIdentifier",
            Code.NOT_CONFORMING,
            draft -> draft.without(Extension.subjectKeyIdentifier)),
        change(
            "no authorityKeyIdentifier",
            Code.NOT_CONFORMING,
            draft -> draft.without(Extension.authorityKeyIdentifier)),
        change(
            "for servers only",
            Code.WRONG_PURPOSE,
            draft -> draft.purposes(KeyPurpose.SERVER_AUTH)),
        change(
            "unknown critical extension",
            Code.UNKNOWN_CRITICAL_EXTENSION,
            draft -> draft.with(UNKNOWN, true, DERNull.INSTANCE)),
        change(
            "malformed policyMappings",
            Code.MALFORMED,
            draft -> draft.with(Extension.policyMappings, true, DERNull.INSTANCE)),
        change("RSA 1024", Code.WEAK_ALGORITHM, draft -> draft.keys(TestKeys.of("RSA 1024"))),
        change("expired", Code.EXPIRED, Draft::expired));
  }

  @ParameterizedTest
  @MethodSource("bad_issuers")
  void bad_issuers_are_refused(Code code, Change change) {
    Draft draft = change.apply(ROOT.ca("Issuer"));
    Party issuer = draft.sign();
    Draft leaf = issuer.leaf("Leaf");
    if (issuer.keys().getPublic().getAlgorithm().equals("RSA")) {
      leaf.algorithm("SHA256withRSA");
    }
    assertThat(code(validate(leaf.sign(), ROOT, issuer))).contains(code);
  }

  static Stream<Arguments> good_anchors() {
    return Stream.of(
        change("as it comes", draft -> draft),
        change("serial 0, as some roots have", draft -> draft.serial(BigInteger.ZERO)),
        change(
            "signed with SHA-1, which nobody checks", draft -> draft.algorithm("SHA1withECDSA")));
  }

  @ParameterizedTest
  @MethodSource("good_anchors")
  void good_anchors_pass(Change change) {
    Party anchor = change.apply(root("Anchor")).sign();
    assertThat(code(validate(anchor.leaf("Leaf").sign(), anchor))).isEmpty();
  }

  static Stream<Arguments> bad_anchors() {
    return Stream.of(
        change(
            "no basicConstraints",
            Code.NOT_A_CA,
            draft -> draft.without(Extension.basicConstraints)),
        change(
            "cA not critical",
            Code.NOT_CONFORMING,
            draft -> draft.with(Extension.basicConstraints, false, new BasicConstraints(true))),
        change("no keyCertSign", Code.NOT_A_CA, draft -> draft.keyUsage(KeyUsage.cRLSign)),
        change(
            "no subjectKeyIdentifier",
            Code.NOT_CONFORMING,
            draft -> draft.without(Extension.subjectKeyIdentifier)),
        change(
            "for servers only",
            Code.WRONG_PURPOSE,
            draft -> draft.purposes(KeyPurpose.SERVER_AUTH)),
        change(
            "unknown critical extension",
            Code.UNKNOWN_CRITICAL_EXTENSION,
            draft -> draft.with(UNKNOWN, true, DERNull.INSTANCE)),
        change("expired", Code.EXPIRED, Draft::expired));
  }

  @ParameterizedTest
  @MethodSource("bad_anchors")
  void bad_anchors_are_refused(Code code, Change change) {
    Party anchor = change.apply(root("Anchor")).sign();
    assertThat(code(validate(anchor.leaf("Leaf").sign(), anchor))).contains(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256withRSA", "SHA512withRSA", "SHA256withRSAandMGF1"})
  void rsa_signatures_pass_with_either_padding(String algorithm) {
    Party rsa =
        root("RSA")
            .keys(TestKeys.of("RSA 2048"))
            .issuedBy(TestChain.name("RSA"), TestKeys.of("RSA 2048"))
            .without(Extension.authorityKeyIdentifier)
            .algorithm("SHA256withRSA")
            .sign();
    assertThat(code(validate(rsa.leaf("Leaf").algorithm(algorithm).sign(), rsa))).isEmpty();
    assertThat(code(validate(rsa.leaf("Leaf").algorithm("SHA1withRSA").sign(), rsa)))
        .contains(Code.WEAK_ALGORITHM);
  }

  @Test
  void purposes_are_asked_for_as_strictly_as_told() {
    Party silent = ROOT.leaf("Silent").without(Extension.extendedKeyUsage).sign();
    Party vague = ROOT.leaf("Vague").purposes(KeyPurpose.ANY).sign();
    Party clear = ROOT.leaf("Clear").sign();
    Party issuer = ROOT.ca("Issuer").sign();
    Party below = issuer.leaf("Below").sign();
    PathRules leaf = PathRules.DEFAULT.withExtendedKeyUsage(ExtendedKeyUsageMode.STRICT_LEAF);
    PathRules strict = PathRules.DEFAULT.withExtendedKeyUsage(ExtendedKeyUsageMode.STRICT);
    for (Party party : List.of(silent, vague)) {
      assertThat(code(validate(party, ROOT))).isEmpty();
      assertThat(code(validate(leaf, party, ROOT))).contains(Code.WRONG_PURPOSE);
    }
    assertThat(code(validate(strict, clear, ROOT))).isEmpty();
    assertThat(code(validate(leaf, below, ROOT, issuer))).isEmpty();
    assertThat(code(validate(strict, below, ROOT, issuer))).contains(Code.WRONG_PURPOSE);
  }

  @Test
  void a_purpose_of_any_asks_for_none() {
    Party other = ROOT.leaf("Other").purposes(KeyPurpose.OCSP_SIGNING).sign();
    var anchors = List.of(ROOT.anchor());
    assertThat(code(validate(Purpose.ANY, PathRules.DEFAULT, other, anchors))).isEmpty();
    assertThat(code(validate(Purpose.SERVER, PathRules.DEFAULT, other, anchors)))
        .contains(Code.WRONG_PURPOSE);
  }
}
