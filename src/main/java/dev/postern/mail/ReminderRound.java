package dev.postern.mail;

import dev.postern.ledger.Reminder;
import dev.postern.ledger.Reminders;
import dev.postern.ledger.Reminders.Claimed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One look at who is to be told, and telling them. Each letter is claimed before it is sent, and
 * there is a pause behind each, so that a thousand of them do not look like what mail servers
 * refuse.
 */
public final class ReminderRound {
  /** Sixty a minute at most. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
  private static final Duration LAST_RETRY = Duration.ofHours(6);
  private static final int MOST_DOUBLINGS = 10;

  /** From this try on. */
  private static final int BLAMED = 4;

  private final Reminders reminders;
  private final Duration pause;
  private final InstantSource clock;

  public ReminderRound(Reminders reminders, Duration pause, InstantSource clock) {
    this.reminders = reminders;
    this.pause = pause;
    this.clock = clock;
  }

  /**
   * What it takes to send.
   *
   * @param steps how long before the end of a certificate
   */
  public record Outbox(Postman postman, ReminderWriter writer, List<Duration> steps) {
    public Outbox {
      steps = List.copyOf(steps);
    }
  }

  /**
   * Why the mail server took nothing, and the round ended early; empty when it is done, or {@code
   * stopped}: asked between letters, never during one.
   */
  public Optional<String> run(Outbox outbox, BooleanSupplier stopped) throws InterruptedException {
    OptionalLong after = OptionalLong.of(0);
    while (after.isPresent()) {
      Reminders.Due due = reminders.due(outbox.steps(), after.getAsLong());
      for (Reminder each : due.reminders()) {
        if (stopped.getAsBoolean()) {
          return Optional.empty();
        }
        Optional<Claimed> claimed = reminders.claim(each, outbox.steps());
        if (claimed.isPresent()) {
          Optional<String> trouble = send(outbox, claimed.get());
          if (trouble.isPresent()) {
            return trouble;
          }
        }
      }
      after = due.next();
    }
    return Optional.empty();
  }

  private Optional<String> send(Outbox outbox, Claimed claimed) throws InterruptedException {
    Reminder reminder = claimed.reminder();
    Letter letter;
    try {
      letter = outbox.writer().reminder(reminder);
    } catch (IllegalArgumentException e) { // an address that the ledger takes and SMTP does not
      reminders.refused(reminder, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    switch (outbox.postman().deliver(letter)) {
      case Delivery.Accepted(String reply) -> reminders.sent(reminder, reply);
      case Delivery.Refused(String reason) -> reminders.refused(reminder, reason);
      case Delivery.Deferred _ ->
          reminders.again(reminder, clock.instant().plus(retry(claimed.attempt())));
      case Delivery.Unavailable(String reason) -> {
        // The server's fault: the round waits, and not the letter. Unless it is this letter that
        // the server cannot digest: others shall come behind it no more.
        Duration wait =
            claimed.attempt() < BLAMED ? Duration.ZERO : retry(claimed.attempt() - BLAMED + 1);
        reminders.again(reminder, clock.instant().plus(wait));
        return Optional.of(reason);
      }
    }
    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    return Optional.empty();
  }

  /** Five minutes, ten, twenty …, six hours (RFC 5321 §4.5.4.1 leaves it to us). */
  static Duration retry(int attempt) {
    Duration next = FIRST_RETRY.multipliedBy(1L << Math.min(attempt - 1, MOST_DOUBLINGS));
    return next.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : next;
  }
}
