package dev.postern.access;

import static dev.postern.fakes.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.TestAuthority;
import dev.postern.fakes.TestDirectory;
import dev.postern.path.PathProblem;
import dev.postern.path.PathValidator;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationStatus;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyPurpose;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DoorkeeperTest {
  private static final TestAuthority ROOT = TestAuthority.root("Root");
  private static final TestAuthority ISSUING = ROOT.issuing("Issuing");
  private static final DistinguishedName ALICE = DistinguishedName.parse("UID=alice");
  private static final PresentedChain BY_ALICE = presented(ISSUING.clientOf("alice"));
  private static final PresentedChain BY_BOB = presented(ISSUING.clientOf("bob"));

  private static final List<Rule> RULES =
      List.of(
          rule("/health", "anyone"),
          rule("/admin/**", "group:admins"),
          rule("/closed/**", "nobody"),
          rule("/**", "group:staff"));

  private final TestDirectory directory =
      new TestDirectory().with("alice", "staff").with("bob").with("root", "staff", "admins");
  private final Doorkeeper doorkeeper = doorkeeper(IdentityMapping.OWN);

  @Test
  void a_user_whom_a_rule_names_is_admitted_and_told_why() {
    assertThat(admit(BY_ALICE, "/")).isInstanceOf(Admission.Admitted.class);
    var admitted = (Admission.Admitted) admit(BY_ALICE, "/");
    assertThat(admitted.identity().orElseThrow().user().name()).isEqualTo("alice");
    assertThat(admitted.identity().orElseThrow().authority().name()).isEqualTo("ours");
    assertThat(admitted.because()).isEqualTo(RULES.getLast());
  }

  @Test
  void a_user_whom_no_rule_names_is_not_permitted() {
    assertThat(denial(admit(BY_BOB, "/"))).isEqualTo("not-permitted");
    assertThat(((Admission.Denied) admit(BY_BOB, "/")).denial().cause())
        .as("for the log")
        .contains(RULES.getLast().text());
    assertThat(denial(admit(BY_ALICE, "/admin"))).isEqualTo("not-permitted");
    assertThat(denial(admit(BY_ALICE, "/closed/a"))).isEqualTo("not-permitted");
  }

  @Test
  void without_a_rule_nobody_enters() {
    assertThat(denial(doorkeeper.admit(BY_ALICE, List.of(), target("/"), NOW)))
        .isEqualTo("not-permitted");
    assertThat(denial(doorkeeper.admit(PresentedChain.NONE, List.of(), target("/"), NOW)))
        .isEqualTo("no-certificate");
  }

  @Test
  void without_a_certificate_only_public_paths_open() {
    assertThat(denial(admit(PresentedChain.NONE, "/"))).isEqualTo("no-certificate");
    assertThat(admit(PresentedChain.NONE, "/health"))
        .isEqualTo(new Admission.Admitted(Optional.empty(), RULES.getFirst()));
  }

  @Test
  void a_public_path_knows_a_good_certificate_and_overlooks_a_bad_one() {
    assertThat(((Admission.Admitted) admit(BY_ALICE, "/health")).identity()).isPresent();
    PresentedChain stranger = presented(TestAuthority.root("X").clientOf("alice"));
    assertThat(((Admission.Admitted) admit(stranger, "/health")).identity()).isEmpty();
  }

  @Test
  void the_first_rule_that_fits_decides() {
    List<Rule> open = List.of(rule("/**", "users"), rule("/admin/**", "group:admins"));
    assertThat(doorkeeper.admit(BY_BOB, open, target("/admin"), NOW))
        .isInstanceOf(Admission.Admitted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/admin",
        "/admin/",
        "/ADMIN/x",
        "//admin/x",
        "/admin;a/x",
        "/;a/admin",
        "/%61dmin",
        "/%2561dmin",
        "/admin%2Fx",
        "/x%2F;a%2F",
        "/HEALTH",
        "/health/",
        "/health;a"
      })
  void a_path_written_otherwise_opens_nothing_more(String path) {
    assertThat(admit(PresentedChain.NONE, path)).isInstanceOf(Admission.Denied.class);
    if (path.toLowerCase(java.util.Locale.ROOT).contains("min")) {
      assertThat(denial(admit(BY_ALICE, path))).isEqualTo("not-permitted");
      assertThat(admit(presented(ISSUING.clientOf("root")), path))
          .isInstanceOf(Admission.Admitted.class);
    }
  }

  @Test
  void an_expired_certificate_is_told_so() {
    Instant end = NOW.minusSeconds(60);
    PresentedChain old =
        presented(ISSUING.client(ALICE).between(end.minus(Duration.ofDays(1)), end).sign());
    assertThat(denial(admit(old, "/"))).isEqualTo("expired");
    assertThat(doorkeeper.admit(old, RULES, target("/"), end))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void a_certificate_of_tomorrow_is_told_so() {
    Instant start = NOW.plus(Duration.ofDays(1));
    PresentedChain early =
        presented(ISSUING.client(ALICE).between(start, start.plusSeconds(60)).sign());
    assertThat(denial(admit(early, "/"))).isEqualTo("not-yet-valid");
    assertThat(doorkeeper.admit(early, RULES, target("/"), start))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void what_is_remembered_does_not_outlive_the_dates() {
    Instant end = NOW.plusSeconds(60);
    PresentedChain brief = presented(ISSUING.client(ALICE).between(NOW, end).sign());
    assertThat(doorkeeper.admit(brief, RULES, target("/"), NOW))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(doorkeeper.admit(brief, RULES, target("/"), end))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(denial(doorkeeper.admit(brief, RULES, target("/"), end.plusSeconds(1))))
        .isEqualTo("expired");
    assertThat(denial(doorkeeper.admit(brief, RULES, target("/"), NOW.minusSeconds(20))))
        .isEqualTo("not-yet-valid");
    assertThat(doorkeeper.admit(brief, RULES, target("/"), NOW))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void a_disabled_user_is_out_with_the_next_request() {
    assertThat(admit(BY_ALICE, "/")).isInstanceOf(Admission.Admitted.class);
    directory.disable("alice");
    assertThat(denial(admit(BY_ALICE, "/"))).isEqualTo("user-disabled");
    assertThat(admit(BY_ALICE, "/health"))
        .isEqualTo(new Admission.Admitted(Optional.empty(), RULES.getFirst()));
  }

  @Test
  void a_user_nobody_knows_is_told_so() {
    PresentedChain carol = presented(ISSUING.clientOf("carol"));
    assertThat(denial(admit(carol, "/"))).isEqualTo("unknown-user");
    directory.with("carol", "staff");
    assertThat(admit(carol, "/")).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void a_certificate_of_a_stranger_is_told_so() {
    PresentedChain stranger = presented(TestAuthority.root("Root").clientOf("alice"));
    assertThat(denial(admit(stranger, "/"))).isEqualTo("untrusted-issuer");
  }

  @Test
  void a_certificate_for_servers_is_the_wrong_one() {
    PresentedChain server = presented(ISSUING.leaf(ALICE).purpose(KeyPurpose.SERVER_AUTH).sign());
    assertThat(denial(admit(server, "/"))).isEqualTo("wrong-purpose");
    assertThat(admit(BY_ALICE, "/")).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void bytes_that_are_no_certificate_are_an_invalid_path() {
    Bytes garbage = Bytes.ofHex("30030201");
    assertThat(denial(admit(PresentedChain.of(List.of(garbage)), "/"))).isEqualTo("invalid-path");
    Bytes good = ISSUING.clientOf("alice").der();
    assertThat(denial(admit(PresentedChain.of(List.of(good, garbage)), "/")))
        .isEqualTo("invalid-path");
  }

  @Test
  void a_chain_run_together_is_not_remembered_in_place_of_the_real_one() {
    Bytes leaf = ISSUING.clientOf("alice").der();
    Bytes issuer = ISSUING.certificate().der();
    Bytes together = Bytes.ofHex(leaf.hex() + issuer.hex());
    assertThat(denial(admit(PresentedChain.of(List.of(together)), "/"))).isEqualTo("invalid-path");
    assertThat(admit(PresentedChain.of(List.of(leaf, issuer)), "/"))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void each_authority_names_users_in_its_own_way() {
    TestAuthority partner = TestAuthority.root("Partner");
    var cn = new IdentityMapping(IdentityMapping.Source.SUBJECT_CN, Optional.empty());
    var both =
        new Doorkeeper(
            new Trust(
                List.of(
                    TrustedAuthority.withoutRevocation(
                        "ours",
                        List.of(ROOT.anchor()),
                        List.of(ISSUING.certificate()),
                        IdentityMapping.OWN),
                    TrustedAuthority.withoutRevocation(
                        "partner", List.of(partner.anchor()), List.of(), cn)),
                new PathValidator()),
            directory);
    Certificate pretender = partner.client(DistinguishedName.parse("UID=root,CN=bob")).sign();
    var known = (Doorkeeper.Identification.Known) both.identify(presented(pretender), NOW);
    assertThat(known.identity().user().name()).isEqualTo("bob");
    assertThat(known.identity().authority().name()).isEqualTo("partner");
  }

  @Test
  void a_revoked_certificate_is_refused_and_another_of_the_same_user_is_not() {
    Certificate lost = ISSUING.clientOf("alice");
    var how = new RevocationStatus.Revoked(NOW, CrlReason.KEY_COMPROMISE);
    Doorkeeper knowing =
        doorkeeper(
            UnknownStatusPolicy.DENY,
            path ->
                path.leaf().equals(lost)
                    ? new PathStatus.Revoked(lost, how)
                    : new PathStatus.Good());
    assertThat(knowing.admit(presented(lost), RULES, target("/"), NOW))
        .isEqualTo(new Admission.Denied(new Denial.Revoked(lost, how)));
    assertThat(knowing.admit(BY_ALICE, RULES, target("/"), NOW))
        .isInstanceOf(Admission.Admitted.class);
  }

  @ParameterizedTest
  @EnumSource(UnknownStatusPolicy.class)
  void an_unknown_status_is_refused_unless_the_authority_is_said_to_be_trusted_with_it(
      UnknownStatusPolicy policy) {
    Doorkeeper unknowing =
        doorkeeper(policy, path -> new PathStatus.Unknown(path.leaf(), "the list is stale"));
    assertThat(denial(unknowing.admit(BY_ALICE, RULES, target("/"), NOW)))
        .isEqualTo(
            switch (policy) {
              case DENY -> "status-unknown";
              case ALLOW -> "admitted";
            });
  }

  @Test
  void status_is_asked_each_time_though_the_path_is_remembered() {
    AtomicBoolean revoked = new AtomicBoolean();
    Doorkeeper following =
        doorkeeper(
            UnknownStatusPolicy.DENY,
            path ->
                revoked.get()
                    ? new PathStatus.Revoked(
                        path.leaf(), new RevocationStatus.Revoked(NOW, CrlReason.SUPERSEDED))
                    : new PathStatus.Good());
    assertThat(denial(following.admit(BY_ALICE, RULES, target("/"), NOW))).isEqualTo("admitted");
    revoked.set(true);
    assertThat(denial(following.admit(BY_ALICE, RULES, target("/"), NOW))).isEqualTo("revoked");
    assertThat(denial(following.admit(BY_ALICE, RULES, target("/health"), NOW)))
        .isEqualTo("admitted");
  }

  private Doorkeeper doorkeeper(
      UnknownStatusPolicy policy, Function<VerifiedPath, PathStatus> status) {
    var ours =
        new TrustedAuthority(
            "ours",
            List.of(ROOT.anchor()),
            List.of(ISSUING.certificate()),
            IdentityMapping.OWN,
            (path, _) -> status.apply(path),
            policy);
    return new Doorkeeper(new Trust(List.of(ours), new PathValidator()), directory);
  }

  @Test
  void every_denial_has_its_code_and_its_certificate() {
    Certificate certificate = ISSUING.clientOf("alice");
    User alice = directory.named("alice").orElseThrow();
    var problem = new PathProblem(PathProblem.Code.WRONG_PURPOSE, certificate, "serverAuth only");
    Stream.of(
            new Denial.Expired(certificate),
            new Denial.NotYetValid(certificate),
            new Denial.UntrustedIssuer(certificate),
            new Denial.WrongPurpose(certificate, "serverAuth only"),
            new Denial.InvalidPath(problem),
            new Denial.Revoked(
                certificate, new RevocationStatus.Revoked(NOW, CrlReason.UNSPECIFIED)),
            new Denial.StatusUnknown(certificate, "stale"),
            new Denial.UnknownUser(certificate),
            new Denial.UserDisabled(certificate, alice))
        .forEach(denial -> assertThat(denial.about()).contains(certificate));
    assertThat(new Denial.NoCertificate().about()).isEmpty();
    assertThat(new Denial.UnreadableCertificate("x").about()).isEmpty();
    assertThat(new Denial.WrongPurpose(certificate, "x").code()).isEqualTo("wrong-purpose");
    assertThat(new Denial.InvalidPath(problem).code()).isEqualTo("invalid-path");
  }

  @Test
  void browsers_are_told_the_names_of_root_and_issuing_ca() {
    var trust =
        new Trust(
            List.of(
                TrustedAuthority.withoutRevocation(
                    "ours",
                    List.of(ROOT.anchor()),
                    List.of(ISSUING.certificate()),
                    IdentityMapping.OWN)),
            new PathValidator());
    assertThat(trust.acceptedIssuers())
        .containsExactlyInAnyOrder(ROOT.certificate().subject(), ISSUING.certificate().subject());
  }

  private Doorkeeper doorkeeper(IdentityMapping identity) {
    var ours =
        TrustedAuthority.withoutRevocation(
            "ours", List.of(ROOT.anchor()), List.of(ISSUING.certificate()), identity);
    return new Doorkeeper(new Trust(List.of(ours), new PathValidator()), directory);
  }

  private Admission admit(PresentedChain presented, String path) {
    return doorkeeper.admit(presented, RULES, target(path), NOW);
  }

  private static String denial(Admission admission) {
    return admission instanceof Admission.Denied(Denial denial) ? denial.code() : "admitted";
  }

  private static RequestTarget target(String path) {
    return RequestTarget.of("GET", "site.example", path).orElseThrow();
  }

  private static PresentedChain presented(Certificate certificate) {
    return PresentedChain.of(List.of(certificate.der()));
  }

  private static Rule rule(String path, String who) {
    return new Rule(new PathPattern(path), Set.of(), List.of(Rule.Who.parse(who)));
  }
}
