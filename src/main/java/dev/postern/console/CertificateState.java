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
  /** Active, and ends within {@link #SOON}. */
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
      case GOOD -> byDate(entry.certificate().notAfter(), now);
    };
  }

  private static CertificateState byDate(Instant end, Instant now) {
    if (end.isBefore(now)) {
      return EXPIRED;
    }
    return end.isBefore(now.plus(SOON)) ? EXPIRING : ACTIVE;
  }

  /** Those that are so; the expiring ones are active, too. */
  CertificateQuery narrow(CertificateQuery query, Instant now) {
    return switch (this) {
      case ACTIVE -> query.standing(Standing.GOOD).expiringAfter(now);
      case EXPIRING ->
          query.standing(Standing.GOOD).expiringAfter(now).expiringBefore(now.plus(SOON));
      case EXPIRED -> query.standing(Standing.GOOD).expiringBefore(now);
      case SUSPENDED -> query.standing(Standing.HELD);
      case REVOKED -> query.standing(Standing.REVOKED);
    };
  }
}
