package dev.postern.config;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** How the values of the file are written. */
final class Formats {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,9})([A-Za-z]+)");

  private static final Map<String, Duration> TIMES =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private static final Map<String, Long> SIZES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  private static final Set<String> UPSTREAM_SCHEMES = Set.of("http", "h2c", "https");

  private Formats() {}

  /** Text of one line that is not blank. */
  static Value.Format<String> line(int longest) {
    return text -> {
      if (text.isBlank() || text.length() > longest || text.chars().anyMatch(c -> c < ' ')) {
        throw new IllegalArgumentException("expected one line of 1 to " + longest + " characters");
      }
      return text.strip();
    };
  }

  /** {@code 500ms 30s 5m 24h 90d}. */
  static Value.Format<Duration> duration(Duration shortest, Duration longest) {
    return text -> {
      Matcher matcher = NUMBER_AND_UNIT.matcher(text);
      Duration unit = matcher.matches() ? TIMES.get(matcher.group(2)) : null;
      if (unit == null) {
        throw new IllegalArgumentException(
            "a duration is a number and ms, s, m, h or d, as 30s; not " + text);
      }
      Duration duration = unit.multipliedBy(Long.parseLong(matcher.group(1)));
      if (duration.compareTo(shortest) < 0 || duration.compareTo(longest) > 0) {
        throw new IllegalArgumentException(
            text + " is not between " + written(shortest) + " and " + written(longest));
      }
      return duration;
    };
  }

  private static String written(Duration duration) {
    return TIMES.entrySet().stream()
        .sorted(Map.Entry.<String, Duration>comparingByValue().reversed())
        .filter(unit -> duration.toMillis() % unit.getValue().toMillis() == 0)
        .map(unit -> duration.toMillis() / unit.getValue().toMillis() + unit.getKey())
        .findFirst()
        .orElse(duration.toString());
  }

  /** Digits. */
  static Value.Format<Integer> number(int least, int most) {
    return text -> {
      if (!text.matches("[0-9]{1,9}")
          || Integer.parseInt(text) < least
          || Integer.parseInt(text) > most) {
        throw new IllegalArgumentException(
            text + " is not a number between " + least + " and " + most);
      }
      return Integer.parseInt(text);
    };
  }

  /** {@code 512B 64KiB 10MiB 1GiB}. */
  static Value.Format<Long> size(long smallest, long largest) {
    return text -> {
      Matcher matcher = NUMBER_AND_UNIT.matcher(text);
      Long unit = matcher.matches() ? SIZES.get(matcher.group(2)) : null;
      if (unit == null) {
        throw new IllegalArgumentException(
            "a size is a number and B, KiB, MiB or GiB, as 10MiB; not " + text);
      }
      long size = unit * Long.parseLong(matcher.group(1));
      if (size < smallest || size > largest) {
        throw new IllegalArgumentException(
            text + " is not between " + smallest + " and " + largest + " bytes");
      }
      return size;
    };
  }

  /** A DNS name in small letters (RFC 1123 §2.1), without a dot at its end. */
  static String hostName(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      if (!LABEL.matcher(label).matches() || name.length() > 253) {
        throw new IllegalArgumentException("not a host name: " + text + asciiForm(name));
      }
    }
    if (labels[labels.length - 1].chars().allMatch(Character::isDigit)) {
      throw new IllegalArgumentException(
          "an address is not a host name: browsers do not send it in TLS: " + text);
    }
    return name;
  }

  private static String asciiForm(String name) {
    if (name.startsWith("*.")) {
      return "; each host needs its own entry";
    }
    if (name.chars().allMatch(c -> c < 0x80) || name.length() > 253) {
      return "";
    }
    try {
      return "; write " + IDN.toASCII(name);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** {@code http://host:port}, {@code h2c://host:port} or {@code https://host}, nothing more. */
  static URI upstream(String text) {
    try {
      URI uri = new URI(text);
      boolean known = uri.getScheme() != null && UPSTREAM_SCHEMES.contains(uri.getScheme());
      boolean bare =
          uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
      String path = uri.getRawPath();
      if (known
          && bare
          && uri.getHost() != null
          && (path.isEmpty() || path.equals("/"))
          && uri.getPort() != 0
          && uri.getPort() <= 65535) {
        return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
      }
    } catch (URISyntaxException e) {
      // the same advice helps
    }
    throw new IllegalArgumentException(
        "an upstream is http://host:port, h2c://host:port or https://host:port and nothing more, not "
            + text);
  }

  static Pattern regex(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "not a regular expression: " + e.getDescription() + " at character " + e.getIndex(), e);
    }
  }

  /** Relative paths start where the file lies, wherever the program was started. */
  static Value.Format<Path> path(Path folder) {
    return text -> {
      if (text.isBlank() || text.startsWith("~")) {
        throw new IllegalArgumentException("a path is written out, without ~: " + text);
      }
      return folder.resolve(text).normalize();
    };
  }

  /** One of {@code words}. */
  static <T> Value.Format<T> word(Map<String, T> words) {
    return text -> {
      T value = words.get(text);
      if (value == null) {
        throw new IllegalArgumentException(
            "expected one of " + String.join(", ", words.keySet()) + ", not " + text);
      }
      return value;
    };
  }
}
