package dev.postern.console;

import dev.postern.authority.Ledger.Entry;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be said of a certificate in one word, now. */
enum CertificateState {
  ACTIVE,
  /**
   * Active, and somebody has to see to a new one: it ends within {@link #SOON}, less than a third
   * of its term is left (or else those that live shortly would always be late), and Postern does
   * not renew it by itself.
   */
  EXPIRING,
  /** Ran out, without having been revoked. */
  EXPIRED,
  SUSPENDED,
  REVOKED;

  static final Duration SOON = Duration.ofDays(30);

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<CertificateState> named(String word) {
    return Arrays.stream(values()).filter(state -> state.word().equals(word)).findFirst();
  }

  static CertificateState of(Entry entry, Instant now) {
    return switch (Standing.of(entry.revoked())) {
      case REVOKED -> REVOKED;
      case HELD -> SUSPENDED;
      case GOOD -> byDate(entry, now);
    };
  }

  private static CertificateState byDate(Entry entry, Instant now) {
    Instant end = entry.certificate().notAfter();
    if (end.isBefore(now)) {
      return EXPIRED;
    }
    Duration left = Duration.between(now, end);
    Duration term = Duration.between(entry.certificate().notBefore(), end);
    boolean late = left.compareTo(SOON) < 0 && left.multipliedBy(3).compareTo(term) < 0;
    return late && !entry.requester().renewsByItself() ? EXPIRING : ACTIVE;
  }

  /** Those that are so; the expiring ones are active, too. */
  CertificateQuery narrow(CertificateQuery query, Instant now) {
    return switch (this) {
      case ACTIVE -> query.standing(Standing.GOOD).expiringAfter(now);
      case EXPIRING ->
          query
              .standing(Standing.GOOD)
              .expiringAfter(now)
              .expiringBefore(now.plus(SOON))
              .lateAt(now)
              .leavingOutOwn();
      case EXPIRED -> query.standing(Standing.GOOD).expiringBefore(now);
      case SUSPENDED -> query.standing(Standing.HELD);
      case REVOKED -> query.standing(Standing.REVOKED);
    };
  }
}
