package dev.postern.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * Which issued certificates to list. Starts with {@link #ALL}; each condition narrows it.
 *
 * @param expiringBefore their last second is before this
 * @param expiringAfter their last second is not before this
 * @param text occurs in the subject, an alternative name, the user's name or the serial number;
 *     case is ignored
 * @param after a {@link Page#next} of the same query
 */
public record CertificateQuery(
    Optional<String> user,
    Optional<String> profile,
    Optional<Instant> expiringBefore,
    Optional<Instant> expiringAfter,
    Optional<String> text,
    int limit,
    Optional<String> after) {
  public static final int MAX_LIMIT = 1000;

  public static final CertificateQuery ALL =
      new CertificateQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          100,
          Optional.empty());

  public CertificateQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " certificates");
    }
  }

  public CertificateQuery user(String name) {
    return new CertificateQuery(
        Optional.of(name), profile, expiringBefore, expiringAfter, text, limit, after);
  }

  public CertificateQuery profile(String name) {
    return new CertificateQuery(
        user, Optional.of(name), expiringBefore, expiringAfter, text, limit, after);
  }

  public CertificateQuery expiringBefore(Instant instant) {
    return new CertificateQuery(
        user, profile, Optional.of(instant), expiringAfter, text, limit, after);
  }

  public CertificateQuery expiringAfter(Instant instant) {
    return new CertificateQuery(
        user, profile, expiringBefore, Optional.of(instant), text, limit, after);
  }

  public CertificateQuery text(String part) {
    return new CertificateQuery(
        user, profile, expiringBefore, expiringAfter, Optional.of(part), limit, after);
  }

  public CertificateQuery limit(int count) {
    return new CertificateQuery(user, profile, expiringBefore, expiringAfter, text, count, after);
  }

  public CertificateQuery after(String cursor) {
    return new CertificateQuery(
        user, profile, expiringBefore, expiringAfter, text, limit, Optional.of(cursor));
  }
}
