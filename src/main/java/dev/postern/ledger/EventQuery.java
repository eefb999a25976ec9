package dev.postern.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * Which events to list, newest first. Starts with {@link #ALL}.
 *
 * @param kind exactly this
 * @param subject exactly this
 * @param who begins so
 * @param from not before this
 * @param until before this
 * @param before a position: what happened earlier than that event
 */
public record EventQuery(
    Optional<String> kind,
    Optional<String> subject,
    Optional<String> who,
    Optional<Instant> from,
    Optional<Instant> until,
    Optional<Long> before,
    int limit) {
  public static final EventQuery ALL =
      new EventQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          100);

  public EventQuery {
    if (limit < 1 || limit > Events.MAX_LIMIT) {
      throw new IllegalArgumentException("a page has 1 to " + Events.MAX_LIMIT + " events");
    }
  }

  public EventQuery limit(int count) {
    return new EventQuery(kind, subject, who, from, until, before, count);
  }

  public EventQuery before(long position) {
    return new EventQuery(kind, subject, who, from, until, Optional.of(position), limit);
  }
}
