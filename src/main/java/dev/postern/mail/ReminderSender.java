package dev.postern.mail;

import dev.postern.ledger.Reminders;
import dev.postern.mail.ReminderRound.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends reminders while a server runs: looks each hour, and when something is to be tried again.
 * While the mail server takes nothing, it is asked more and more rarely, and the log says so once.
 */
public final class ReminderSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReminderSender.class);

  private static final Duration LOOK = Duration.ofHours(1);
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** Nobody waits longer for a letter that is under way; its claim ends by itself. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final Reminders reminders;
  private final ReminderRound round;
  private final Supplier<Optional<Outbox>> outbox;
  private final InstantSource clock;
  private final Semaphore wishes = new Semaphore(0);
  private final Thread thread =
      // Not virtual: SQLite's native calls would hold a carrier thread.
      Thread.ofPlatform().daemon().name("postern-mail").unstarted(this::work);
  private volatile boolean closed;
  private Optional<String> trouble = Optional.empty();
  private Duration retry = FIRST_RETRY;

  private ReminderSender(
      Reminders reminders, Supplier<Optional<Outbox>> outbox, InstantSource clock) {
    this.reminders = reminders;
    this.round = new ReminderRound(reminders, ReminderRound.PAUSE, clock);
    this.outbox = outbox;
    this.clock = clock;
  }

  /**
   * Begins at once.
   *
   * @param outbox asked before each round; empty while no mail is to be sent
   */
  public static ReminderSender start(
      Reminders reminders, Supplier<Optional<Outbox>> outbox, InstantSource clock) {
    var sender = new ReminderSender(reminders, outbox, clock);
    sender.thread.start();
    return sender;
  }

  /** Looks soon, since the outbox may be another now. Returns at once. */
  public void look() {
    wishes.release();
  }

  private void work() {
    try {
      while (!closed) {
        Duration rest = goRound();
        if (wishes.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
          wishes.drainPermits();
          retry = FIRST_RETRY;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long to rest. */
  private Duration goRound() throws InterruptedException {
    try {
      Optional<Outbox> now = outbox.get();
      Optional<String> problem =
          now.isPresent()
              ? round.run(now.get(), () -> closed || wishes.availablePermits() > 0)
              : Optional.empty();
      return problem.isPresent() ? failed(problem.get()) : done(now.isPresent());
    } catch (RuntimeException e) { // the ledger, or a file that is named: both may come back
      return failed(String.valueOf(e.getMessage()));
    }
  }

  private Duration done(boolean sending) {
    if (trouble.isPresent()) {
      LOG.warn("reminders are sent again");
    }
    trouble = Optional.empty();
    retry = FIRST_RETRY;
    return sending ? reminders.nextAttempt().map(this::until).orElse(LOOK) : LOOK;
  }

  private Duration until(Instant next) {
    Duration rest = Duration.between(clock.instant(), next).plus(SHORTEST);
    return rest.compareTo(LOOK) > 0 ? LOOK : rest.isNegative() ? SHORTEST : rest;
  }

  private Duration failed(String reason) {
    if (!trouble.equals(Optional.of(reason))) {
      LOG.error("no reminders are sent, tried again in a while: {}", reason);
    }
    trouble = Optional.of(reason);
    Duration rest = retry;
    retry = retry.multipliedBy(2).compareTo(LOOK) > 0 ? LOOK : retry.multipliedBy(2);
    return rest;
  }

  @Override
  public void close() {
    closed = true;
    look(); // a letter that is under way shall still be noted down
    try {
      if (!thread.join(FAREWELL)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
