package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.peers.Soon;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SignInsTest {
  @TempDir private Path folder;
  private SqlLedger ledger;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> NOW);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private static SignIn signIn(Instant at, String code, String serial, int number) {
    return new SignIn(
        at,
        code,
        "wiki.test",
        "/",
        "192.0.2." + number,
        Optional.empty(),
        Optional.of(serial),
        true,
        "R" + number);
  }

  @Test
  void only_the_last_are_kept_to_be_looked_at_and_all_are_counted() {
    SignIns signIns = SignIns.into(ledger.signIns(), () -> NOW);
    for (int i = 0; i < SignIns.RECENT + 7; i++) {
      signIns.record(signIn(NOW, SignIn.ADMITTED, "0a", i));
    }
    signIns.close();
    assertThat(signIns.recent()).hasSize(SignIns.RECENT);
    assertThat(signIns.recent().getFirst().reference()).isEqualTo("R" + (SignIns.RECENT + 6));
    assertThat(ledger.signIns().since(NOW.minus(Duration.ofHours(1))))
        .containsExactly(new SignInStore.Count(NOW, SignIn.ADMITTED, SignIns.RECENT + 7L));
  }

  @Test
  void two_processes_add_up_and_the_later_use_stays() {
    SignIns one = SignIns.into(ledger.signIns(), () -> NOW);
    SignIns other = SignIns.into(ledger.signIns(), () -> NOW);
    one.record(signIn(NOW.plusSeconds(60), SignIn.ADMITTED, "0a", 1));
    other.record(signIn(NOW, SignIn.ADMITTED, "0a", 2));
    other.record(signIn(NOW, "revoked", "0b", 3));
    one.close();
    other.close();
    assertThat(ledger.signIns().since(NOW))
        .containsExactly(
            new SignInStore.Count(NOW, SignIn.ADMITTED, 2),
            new SignInStore.Count(NOW, "revoked", 1));
    assertThat(ledger.signIns().lastUse("0a"))
        .contains(new SignInStore.LastUse(NOW.plusSeconds(60), "192.0.2.1"));
    assertThat(ledger.signIns().lastUse("0b")).isEmpty();
  }

  @Test
  void a_use_that_was_written_is_written_again_when_there_was_another() {
    try (SignIns signIns = SignIns.into(ledger.signIns(), () -> NOW, Duration.ofMillis(50))) {
      for (int minute = 0; minute < 3; minute++) {
        Instant at = NOW.plusSeconds(60L * minute);
        String address = "192.0.2." + (1 + minute / 2);
        signIns.record(signIn(at, SignIn.ADMITTED, "0a", 1 + minute / 2));
        Soon.within(
            Duration.ofSeconds(10),
            "the use at " + at,
            () ->
                ledger
                    .signIns()
                    .lastUse("0a")
                    .equals(Optional.of(new SignInStore.LastUse(at, address))));
      }
    }
  }

  @Test
  void another_authority_s_certificate_with_the_same_number_was_not_used_here() {
    SignIns signIns = SignIns.into(ledger.signIns(), () -> NOW);
    signIns.record(signIn(NOW, SignIn.ADMITTED, "0a", 1));
    SignIn foreign = signIn(NOW.plusSeconds(60), SignIn.ADMITTED, "0a", 2);
    signIns.record(
        new SignIn(
            foreign.at(),
            foreign.code(),
            foreign.host(),
            foreign.path(),
            foreign.address(),
            foreign.user(),
            foreign.serial(),
            false,
            foreign.reference()));
    signIns.record(signIn(NOW, SignIn.ADMITTED, "0c", 3));
    signIns.close();
    assertThat(ledger.signIns().lastUses(List.of("0a", "0b", "0c")))
        .isEqualTo(
            Map.of(
                "0a", new SignInStore.LastUse(NOW, "192.0.2.1"),
                "0c", new SignInStore.LastUse(NOW, "192.0.2.3")));
    assertThat(ledger.signIns().lastUses(List.of())).isEmpty();
    assertThat(ledger.signIns().since(NOW).getFirst().count()).isEqualTo(3);
  }

  @Test
  void what_is_old_is_forgotten() {
    Instant old = NOW.minus(SignInStore.KEPT).minus(Duration.ofDays(1));
    SignIns signIns = SignIns.into(ledger.signIns(), () -> NOW);
    signIns.record(signIn(old, SignIn.ADMITTED, "0a", 1));
    signIns.record(signIn(NOW, SignIn.ADMITTED, "0a", 2));
    signIns.close();
    assertThat(ledger.signIns().since(Instant.EPOCH)).hasSize(1);
  }
}
