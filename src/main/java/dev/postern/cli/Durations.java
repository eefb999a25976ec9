package dev.postern.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 90d}, {@code 12h}, {@code 30m}: as people write spans of time. */
final class Durations {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,6})\\s*([smhdwy])");

  private Durations() {}

  static Duration parse(String option, String text) {
    Matcher matcher = SPAN.matcher(text.strip());
    if (!matcher.matches()) {
      throw CommandFailure.usage(
          option + " is a number and s, m, h, d, w or y, like 90d, not " + text);
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      case "w" -> Duration.ofDays(7 * count);
      default -> Duration.ofDays(365 * count);
    };
  }
}
