package dev.postern.enrol;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often somebody failed lately. Counts failures only, so an office behind one address may enrol
 * a hundred people; guessing 128 bits is hopeless anyway, and this keeps the log and the ledger
 * quiet. Bounded: the oldest is forgotten when there are too many. One for the whole process: a
 * configuration that is read anew lets nobody begin again.
 */
public final class Attempts {
  private static final int MOST_REMEMBERED = 10_000;

  private final int allowed;
  private final Duration window;
  private final InstantSource clock;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /** As the enrolment host counts. */
  public static Attempts ofGuessing(InstantSource clock) {
    return new Attempts(20, Duration.ofMinutes(10), clock);
  }

  private record Failures(int count, Instant until) {}

  Attempts(int allowed, Duration window, InstantSource clock) {
    this.allowed = allowed;
    this.window = window;
    this.clock = clock;
  }

  /** How long {@code who} has to wait; empty: not at all. */
  synchronized Optional<Duration> pause(String who) {
    Failures known = failures.get(who);
    Instant now = clock.instant();
    return known == null || known.count() < allowed || !now.isBefore(known.until())
        ? Optional.empty()
        : Optional.of(Duration.between(now, known.until()));
  }

  synchronized void failed(String who) {
    Instant now = clock.instant();
    Failures known = failures.get(who);
    failures.put(
        who,
        known == null || !now.isBefore(known.until())
            ? new Failures(1, now.plus(window))
            : new Failures(known.count() + 1, known.until()));
  }
}
