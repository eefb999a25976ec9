package dev.postern.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which issued certificates to list. Starts with {@link #ALL}; each condition narrows it.
 *
 * @param expiringBefore their last second is before this
 * @param expiringAfter their last second is not before this
 * @param withoutOwn without those that Postern renews by itself
 * @param lateAt of their term less than a third is left then
 * @param text words, each of which begins a word of the subject, of an alternative name or of the
 *     user's name, or is the serial number or the eight digits at one of its ends; case is ignored.
 *     Or the whole SHA-256 fingerprint, with or without colons
 * @param after a {@link Page#next} of the same query
 */
public record CertificateQuery(
    Optional<String> user,
    Optional<String> profile,
    Optional<Standing> standing,
    Optional<Instant> expiringBefore,
    Optional<Instant> expiringAfter,
    boolean withoutOwn,
    Optional<Instant> lateAt,
    Optional<String> text,
    int limit,
    Optional<String> after) {
  public static final int MAX_LIMIT = 1000;

  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  public static final CertificateQuery ALL =
      new CertificateQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          100,
          Optional.empty());

  public CertificateQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " certificates");
    }
  }

  /** What {@code text} is when it is a fingerprint and nothing else, as it is stored. */
  Optional<String> fingerprint() {
    return text.map(each -> each.replaceAll("[\\s:]", "").toLowerCase(Locale.ROOT))
        .filter(each -> FINGERPRINT.matcher(each).matches());
  }

  /** What a certificate must be found by, all of it. */
  List<String> terms() {
    List<String> terms = new ArrayList<>();
    user.map(Terms::user).ifPresent(terms::add);
    profile.map(Terms::profile).ifPresent(terms::add);
    standing.map(Terms::standing).ifPresent(terms::add);
    text.filter(_ -> fingerprint().isEmpty()).map(Terms::asked).ifPresent(terms::addAll);
    return terms;
  }

  public CertificateQuery user(String name) {
    return new CertificateQuery(
        Optional.of(name),
        profile,
        standing,
        expiringBefore,
        expiringAfter,
        withoutOwn,
        lateAt,
        text,
        limit,
        after);
  }

  public CertificateQuery profile(String name) {
    return new CertificateQuery(
        user,
        Optional.of(name),
        standing,
        expiringBefore,
        expiringAfter,
        withoutOwn,
        lateAt,
        text,
        limit,
        after);
  }

  public CertificateQuery standing(Standing wanted) {
    return new CertificateQuery(
        user,
        profile,
        Optional.of(wanted),
        expiringBefore,
        expiringAfter,
        withoutOwn,
        lateAt,
        text,
        limit,
        after);
  }

  /** Of two such conditions the earlier counts. */
  public CertificateQuery expiringBefore(Instant instant) {
    Instant earlier = expiringBefore.filter(known -> known.isBefore(instant)).orElse(instant);
    return new CertificateQuery(
        user,
        profile,
        standing,
        Optional.of(earlier),
        expiringAfter,
        withoutOwn,
        lateAt,
        text,
        limit,
        after);
  }

  /** Of two such conditions the later counts. */
  public CertificateQuery expiringAfter(Instant instant) {
    Instant later = expiringAfter.filter(known -> known.isAfter(instant)).orElse(instant);
    return new CertificateQuery(
        user,
        profile,
        standing,
        expiringBefore,
        Optional.of(later),
        withoutOwn,
        lateAt,
        text,
        limit,
        after);
  }

  public CertificateQuery leavingOutOwn() {
    return new CertificateQuery(
        user, profile, standing, expiringBefore, expiringAfter, true, lateAt, text, limit, after);
  }

  public CertificateQuery lateAt(Instant instant) {
    return new CertificateQuery(
        user,
        profile,
        standing,
        expiringBefore,
        expiringAfter,
        withoutOwn,
        Optional.of(instant),
        text,
        limit,
        after);
  }

  public CertificateQuery text(String words) {
    return new CertificateQuery(
        user,
        profile,
        standing,
        expiringBefore,
        expiringAfter,
        withoutOwn,
        lateAt,
        Optional.of(words),
        limit,
        after);
  }

  public CertificateQuery limit(int count) {
    return new CertificateQuery(
        user,
        profile,
        standing,
        expiringBefore,
        expiringAfter,
        withoutOwn,
        lateAt,
        text,
        count,
        after);
  }

  public CertificateQuery after(String cursor) {
    return new CertificateQuery(
        user,
        profile,
        standing,
        expiringBefore,
        expiringAfter,
        withoutOwn,
        lateAt,
        text,
        limit,
        Optional.of(cursor));
  }
}
