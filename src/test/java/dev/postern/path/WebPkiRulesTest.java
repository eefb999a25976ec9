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
import dev.postern.x509.Bytes;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyPurpose;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What only the Baseline Requirements ask: each bad leaf is good under RFC 5280 alone. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WebPkiRulesTest {
  private static final Party ROOT = root("Root").sign();
  private static final PathRules WEBPKI = PathRules.DEFAULT.withProfile(PathProfile.WEBPKI);

  private static Draft leaf() {
    return ROOT.leaf("a.example").names("dns:a.example");
  }

  private static Optional<Code> judge(PathRules rules, Party leaf, Party root) {
    return code(validate(Purpose.SERVER, rules, leaf, List.of(root.anchor())));
  }

  @Test
  void a_good_leaf_passes() {
    assertThat(judge(WEBPKI, leaf().sign(), ROOT)).isEmpty();
    assertThat(judge(WEBPKI, ROOT.leaf("a.example").names("dns:*.a.example").sign(), ROOT))
        .isEmpty();
    assertThat(judge(WEBPKI, ROOT.leaf("192.0.2.1").names("ip:192.0.2.1").sign(), ROOT)).isEmpty();
  }

  static Stream<Arguments> bad_leaves() {
    return Stream.of(
        bad("no purpose", Code.WRONG_PURPOSE, draft -> draft.without(Extension.extendedKeyUsage)),
        bad("any purpose", Code.WRONG_PURPOSE, draft -> draft.purposes(KeyPurpose.ANY)),
        bad(
            "critical purpose",
            Code.NOT_CONFORMING,
            draft ->
                draft.with(
                    Extension.extendedKeyUsage,
                    true,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))),
        bad("a CA", Code.NOT_CONFORMING, Draft::asCa),
        bad("no name", Code.NOT_CONFORMING, d -> d.without(Extension.subjectAlternativeName)),
        bad("another name", Code.NOT_CONFORMING, draft -> draft.names("dns:b.example")),
        bad(
            "critical name beside a subject",
            Code.NOT_CONFORMING,
            draft ->
                draft.with(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName.DnsName("a.example").structure()))),
        bad("Ed25519", Code.WEAK_ALGORITHM, draft -> draft.keys(TestKeys.of("Ed25519"))));
  }

  private static Arguments bad(String name, Code code, UnaryOperator<Draft> change) {
    return argumentSet(name, code, change);
  }

  @ParameterizedTest
  @MethodSource("bad_leaves")
  void bad_leaves_are_refused_here_alone(Code code, UnaryOperator<Draft> change) {
    Party leaf = change.apply(leaf()).sign();
    assertThat(judge(WEBPKI, leaf, ROOT)).contains(code);
    assertThat(judge(PathRules.DEFAULT, leaf, ROOT)).isEmpty();
  }

  @Test
  void a_root_with_a_purpose_is_refused_here_alone() {
    Party root = root("Root").purposes(KeyPurpose.SERVER_AUTH).sign();
    Party leaf = root.leaf("a.example").names("dns:a.example").sign();
    assertThat(judge(WEBPKI, leaf, root)).contains(Code.NOT_CONFORMING);
    assertThat(judge(PathRules.DEFAULT, leaf, root)).isEmpty();
  }

  @Test
  void name_constraints_need_not_be_critical_here() {
    var base = new GeneralSubtree(new GeneralName.DnsName("a.example").structure());
    Party root =
        root("Root")
            .with(
                Extension.nameConstraints,
                false,
                new NameConstraints(new GeneralSubtree[] {base}, null))
            .sign();
    Party leaf = root.leaf("a.example").names("dns:a.example").sign();
    Party other = root.leaf("b.example").names("dns:b.example").sign();
    assertThat(judge(WEBPKI, leaf, root)).isEmpty();
    assertThat(judge(WEBPKI, other, root)).contains(Code.NAME_NOT_PERMITTED);
    assertThat(judge(PathRules.DEFAULT, leaf, root)).contains(Code.NOT_CONFORMING);
  }

  @Test
  void a_wildcard_directly_below_the_top_stands_for_nothing_here() {
    Party leaf = ROOT.leaf("example").names("dns:*.example").sign();
    var names = List.<GeneralName>of(new GeneralName.DnsName("a.example"));
    assertThat(judge(WEBPKI.withNames(names), leaf, ROOT)).contains(Code.NAME_MISMATCH);
    assertThat(judge(PathRules.DEFAULT.withNames(names), leaf, ROOT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
  })
  void addresses_are_written_as_rfc_5952_says(String literal, String text) {
    assertThat(IpText.of(GeneralName.IpAddress.parse(literal).address())).isEqualTo(text);
  }

  @Test
  void what_is_no_address_is_not_written_like_one() {
    assertThat(IpText.of(Bytes.of(new byte[] {1, 2, 3}))).isEqualTo("#010203");
  }
}
