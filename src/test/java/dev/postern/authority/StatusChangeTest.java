package dev.postern.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StatusChangeTest {
  private static final Instant THEN = Instant.parse("2026-06-01T12:00:00Z");
  private static final Instant NOW = THEN.plusSeconds(60);

  private static final Optional<Revoked> GOOD = Optional.empty();
  private static final Optional<Revoked> HELD = status(THEN, CrlReason.CERTIFICATE_HOLD);
  private static final Optional<Revoked> REVOKED = status(THEN, CrlReason.KEY_COMPROMISE);

  private static final StatusChange REVOKE = new StatusChange.Revoke(CrlReason.SUPERSEDED);
  private static final StatusChange COMPROMISED = new StatusChange.Revoke(CrlReason.KEY_COMPROMISE);
  private static final StatusChange SUSPEND = new StatusChange.Suspend();
  private static final StatusChange RELEASE = new StatusChange.Release();

  private static Optional<Revoked> status(Instant at, CrlReason reason) {
    return Optional.of(new Revoked(at, reason));
  }

  static Stream<Arguments> table() {
    return Stream.of(
        argumentSet("revoke good", REVOKE, GOOD, becomes(status(NOW, CrlReason.SUPERSEDED))),
        argumentSet("revoke held", REVOKE, HELD, becomes(status(NOW, CrlReason.SUPERSEDED))),
        argumentSet("revoke revoked", REVOKE, REVOKED, new StatusChange.Outcome.Stays()),
        argumentSet(
            "compromised held", COMPROMISED, HELD, becomes(status(NOW, CrlReason.KEY_COMPROMISE))),
        argumentSet(
            "compromised after all",
            COMPROMISED,
            status(THEN, CrlReason.SUPERSEDED),
            becomes(status(THEN, CrlReason.KEY_COMPROMISE))),
        argumentSet("compromised twice", COMPROMISED, REVOKED, new StatusChange.Outcome.Stays()),
        argumentSet(
            "another reason",
            REVOKE,
            status(THEN, CrlReason.CESSATION_OF_OPERATION),
            new StatusChange.Outcome.Stays()),
        argumentSet(
            "suspend good", SUSPEND, GOOD, becomes(status(NOW, CrlReason.CERTIFICATE_HOLD))),
        argumentSet("suspend held", SUSPEND, HELD, new StatusChange.Outcome.Stays()),
        argumentSet("release good", RELEASE, GOOD, new StatusChange.Outcome.Stays()),
        argumentSet("release held", RELEASE, HELD, becomes(GOOD)));
  }

  private static StatusChange.Outcome becomes(Optional<Revoked> status) {
    return new StatusChange.Outcome.Becomes(status);
  }

  @ParameterizedTest
  @MethodSource("table")
  void each_wish_meets_each_status(
      StatusChange wish, Optional<Revoked> current, StatusChange.Outcome expected) {
    assertThat(wish.outcome(current, NOW)).isEqualTo(expected);
  }

  static Stream<StatusChange> milder() {
    return Stream.of(SUSPEND, RELEASE);
  }

  @ParameterizedTest
  @MethodSource("milder")
  void revoked_is_for_good(StatusChange wish) {
    assertThat(wish.outcome(REVOKED, NOW)).isInstanceOf(StatusChange.Outcome.Refused.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = CrlReason.class,
      names = {"CERTIFICATE_HOLD", "REMOVE_FROM_CRL"})
  void some_reasons_are_not_for_good(CrlReason reason) {
    assertThatIllegalArgumentException().isThrownBy(() -> new StatusChange.Revoke(reason));
  }
}
