package dev.postern.access;

import static dev.postern.fakes.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.TestAuthority;
import dev.postern.fakes.TestDirectory;
import dev.postern.path.PathValidator;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationStatus;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyPurpose;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes after the end of their certificate, but not long after. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LatecomersTest {
  private static final Duration GRACE = Duration.ofDays(7);
  private static final TestAuthority OURS = TestAuthority.root("Ours");
  private static final TestAuthority PARTNER = TestAuthority.root("Partner");
  private static final DistinguishedName ALICE = DistinguishedName.parse("UID=alice");
  private static final RequestTarget HOME = RequestTarget.of("GET", "me.test", "/").orElseThrow();
  private static final List<Rule> USERS =
      List.of(new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.AnyUser())));
  private static final Instant END = NOW.minus(Duration.ofDays(1));
  private static final Certificate ENDED = ended(OURS, KeyPurpose.CLIENT_AUTH);

  private final TestDirectory directory = new TestDirectory().with("alice");
  private Optional<PathStatus> status = Optional.empty();
  private final Doorkeeper doorkeeper = doorkeeper(GRACE);

  private static Certificate ended(TestAuthority authority, KeyPurpose purpose) {
    return authority
        .leaf(ALICE)
        .purpose(purpose)
        .between(END.minus(Duration.ofDays(300)), END)
        .sign();
  }

  private Doorkeeper doorkeeper(Duration grace) {
    var ours =
        new TrustedAuthority(
                "ours",
                List.of(OURS.anchor()),
                List.of(),
                IdentityMapping.OWN,
                (_, _) -> status.orElse(new PathStatus.Good()),
                UnknownStatusPolicy.DENY)
            .renewedHere(grace);
    var partner =
        TrustedAuthority.withoutRevocation(
            "partner", List.of(PARTNER.anchor()), List.of(), IdentityMapping.OWN);
    return new Doorkeeper(new Trust(List.of(ours, partner), new PathValidator()), directory);
  }

  private static Admission ask(
      Doorkeeper doorkeeper, Certificate shown, Latecomers latecomers, Instant at) {
    return doorkeeper.admit(PresentedChain.of(List.of(shown.der())), USERS, HOME, at, latecomers);
  }

  private Admission late(Certificate shown, Instant at) {
    return ask(doorkeeper, shown, Latecomers.MAY_RENEW, at);
  }

  private static Denial denial(Admission admission) {
    return ((Admission.Denied) admission).denial();
  }

  @Test
  void where_they_may_renew_they_are_let_in_to_do_that() {
    var admitted = (Admission.Admitted) late(ENDED, NOW);
    Identity identity = admitted.identity().orElseThrow();
    assertThat(identity.user().name()).isEqualTo("alice");
    assertThat(identity.certificate()).isEqualTo(ENDED);
    assertThat(identity.mayOnlyRenew()).isTrue();
    assertThat(late(ENDED, NOW)).isInstanceOf(Admission.Admitted.class); // from memory
  }

  @Test
  void whoever_is_in_time_may_do_everything_there() {
    var admitted = (Admission.Admitted) late(OURS.clientOf("alice"), NOW);
    assertThat(admitted.identity().orElseThrow().mayOnlyRenew()).isFalse();
  }

  @Test
  void elsewhere_they_are_refused_and_told_until_when_they_may_renew() {
    assertThat(denial(ask(doorkeeper, ENDED, Latecomers.REFUSED, NOW)))
        .isEqualTo(new Denial.Expired(ENDED, Optional.of(END.plus(GRACE))));
    var presented = PresentedChain.of(List.of(ENDED.der()));
    assertThat(doorkeeper.identify(presented, NOW)) // as strict hosts ask, within the handshake
        .isInstanceOf(Doorkeeper.Identification.Unknown.class);
  }

  @Test
  void grace_lasts_to_its_last_second_and_no_longer() {
    Instant last = END.plus(GRACE);
    assertThat(late(ENDED, END)).isInstanceOf(Admission.Admitted.class);
    assertThat(late(ENDED, END.plusSeconds(1))).isInstanceOf(Admission.Admitted.class);
    assertThat(late(ENDED, last)).isInstanceOf(Admission.Admitted.class);
    assertThat(denial(late(ENDED, last.plusSeconds(1)))).isEqualTo(new Denial.Expired(ENDED));
    assertThat(denial(ask(doorkeeper, ENDED, Latecomers.REFUSED, last.plusSeconds(1))))
        .isEqualTo(new Denial.Expired(ENDED));
  }

  /** Seconds after its end, when what was just believed is still remembered. */
  @Test
  void the_end_itself_is_noticed_at_once() {
    assertThat(((Admission.Admitted) late(ENDED, END)).identity().orElseThrow().mayOnlyRenew())
        .isFalse();
    Instant next = END.plusSeconds(1);
    assertThat(((Admission.Admitted) late(ENDED, next)).identity().orElseThrow().mayOnlyRenew())
        .isTrue();
    assertThat(denial(ask(doorkeeper, ENDED, Latecomers.REFUSED, next)).code())
        .isEqualTo("expired");
    assertThat(ask(doorkeeper, ENDED, Latecomers.REFUSED, END))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void without_grace_the_end_is_the_end() {
    Doorkeeper off = doorkeeper(Duration.ZERO);
    for (Latecomers each : Latecomers.values()) {
      assertThat(denial(ask(off, ENDED, each, END.plusSeconds(1))))
          .isEqualTo(new Denial.Expired(ENDED));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CrlReason.class,
      names = {"KEY_COMPROMISE", "CERTIFICATE_HOLD"})
  void revoked_and_suspended_ones_stay_out(CrlReason reason) {
    var how = new RevocationStatus.Revoked(NOW, reason);
    late(ENDED, NOW); // remembered as good
    status = Optional.of(new PathStatus.Revoked(ENDED, how));
    assertThat(denial(late(ENDED, NOW))).isEqualTo(new Denial.Revoked(ENDED, how));
    assertThat(denial(ask(doorkeeper, ENDED, Latecomers.REFUSED, NOW)))
        .isEqualTo(new Denial.Expired(ENDED)); // nothing to be renewed
  }

  @Test
  void what_nobody_can_say_of_now_stays_out() {
    status = Optional.of(new PathStatus.Unknown(ENDED, "the ledger could not be read"));
    assertThat(denial(late(ENDED, NOW)).code()).isEqualTo("status-unknown");
  }

  @Test
  void whoever_s_account_is_closed_stays_out() {
    directory.disable("alice");
    assertThat(denial(late(ENDED, NOW)).code()).isEqualTo("user-disabled");
    assertThat(denial(ask(doorkeeper, ENDED, Latecomers.REFUSED, NOW)))
        .isEqualTo(new Denial.Expired(ENDED));
  }

  @Test
  void other_authorities_have_no_grace_here() {
    Certificate partner = ended(PARTNER, KeyPurpose.CLIENT_AUTH);
    assertThat(denial(late(partner, NOW))).isEqualTo(new Denial.Expired(partner));
    Certificate stranger = ended(TestAuthority.root("Ours"), KeyPurpose.CLIENT_AUTH);
    assertThat(denial(late(stranger, NOW)).code()).isIn("expired", "untrusted-issuer");
  }

  @Test
  void what_was_never_good_does_not_become_so_by_ending() {
    Certificate server = ended(OURS, KeyPurpose.SERVER_AUTH);
    assertThat(denial(late(server, NOW)).code()).isIn("expired", "wrong-purpose");
  }

  @ParameterizedTest
  @ValueSource(longs = {3650, 3651})
  void an_authority_that_has_ended_lets_nobody_renew(long days) {
    Instant end = NOW.plus(Duration.ofDays(3650)); // the authority's
    Certificate shown = OURS.client(ALICE).between(NOW, end.minus(Duration.ofDays(1))).sign();
    Instant at = NOW.plus(Duration.ofDays(days));
    assertThat(late(shown, end)).isInstanceOf(Admission.Admitted.class);
    assertThat(late(shown, at) instanceof Admission.Admitted).isEqualTo(days == 3650);
  }

  @Test
  void a_public_page_does_not_know_them() {
    List<Rule> anyone =
        List.of(new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.Anyone())));
    var shown = PresentedChain.of(List.of(ENDED.der()));
    for (Latecomers each : Latecomers.values()) {
      assertThat(doorkeeper.admit(shown, anyone, HOME, NOW, each))
          .isEqualTo(new Admission.Admitted(Optional.empty(), anyone.getFirst()));
    }
  }

  @Test
  void a_clock_that_is_set_back_makes_it_good_again() {
    late(ENDED, NOW);
    assertThat(((Admission.Admitted) late(ENDED, END)).identity().orElseThrow().mayOnlyRenew())
        .isFalse();
  }
}
