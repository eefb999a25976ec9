package dev.postern.authority;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 90d}, {@code 12h}, {@code 30m}: how people write for how long. */
public final class Validity {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,6})\\s*([smhdwy])");

  private Validity() {}

  /** Empty when it is not a number and one of s, m, h, d, w, y. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = SPAN.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          case "d" -> Duration.ofDays(count);
          case "w" -> Duration.ofDays(7 * count);
          default -> Duration.ofDays(365 * count);
        });
  }
}
