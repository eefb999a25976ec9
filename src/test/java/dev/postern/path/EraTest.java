package dev.postern.path;

import static dev.postern.path.TestChain.code;
import static dev.postern.path.TestChain.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.access.IdentityMapping;
import dev.postern.access.PresentedChain;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.fakes.TestKeys;
import dev.postern.path.PathProblem.Code;
import dev.postern.path.TestChain.Draft;
import dev.postern.path.TestChain.Party;
import dev.postern.x509.GeneralName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was believed before 2017, and never is today. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class EraTest {
  private static final Party ROOT = root("Root").sign();

  private static Optional<Code> judge(Era era, List<GeneralName> names, Party leaf, Party root) {
    return code(
        TestChain.validate(
            Purpose.SERVER,
            PathRules.DEFAULT.withEra(era).withNames(names),
            leaf,
            List.of(root.anchor())));
  }

  private static Arguments once(String name, Code today, UnaryOperator<Draft> change) {
    return argumentSet(name, today, change);
  }

  static Stream<Arguments> good_once() {
    return Stream.of(
        once("SHA-1", Code.WEAK_ALGORITHM, draft -> draft.algorithm("SHA1withECDSA")),
        once("RSA 1024", Code.WEAK_ALGORITHM, draft -> draft.keys(TestKeys.of("RSA 1024"))),
        once(
            "no key identifier",
            Code.NOT_CONFORMING,
            draft -> draft.without(Extension.authorityKeyIdentifier)));
  }

  @ParameterizedTest
  @MethodSource("good_once")
  void what_was_good_enough_then_is_not_today(Code today, UnaryOperator<Draft> change) {
    Party leaf = change.apply(ROOT.leaf("a.example").names("dns:a.example")).sign();
    assertThat(judge(Era.TODAY, List.of(), leaf, ROOT)).contains(today);
    assertThat(judge(Era.BEFORE_2017, List.of(), leaf, ROOT)).isEmpty();
  }

  @Test
  void a_common_name_was_a_host_where_no_alternative_name_was_one() {
    List<GeneralName> host = List.of(new GeneralName.DnsName("a.example"));
    Party bare = ROOT.leaf("a.example").sign();
    Party mail = ROOT.leaf("a.example").names("email:a@a.example").sign();
    Party other = ROOT.leaf("a.example").names("dns:b.example").sign();
    for (Party each : List.of(bare, mail)) {
      assertThat(judge(Era.BEFORE_2017, host, each, ROOT)).isEmpty();
      assertThat(judge(Era.TODAY, host, each, ROOT)).contains(Code.NAME_MISMATCH);
    }
    assertThat(judge(Era.BEFORE_2017, host, other, ROOT)).contains(Code.NAME_MISMATCH);
  }

  @Test
  void a_common_name_that_passes_for_a_host_is_bound_like_one() {
    Party root = root("Root").permits(new GeneralName.DnsName("b.example").structure()).sign();
    Party leaf = root.leaf("a.example").sign();
    assertThat(judge(Era.BEFORE_2017, List.of(), leaf, root)).contains(Code.NAME_NOT_PERMITTED);
    assertThat(judge(Era.TODAY, List.of(), leaf, root)).isEmpty(); // it names no host today
  }

  @Test
  void a_dns_subtree_could_begin_with_a_period() {
    var base = new GeneralSubtree(new GeneralName.DnsName(".a.example").structure());
    Party root =
        root("Root")
            .with(
                Extension.nameConstraints,
                true,
                new NameConstraints(new GeneralSubtree[] {base}, null))
            .sign();
    Party inside = root.leaf("x.a.example").names("dns:x.a.example").sign();
    Party outside = root.leaf("x.b.example").names("dns:x.b.example").sign();
    assertThat(judge(Era.BEFORE_2017, List.of(), inside, root)).isEmpty();
    assertThat(judge(Era.BEFORE_2017, List.of(), outside, root)).contains(Code.NAME_NOT_PERMITTED);
    assertThat(judge(Era.TODAY, List.of(), inside, root)).contains(Code.MALFORMED);
  }

  @Test
  void MD5_and_the_smallest_keys_were_bad_then_too() {
    Party small = ROOT.leaf("a.example").keys(TestKeys.of("RSA 512")).sign();
    assertThat(judge(Era.BEFORE_2017, List.of(), small, ROOT)).contains(Code.WEAK_ALGORITHM);
  }

  @Test
  void the_era_ends_with_2016() {
    assertThat(Era.of(Instant.parse("2016-12-31T23:59:59Z"))).isEqualTo(Era.BEFORE_2017);
    assertThat(Era.of(Instant.parse("2017-01-01T00:00:00Z"))).isEqualTo(Era.TODAY);
    assertThat(PathRules.DEFAULT.era()).isEqualTo(Era.TODAY);
  }

  @Test
  void a_gateway_whose_clock_is_set_back_forgives_nothing() {
    Instant past = Instant.parse("2015-11-23T12:00:00Z");
    Instant from = past.minusSeconds(3600);
    Instant until = past.plusSeconds(3600);
    Party root = root("Root").between(from, until).sign();
    Party leaf = root.leaf("Alice").between(from, until).algorithm("SHA1withECDSA").sign();
    var rules = PathRules.DEFAULT.withEra(Era.of(past));
    var request =
        new PathValidator.Request(
            leaf.certificate(), List.of(), List.of(root.anchor()), Purpose.CLIENT, past, rules);
    assertThat(new PathValidator().validate(request)).isInstanceOf(PathValidation.Valid.class);
    var authority =
        TrustedAuthority.withoutRevocation(
            "own", List.of(root.anchor()), List.of(), IdentityMapping.OWN);
    var presented = PresentedChain.of(List.of(leaf.certificate().der()));
    assertThat(new Trust(List.of(authority), new PathValidator()).judge(presented, past))
        .isInstanceOfSatisfying(
            Trust.Verdict.Doubted.class,
            doubted -> assertThat(doubted.problem().code()).isEqualTo(Code.WEAK_ALGORITHM));
  }
}
