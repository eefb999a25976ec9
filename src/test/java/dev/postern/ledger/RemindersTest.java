package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.User;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.Reminders.Claimed;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of these tests begin five months before {@link LedgerFixture#NOW}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RemindersTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final List<Duration> STEPS =
      List.of(DAY.multipliedBy(30), DAY.multipliedBy(7), DAY);

  @TempDir private Path folder;
  private SqlLedger ledger;
  private Reminders reminders;
  private Instant now = NOW;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> now);
    reminders = ledger.reminders();
    user("alice", Optional.of("alice@example.com"));
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private void user(String name, Optional<String> email) {
    ledger
        .users()
        .add(new User(name, User.displayNameOf(name), email, Set.of(), User.State.ENABLED), ADMIN);
  }

  /** That ends so many days after {@link LedgerFixture#NOW}. */
  private Certificate issue(String user, double days) {
    Instant end = NOW.plusSeconds((long) (days * DAY.toSeconds()));
    return LedgerFixture.issue(
        ledger, LedgerFixture.draft(user, LedgerFixture.randomSerial(), end, now));
  }

  private List<Reminder> due() {
    List<Reminder> all = new ArrayList<>();
    OptionalLong after = OptionalLong.of(0);
    while (after.isPresent()) {
      Reminders.Due page = reminders.due(STEPS, after.getAsLong());
      all.addAll(page.reminders());
      after = page.next();
    }
    return all;
  }

  private List<String> steps() {
    return due().stream().map(Reminder::before).toList();
  }

  private Reminder onlyOne() {
    assertThat(due()).hasSize(1);
    return due().getFirst();
  }

  private Claimed claim(Reminder reminder) {
    return reminders.claim(reminder, STEPS).orElseThrow();
  }

  private List<Event> history(Certificate certificate) {
    return ledger.events().about(certificate.serialNumber().hex()).stream()
        .filter(event -> event.kind().contains("reminded"))
        .toList();
  }

  @Test
  void who_has_a_certificate_that_ends_soon_is_to_be_told() {
    Certificate certificate = issue("alice", 20);
    assertThat(due())
        .containsExactly(
            new Reminder(
                1, certificate, "alice", "Alice", "alice@example.com", DAY.multipliedBy(30)));
  }

  @Test
  void nobody_is_told_early_or_too_late() {
    issue("alice", 30.5);
    assertThat(due()).isEmpty();
    now = NOW.plus(DAY.multipliedBy(31));
    assertThat(due()).isEmpty();
  }

  @Test
  void without_an_address_or_an_account_that_is_open_nobody_is_told() {
    user("bob", Optional.empty());
    user("carol", Optional.of("carol@example.com"));
    issue("bob", 5);
    issue("carol", 5);
    issue("nobody", 5);
    assertThat(due()).extracting(Reminder::user).containsExactly("carol");
    ledger.users().disable("carol", ADMIN);
    assertThat(due()).isEmpty();
    ledger.users().enable("carol", ADMIN);
    assertThat(due()).hasSize(1);
  }

  @Test
  void nobody_is_told_of_a_certificate_that_is_revoked_or_suspended() {
    var serial = issue("alice", 5).serialNumber();
    assertThat(due()).hasSize(1);
    change(serial, new StatusChange.Suspend());
    assertThat(due()).isEmpty();
    change(serial, new StatusChange.Release());
    assertThat(due()).hasSize(1);
    change(serial, new StatusChange.Revoke(CrlReason.SUPERSEDED));
    assertThat(due()).isEmpty();
  }

  private void change(dev.postern.x509.SerialNumber serial, StatusChange change) {
    ledger.revocations().change(List.of(serial), change, ADMIN);
  }

  @Test
  void nobody_is_told_of_a_certificate_that_another_replaces() {
    Certificate old = issue("alice", 5);
    Certificate next = issue("alice", 400);
    assertThat(due()).isEmpty();
    change(next.serialNumber(), new StatusChange.Revoke(CrlReason.SUPERSEDED));
    assertThat(due()).extracting(Reminder::certificate).containsExactly(old);
  }

  @Test
  void another_person_s_certificate_or_one_that_ends_before_replaces_nothing() {
    user("bob", Optional.of("bob@example.com"));
    issue("bob", 400);
    Certificate last = issue("alice", 6);
    issue("alice", 5);
    assertThat(due()).extracting(Reminder::certificate).containsExactly(last);
  }

  @Test
  void one_mail_for_each_step() {
    issue("alice", 20);
    reminders.sent(claim(onlyOne()).reminder(), "250 OK");
    assertThat(due()).isEmpty();
    now = NOW.plus(DAY.multipliedBy(12));
    assertThat(steps()).isEmpty();
    now = NOW.plus(DAY.multipliedBy(14));
    assertThat(steps()).containsExactly("7d");
    reminders.sent(claim(onlyOne()).reminder(), "250 OK");
    now = NOW.plus(DAY.multipliedBy(19));
    assertThat(steps()).containsExactly("1d");
  }

  @Test
  void of_several_steps_that_are_due_only_the_nearest_is() {
    issue("alice", 0.5);
    assertThat(steps()).containsExactly("1d");
    reminders.sent(claim(onlyOne()).reminder(), "250 OK");
    assertThat(due()).isEmpty();
  }

  @Test
  void a_step_longer_than_half_of_the_term_does_not_count() {
    now = LedgerFixture.NOW;
    Duration age = Duration.between(dev.postern.keys.SelfSigned.NOT_BEFORE, NOW);
    issue("alice", 20);
    assertThat(reminders.due(List.of(age.plusDays(20).dividedBy(2)), 0).reminders()).hasSize(1);
    assertThat(reminders.due(List.of(age.plusDays(21).dividedBy(2)), 0).reminders()).isEmpty();
  }

  @Test
  void what_is_claimed_is_nobody_else_s_until_the_claim_is_old() {
    issue("alice", 20);
    Reminder reminder = onlyOne();
    assertThat(claim(reminder).attempt()).isEqualTo(1);
    assertThat(due()).isEmpty();
    assertThat(reminders.claim(reminder, STEPS)).isEmpty();
    assertThat(reminders.nextAttempt()).contains(now.plus(Reminders.CLAIM));
    now = now.plus(Reminders.CLAIM); // whoever claimed it was killed
    assertThat(claim(onlyOne()).attempt()).isEqualTo(2);
  }

  @Test
  void of_many_processes_one_gets_the_claim() throws Exception {
    issue("alice", 20);
    Reminder reminder = onlyOne();
    List<Callable<Boolean>> rivals = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rivals.add(() -> {
        try (SqlLedger own = SqlLedger.open(folder.resolve("postern.db"), () -> now)) {
          return own.reminders().claim(reminder, STEPS).isPresent();
        }
      });
    }
    try (var threads = Executors.newFixedThreadPool(rivals.size())) {
      int claims = 0;
      for (Future<Boolean> each : threads.invokeAll(rivals)) {
        claims += each.get() ? 1 : 0;
      }
      assertThat(claims).isEqualTo(1);
    }
  }

  @Test
  void what_stopped_being_due_cannot_be_claimed() {
    issue("alice", 20);
    Reminder reminder = onlyOne();
    ledger.users().disable("alice", ADMIN);
    assertThat(reminders.claim(reminder, STEPS)).isEmpty();
    ledger.users().enable("alice", ADMIN);
    issue("alice", 400);
    assertThat(reminders.claim(reminder, STEPS)).isEmpty();
  }

  @Test
  void what_was_put_off_is_due_again_at_its_time() {
    issue("alice", 20);
    Reminder reminder = claim(onlyOne()).reminder();
    reminders.again(reminder, now.plusSeconds(300));
    assertThat(due()).isEmpty();
    assertThat(reminders.nextAttempt()).contains(now.plusSeconds(300));
    now = now.plusSeconds(300);
    assertThat(claim(onlyOne()).attempt()).isEqualTo(2);
  }

  @Test
  void what_was_sent_is_in_the_history_of_the_certificate_once() {
    Certificate certificate = issue("alice", 20);
    Reminder reminder = claim(onlyOne()).reminder();
    assertThat(history(certificate)).isEmpty();
    reminders.sent(reminder, "250 OK id=\"1\"");
    reminders.sent(reminder, "250 again");
    assertThat(history(certificate)).hasSize(1);
    Event event = history(certificate).getFirst();
    assertThat(event.kind()).isEqualTo("certificate.reminded");
    assertThat(event.who()).isEqualTo("mail");
    assertThat(event.detail())
        .isEqualTo(
            "{\"before\":\"30d\",\"reply\":\"250 OK id=\\\"1\\\"\",\"to\":\"alice@example.com\",\"user\":\"alice\"}");
    assertThat(reminders.nextAttempt()).isEmpty();
  }

  @Test
  void what_was_refused_for_good_is_not_tried_again_and_is_in_the_history() {
    Certificate certificate = issue("alice", 20);
    reminders.refused(claim(onlyOne()).reminder(), "550 no such user");
    assertThat(due()).isEmpty();
    now = NOW.plus(DAY);
    assertThat(due()).isEmpty();
    assertThat(history(certificate))
        .extracting(Event::kind)
        .containsExactly("certificate.not-reminded");
    assertThat(history(certificate).getFirst().detail()).contains("550 no such user");
  }

  @Test
  void more_than_a_page_is_found_page_by_page() {
    int many = Reminders.PAGE + 3;
    for (int i = 0; i < many; i++) {
      user("user" + i, Optional.of("user" + i + "@example.com"));
      issue("user" + i, 20);
    }
    assertThat(reminders.due(STEPS, 0).reminders()).hasSize(Reminders.PAGE);
    assertThat(due()).hasSize(many);
  }
}
