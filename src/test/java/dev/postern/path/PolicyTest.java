package dev.postern.path;

import static dev.postern.path.PolicyInput.ANY_POLICY;
import static dev.postern.path.TestChain.code;
import static dev.postern.path.TestChain.root;
import static dev.postern.path.TestChain.validate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.path.PathProblem.Code;
import dev.postern.path.PolicyInput.Demand;
import dev.postern.path.TestChain.Draft;
import dev.postern.path.TestChain.Party;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** RFC 5280 §6.1.3 (d)-(f), §6.1.4 (a)-(j), §6.1.5 (g), with the graph of RFC 9618. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PolicyTest {
  private static final String GOLD = "2.999.1";
  private static final String SILVER = "2.999.2";
  private static final String OTHER = "2.999.3";

  private static final Party ROOT = root("Root").sign();

  private static Draft under(Draft draft, String... policies) {
    PolicyInformation[] information =
        Arrays.stream(policies)
            .map(policy -> new PolicyInformation(new ASN1ObjectIdentifier(policy)))
            .toArray(PolicyInformation[]::new);
    return draft.with(Extension.certificatePolicies, false, new CertificatePolicies(information));
  }

  /** {@code "1.2=1.3"} pairs. */
  private static Draft maps(Draft draft, String... pairs) {
    ASN1Encodable[] mappings =
        Arrays.stream(pairs)
            .map(pair ->
                new DERSequence(
                    Arrays.stream(pair.split("="))
                        .map(ASN1ObjectIdentifier::new)
                        .toArray(ASN1Encodable[]::new)))
            .toArray(ASN1Encodable[]::new);
    return draft.with(Extension.policyMappings, true, new DERSequence(mappings));
  }

  private static Draft requiresExplicit(Draft draft, int skip) {
    return draft.with(
        Extension.policyConstraints, true, new PolicyConstraints(BigInteger.valueOf(skip), null));
  }

  private static PathRules wanting(String... policies) {
    return PathRules.DEFAULT.withPolicy(
        new PolicyInput(Set.of(policies), Set.of(Demand.EXPLICIT_POLICY)));
  }

  private static Optional<Code> judge(PathRules rules, Party ca, Draft leaf) {
    return code(validate(rules, leaf.sign(), ROOT, ca));
  }

  @Test
  void nobody_asks_for_policies_unless_told_to() {
    Party ca = ROOT.ca("CA").sign();
    assertThat(judge(PathRules.DEFAULT, ca, ca.leaf("Leaf"))).isEmpty();
    assertThat(judge(wanting(ANY_POLICY), ca, ca.leaf("Leaf"))).contains(Code.POLICY_NOT_MET);
  }

  @Test
  void a_policy_of_the_whole_path_satisfies_whoever_asks_for_it() {
    Party ca = under(ROOT.ca("CA"), GOLD, SILVER).sign();
    assertThat(judge(wanting(GOLD), ca, under(ca.leaf("Leaf"), GOLD))).isEmpty();
    assertThat(judge(wanting(ANY_POLICY), ca, under(ca.leaf("Leaf"), GOLD))).isEmpty();
    assertThat(judge(wanting(SILVER), ca, under(ca.leaf("Leaf"), GOLD)))
        .contains(Code.POLICY_NOT_MET);
    assertThat(judge(wanting(OTHER), ca, under(ca.leaf("Leaf"), OTHER)))
        .contains(Code.POLICY_NOT_MET);
    assertThat(judge(wanting(GOLD), ca, ca.leaf("Leaf"))).contains(Code.POLICY_NOT_MET);
  }

  @Test
  void any_policy_stands_for_all_until_it_is_inhibited() {
    Party ca = under(ROOT.ca("CA"), ANY_POLICY).sign();
    Party strict =
        under(ROOT.ca("CA"), ANY_POLICY)
            .with(Extension.inhibitAnyPolicy, true, new ASN1Integer(0))
            .sign();
    assertThat(judge(wanting(GOLD), ca, under(ca.leaf("Leaf"), GOLD))).isEmpty();
    assertThat(judge(wanting(GOLD), ca, under(ca.leaf("Leaf"), ANY_POLICY))).isEmpty();
    assertThat(judge(wanting(GOLD), strict, under(strict.leaf("Leaf"), GOLD))).isEmpty();
    assertThat(judge(wanting(GOLD), strict, under(strict.leaf("Leaf"), ANY_POLICY)))
        .contains(Code.POLICY_NOT_MET);
    PathRules inhibited =
        PathRules.DEFAULT.withPolicy(
            new PolicyInput(
                Set.of(GOLD), Set.of(Demand.EXPLICIT_POLICY, Demand.INHIBIT_ANY_POLICY)));
    assertThat(judge(inhibited, ca, under(ca.leaf("Leaf"), GOLD))).contains(Code.POLICY_NOT_MET);
  }

  @Test
  void a_ca_can_demand_a_policy_of_those_below() {
    Party now = requiresExplicit(under(ROOT.ca("CA"), GOLD), 0).sign();
    Party later = requiresExplicit(under(ROOT.ca("CA"), GOLD), 2).sign();
    assertThat(judge(PathRules.DEFAULT, now, under(now.leaf("Leaf"), GOLD))).isEmpty();
    assertThat(judge(PathRules.DEFAULT, now, now.leaf("Leaf"))).contains(Code.POLICY_NOT_MET);
    assertThat(judge(PathRules.DEFAULT, later, later.leaf("Leaf"))).isEmpty();
  }

  @Test
  void the_anchor_can_too() {
    Party anchor = requiresExplicit(root("Anchor"), 0).sign();
    assertThat(code(validate(under(anchor.leaf("Leaf"), GOLD).sign(), anchor))).isEmpty();
    assertThat(code(validate(anchor.leaf("Leaf").sign(), anchor))).contains(Code.POLICY_NOT_MET);
  }

  @Test
  void a_leaf_can_demand_that_its_own_policy_counts() {
    Party ca = under(ROOT.ca("CA"), GOLD).sign();
    assertThat(judge(PathRules.DEFAULT, ca, requiresExplicit(under(ca.leaf("Leaf"), GOLD), 0)))
        .isEmpty();
    assertThat(judge(PathRules.DEFAULT, ca, requiresExplicit(ca.leaf("Leaf"), 0)))
        .contains(Code.POLICY_NOT_MET);
  }

  @Test
  void a_mapped_policy_counts_as_the_one_it_is_mapped_from() {
    Party ca = maps(under(ROOT.ca("CA"), GOLD), GOLD + "=" + OTHER).sign();
    assertThat(judge(wanting(GOLD), ca, under(ca.leaf("Leaf"), OTHER))).isEmpty();
    assertThat(judge(wanting(OTHER), ca, under(ca.leaf("Leaf"), OTHER)))
        .contains(Code.POLICY_NOT_MET);
    assertThat(judge(wanting(GOLD), ca, under(ca.leaf("Leaf"), GOLD)))
        .contains(Code.POLICY_NOT_MET);
  }

  @Test
  void mapping_works_from_any_policy_and_can_be_inhibited() {
    Party ca = maps(under(ROOT.ca("CA"), ANY_POLICY), GOLD + "=" + OTHER).sign();
    PathRules inhibited =
        PathRules.DEFAULT.withPolicy(
            new PolicyInput(Set.of(GOLD), Set.of(Demand.EXPLICIT_POLICY, Demand.INHIBIT_MAPPING)));
    assertThat(judge(wanting(GOLD), ca, under(ca.leaf("Leaf"), OTHER))).isEmpty();
    assertThat(judge(inhibited, ca, under(ca.leaf("Leaf"), OTHER))).contains(Code.POLICY_NOT_MET);
  }

  @Test
  void any_policy_itself_is_never_mapped() {
    for (String pair : new String[] {ANY_POLICY + "=" + GOLD, GOLD + "=" + ANY_POLICY}) {
      Party ca = maps(under(ROOT.ca("CA"), ANY_POLICY), pair).sign();
      assertThat(judge(PathRules.DEFAULT, ca, under(ca.leaf("Leaf"), GOLD)))
          .contains(Code.POLICY_NOT_MET);
    }
    Party ca = maps(under(ROOT.ca("CA"), ANY_POLICY), GOLD + "=" + OTHER).sign();
    assertThat(judge(PathRules.DEFAULT, ca, under(ca.leaf("Leaf"), GOLD))).isEmpty();
  }

  @Test
  void a_policy_named_twice_is_malformed() {
    Party ca = ROOT.ca("CA").sign();
    assertThat(judge(PathRules.DEFAULT, ca, under(ca.leaf("Leaf"), GOLD, GOLD)))
        .contains(Code.MALFORMED);
    assertThat(judge(PathRules.DEFAULT, ca, under(ca.leaf("Leaf"), GOLD, SILVER))).isEmpty();
  }

  /** RFC 9618 §2: as a tree this would have had 32 to the power of 12 nodes. */
  @Test
  void mappings_that_all_lead_to_each_other_take_no_time() {
    Set<String> policies =
        IntStream.range(0, 32).mapToObj(i -> "2.999.9." + i).collect(Collectors.toSet());
    String[] pairs =
        policies.stream()
            .flatMap(from -> policies.stream().map(to -> from + "=" + to))
            .toArray(String[]::new);
    String[] all = policies.toArray(String[]::new);
    Party[] cas = new Party[12];
    for (int i = 0; i < cas.length; i++) {
      Party issuer = i == 0 ? ROOT : cas[i - 1];
      cas[i] = maps(under(issuer.ca("CA " + i), all), pairs).sign();
    }
    Party leaf = under(cas[11].leaf("Leaf"), all).sign();
    assertThat(code(validate(wanting(all[0]), leaf, ROOT, cas))).isEmpty();
    assertThat(code(validate(wanting(GOLD), leaf, ROOT, cas))).contains(Code.POLICY_NOT_MET);
  }
}
