package dev.postern.path;

import static dev.postern.path.TestChain.NOW;
import static dev.postern.path.TestChain.code;
import static dev.postern.path.TestChain.name;
import static dev.postern.path.TestChain.root;
import static dev.postern.path.TestChain.validate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.TestKeys;
import dev.postern.path.PathProblem.Code;
import dev.postern.path.TestChain.Party;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PathValidatorTest {
  private static final Party ROOT = root("Root").sign();
  private static final Party ISSUING = ROOT.ca("Issuing").sign();
  private static final Party ALICE = ISSUING.leaf("Alice").sign();
  private static final Party STRANGER = root("Stranger").sign();

  private static VerifiedPath valid(PathValidation validation) {
    assertThat(validation).isInstanceOf(PathValidation.Valid.class);
    return ((PathValidation.Valid) validation).path();
  }

  private static PathProblem problem(PathValidation validation) {
    assertThat(validation).isInstanceOf(PathValidation.Invalid.class);
    return ((PathValidation.Invalid) validation).problem();
  }

  @Nested
  @DisplayNameGeneration(ReplaceUnderscores.class)
  class Building {
    @Test
    void a_leaf_below_an_anchor_is_valid_and_the_proof_names_the_path() {
      VerifiedPath path = valid(validate(ALICE, ROOT, ISSUING));
      assertThat(path.certificates()).containsExactly(ALICE.certificate(), ISSUING.certificate());
      assertThat(path.anchor()).isEqualTo(ROOT.anchor());
      assertThat(path.validUntil()).isEqualTo(ALICE.certificate().notAfter());
    }

    @Test
    void a_leaf_below_nobody_trusted_is_refused() {
      assertThat(code(validate(ALICE, STRANGER, ISSUING))).contains(Code.UNTRUSTED_ISSUER);
      assertThat(code(validate(ALICE, ROOT))).contains(Code.UNTRUSTED_ISSUER);
      assertThat(problem(validate(ALICE, ROOT)).certificate()).isEqualTo(ALICE.certificate());
    }

    @Test
    void without_anchors_nobody_is_trusted() {
      assertThat(code(validate(Purpose.ANY, PathRules.DEFAULT, ALICE, List.of(), ISSUING, ROOT)))
          .contains(Code.UNTRUSTED_ISSUER);
    }

    @Test
    void the_order_of_intermediates_and_strangers_among_them_do_not_matter() {
      Party lower = ISSUING.ca("Lower").sign();
      Party bob = lower.leaf("Bob").sign();
      assertThat(code(validate(bob, ROOT, ROOT, STRANGER, ISSUING, bob, lower, lower))).isEmpty();
      assertThat(code(validate(bob, ROOT, ROOT, STRANGER, ISSUING, bob))).isPresent();
    }

    @Test
    void a_signature_by_another_key_of_the_same_name_is_no_path() {
      Party impostor = root("Root").sign();
      assertThat(code(validate(impostor.leaf("Eve").sign(), ROOT))).contains(Code.UNTRUSTED_ISSUER);
      assertThat(code(validate(impostor.leaf("Eve").sign(), impostor))).isEmpty();
    }

    @Test
    void a_signature_that_the_named_key_did_not_make_is_called_so() {
      Party eve =
          ROOT.leaf("Eve")
              .issuedBy(name("Root"), TestKeys.fresh())
              .with(
                  Extension.authorityKeyIdentifier,
                  false,
                  new AuthorityKeyIdentifier(
                      ROOT.certificate().subjectKeyIdentifier().orElseThrow().toArray()))
              .sign();
      assertThat(code(validate(eve, ROOT))).contains(Code.BAD_SIGNATURE);
    }

    @Test
    void of_two_anchors_of_one_name_the_right_key_is_found() {
      Party twin = root("Root").sign();
      var anchors = List.of(twin.anchor(), ROOT.anchor());
      assertThat(code(validate(Purpose.CLIENT, PathRules.DEFAULT, ALICE, anchors, ISSUING)))
          .isEmpty();
      assertThat(
              code(
                  validate(
                      Purpose.CLIENT, PathRules.DEFAULT, ALICE, List.of(twin.anchor()), ISSUING)))
          .isPresent();
    }

    @Test
    void a_cross_certificate_leads_to_the_other_root() {
      Party cross =
          ROOT.ca("Issuing")
              .keys(ISSUING.keys())
              .issuedBy(name("Stranger"), STRANGER.keys())
              .sign();
      assertThat(code(validate(ALICE, STRANGER, ISSUING, cross))).isEmpty();
      assertThat(code(validate(ALICE, STRANGER, ISSUING))).contains(Code.UNTRUSTED_ISSUER);
    }

    @Test
    void an_expired_twin_of_an_intermediate_is_passed_by() {
      Party old = ROOT.ca("Issuing").keys(ISSUING.keys()).expired().sign();
      assertThat(code(validate(ALICE, ROOT, old, ISSUING))).isEmpty();
      assertThat(code(validate(ALICE, ROOT, old))).contains(Code.EXPIRED);
    }

    @Test
    void two_cas_that_certify_each_other_end_the_search() {
      Party one = root("One").sign();
      Party two = root("Two").sign();
      Party oneByTwo = two.ca("One").keys(one.keys()).sign();
      Party twoByOne = one.ca("Two").keys(two.keys()).sign();
      Party leaf = one.leaf("Leaf").sign();
      assertThat(code(validate(leaf, ROOT, oneByTwo, twoByOne))).contains(Code.UNTRUSTED_ISSUER);
      assertThat(code(validate(leaf, two, oneByTwo, twoByOne))).isEmpty();
    }

    @Test
    void an_intermediate_may_itself_be_the_anchor() {
      assertThat(code(validate(ALICE, ISSUING, ROOT))).isEmpty();
    }

    @Test
    void an_anchor_presented_as_the_leaf_is_held_to_the_same_rules() {
      assertThat(code(validate(Purpose.ANY, PathRules.DEFAULT, ROOT, List.of(ROOT.anchor()))))
          .isEmpty();
      assertThat(code(validate(ROOT, ROOT))).contains(Code.WRONG_PURPOSE);
    }

    @Test
    void a_hundred_cas_of_one_name_do_not_hold_us_up() {
      List<Party> cas = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        cas.add(root("Many").sign());
      }
      KeyPair first = cas.getFirst().keys();
      Party leaf = STRANGER.leaf("Leaf").issuedBy(name("Many"), first).sign();
      Party[] between =
          IntStream.range(0, 100)
              .mapToObj(i ->
                  STRANGER
                      .ca("Many")
                      .keys(first)
                      .issuedBy(name("Many"), first)
                      .serial(BigInteger.valueOf(i + 1))
                      .sign())
              .toArray(Party[]::new);
      assertThat(code(validate(leaf, ROOT, between))).isPresent();
      assertThat(code(validate(leaf, ROOT, cas.toArray(Party[]::new)))).isPresent();
    }

    @Test
    void more_signature_checks_than_allowed_are_refused() {
      Party[] strangers =
          IntStream.range(0, 101).mapToObj(_ -> root("Issuing").sign()).toArray(Party[]::new);
      Party nameless = ISSUING.leaf("A").without(Extension.authorityKeyIdentifier).sign();
      assertThat(code(validate(nameless, ROOT, strangers))).contains(Code.TOO_MUCH_WORK);
    }
  }

  @Nested
  @DisplayNameGeneration(ReplaceUnderscores.class)
  class The_best_problem {
    @Test
    void a_ca_with_a_key_that_is_not_checked_is_called_weak() {
      KeyPair dsa = TestKeys.of("DSA 1024");
      Party weak = ROOT.ca("Weak").keys(dsa).sign();
      Party leaf = weak.leaf("Leaf").algorithm("SHA256withDSA").sign();
      assertThat(problem(validate(leaf, ROOT, weak)))
          .returns(Code.WEAK_ALGORITHM, PathProblem::code)
          .returns(weak.certificate(), PathProblem::certificate);
    }

    @Test
    void an_expired_leaf_of_a_trusted_ca_is_expired() {
      Party expired = ISSUING.leaf("Alice").expired().sign();
      assertThat(problem(validate(expired, ROOT, ISSUING)))
          .returns(Code.EXPIRED, PathProblem::code)
          .returns(expired.certificate(), PathProblem::certificate);
      assertThat(code(validate(expired, STRANGER, ISSUING))).contains(Code.UNTRUSTED_ISSUER);
    }

    @Test
    void a_leaf_for_something_else_has_the_wrong_purpose() {
      Party server = ISSUING.leaf("Alice").purposes(KeyPurpose.SERVER_AUTH).sign();
      assertThat(problem(validate(server, ROOT, ISSUING)))
          .returns(Code.WRONG_PURPOSE, PathProblem::code)
          .returns("is for serverAuth, not for clientAuth", PathProblem::evidence);
    }

    @Test
    void of_several_on_one_path_what_the_holder_can_mend_is_told() {
      Party both = ISSUING.leaf("Alice").purposes(KeyPurpose.SERVER_AUTH).expired().sign();
      assertThat(code(validate(both, ROOT, ISSUING))).contains(Code.EXPIRED);
    }

    @Test
    void of_an_expired_ca_and_an_expired_leaf_the_leaf_is_told() {
      Party old = ROOT.ca("Old").expired().sign();
      Party leaf = old.leaf("Leaf").expired().sign();
      assertThat(problem(validate(leaf, ROOT, old)).certificate()).isEqualTo(leaf.certificate());
    }

    @Test
    void of_several_paths_the_least_faulty_is_told() {
      Party bad = STRANGER.ca("Issuing").keys(ISSUING.keys()).expired().keyUsage(2).sign();
      Party late = ISSUING.leaf("Late").expired().sign();
      var anchors = List.of(STRANGER.anchor(), ROOT.anchor());
      var validation = validate(Purpose.CLIENT, PathRules.DEFAULT, late, anchors, bad, ISSUING);
      assertThat(problem(validation).certificate()).isEqualTo(late.certificate());
    }
  }

  @Nested
  @DisplayNameGeneration(ReplaceUnderscores.class)
  class Dates {
    private PathValidation at(Instant at) {
      return new PathValidator()
          .validate(
              new PathValidator.Request(
                  ALICE.certificate(),
                  List.of(ISSUING.certificate()),
                  List.of(ROOT.anchor()),
                  Purpose.CLIENT,
                  at));
    }

    @Test
    void both_ends_are_included() {
      Certificate alice = ALICE.certificate();
      assertThat(code(at(alice.notBefore()))).isEmpty();
      assertThat(code(at(alice.notAfter().plusMillis(999)))).isEmpty();
      assertThat(code(at(alice.notBefore().minusMillis(1)))).contains(Code.NOT_YET_VALID);
      assertThat(code(at(alice.notAfter().plusSeconds(1)))).contains(Code.EXPIRED);
    }

    @Test
    void the_proof_holds_as_long_as_every_certificate_does() {
      Party soon = ROOT.ca("Soon").between(NOW.minusSeconds(9), NOW.plusSeconds(9)).sign();
      VerifiedPath path = valid(validate(soon.leaf("Leaf").sign(), ROOT, soon));
      assertThat(path.validAt(NOW.minusSeconds(9))).isTrue();
      assertThat(path.validAt(NOW.minusSeconds(10))).isFalse();
      assertThat(path.validAt(NOW.plusSeconds(9))).isTrue();
      assertThat(path.validAt(NOW.plusSeconds(10))).isFalse();
    }

    @Test
    void an_anchor_expires_too() {
      Party old = root("Old").expired().sign();
      assertThat(code(validate(old.leaf("Leaf").sign(), old))).contains(Code.EXPIRED);
    }
  }

  @Nested
  @DisplayNameGeneration(ReplaceUnderscores.class)
  class Path_length {
    private final Party low = ISSUING.ca("Low").sign();
    private final Party leaf = low.leaf("Leaf").sign();

    @Test
    void a_ca_limits_how_many_follow() {
      Party zero = ROOT.ca("Issuing").keys(ISSUING.keys()).pathLength(0).sign();
      Party one = ROOT.ca("Issuing").keys(ISSUING.keys()).pathLength(1).sign();
      assertThat(code(validate(leaf, ROOT, zero, low))).contains(Code.PATH_TOO_LONG);
      assertThat(code(validate(leaf, ROOT, one, low))).isEmpty();
    }

    @Test
    void so_does_the_anchor() {
      Party zero = root("Zero").pathLength(0).sign();
      Party below = zero.ca("Below").sign();
      assertThat(code(validate(below.leaf("Leaf").sign(), zero, below)))
          .contains(Code.PATH_TOO_LONG);
      assertThat(code(validate(zero.leaf("Leaf").sign(), zero))).isEmpty();
    }

    @Test
    void so_do_we() {
      PathRules one = PathRules.DEFAULT.withMaxDepth(1);
      assertThat(code(validate(one, leaf, ROOT, ISSUING, low))).contains(Code.PATH_TOO_LONG);
      assertThat(code(validate(one, ALICE, ROOT, ISSUING))).isEmpty();
    }

    @Test
    void a_self_issued_ca_does_not_count() {
      Party zero = ROOT.ca("Zero").pathLength(0).sign();
      Party rolled = zero.ca("Zero").pathLength(0).sign();
      Party below = zero.ca("Below").sign();
      assertThat(code(validate(rolled.leaf("Leaf").sign(), ROOT, zero, rolled))).isEmpty();
      assertThat(code(validate(below.leaf("Leaf").sign(), ROOT, zero, below)))
          .contains(Code.PATH_TOO_LONG);
    }

    @Test
    void longer_than_anybody_builds_is_not_followed() {
      List<Party> chain = new ArrayList<>(List.of(ROOT));
      for (int i = 0; i < Budget.MAX_PATH_LENGTH; i++) {
        chain.add(chain.getLast().ca("CA " + i).sign());
      }
      Party[] all = chain.subList(1, chain.size()).toArray(Party[]::new);
      assertThat(code(validate(chain.getLast().leaf("Leaf").sign(), ROOT, all))).isPresent();
      assertThat(code(validate(chain.get(19).leaf("Leaf").sign(), ROOT, all))).isEmpty();
    }
  }

  @Nested
  @DisplayNameGeneration(ReplaceUnderscores.class)
  class Legacy_leaves {
    private final TrustAnchor forgiving =
        new TrustAnchor(ROOT.certificate(), Set.of(TrustAnchor.Leniency.LEGACY_V1));
    private final Party leaf = ROOT.leaf("Old").signVersion1();

    private PathValidation below(TrustAnchor anchor, Party leaf, Party... between) {
      return validate(Purpose.CLIENT, PathRules.DEFAULT, leaf, List.of(anchor), between);
    }

    @Test
    void pass_where_forgiven_for_any_purpose() {
      for (Purpose purpose : Purpose.values()) {
        for (var mode : ExtendedKeyUsageMode.values()) {
          PathRules rules = PathRules.DEFAULT.withExtendedKeyUsage(mode);
          assertThat(code(validate(purpose, rules, leaf, List.of(forgiving)))).isEmpty();
        }
      }
      assertThat(problem(below(ROOT.anchor(), leaf)))
          .returns(Code.NOT_CONFORMING, PathProblem::code)
          .returns("is of version 1, not 3", PathProblem::evidence);
    }

    @Test
    void pass_below_an_anchor_of_version_1_too() {
      Party old = root("Old Root").signVersion1();
      var anchor = new TrustAnchor(old.certificate(), Set.of(TrustAnchor.Leniency.LEGACY_V1));
      assertThat(code(below(anchor, old.leaf("Old").signVersion1()))).isEmpty();
      assertThat(code(below(old.anchor(), old.leaf("Old").signVersion1()))).isPresent();
    }

    @Test
    void are_not_forgiven_below_an_intermediate_or_as_one() {
      assertThat(code(below(forgiving, ISSUING.leaf("Old").signVersion1(), ISSUING)))
          .contains(Code.NOT_CONFORMING);
      Party ca = ROOT.ca("Old CA").signVersion1();
      assertThat(code(below(forgiving, ca.leaf("Leaf").sign(), ca))).isPresent();
    }

    @Test
    void are_forgiven_their_version_alone() {
      assertThat(code(below(forgiving, ROOT.leaf("Old").expired().signVersion1())))
          .contains(Code.EXPIRED);
      assertThat(code(below(forgiving, STRANGER.leaf("Old").signVersion1())))
          .contains(Code.UNTRUSTED_ISSUER);
      assertThat(
              code(below(forgiving, ROOT.leaf("Old").keys(TestKeys.of("RSA 1024")).signVersion1())))
          .contains(Code.WEAK_ALGORITHM);
    }

    @Test
    void a_modern_leaf_is_not_excused_by_its_neighbours() {
      Party server = ROOT.leaf("Server").purposes(KeyPurpose.SERVER_AUTH).sign();
      assertThat(code(below(forgiving, server))).contains(Code.WRONG_PURPOSE);
    }
  }

  @Test
  void every_code_has_its_own_stable_word() {
    assertThat(Stream.of(Code.values()).map(Code::word)).doesNotHaveDuplicates();
    assertThat(Code.EXPIRED.word()).isEqualTo("expired");
  }
}
