package dev.postern.cli.export;

import dev.postern.access.PathPattern;

/**
 * The paths of a rule as regular expressions that PCRE and RE2 read alike.
 *
 * @param exact the path as the rule writes it
 * @param tolerant with a slash more at the end, too, and meant to be compared without case: some
 *     back ends read it so
 * @param isWhole false where the pattern holds letters beyond ASCII, whose cases these servers do
 *     not know; then everything that begins like it is meant
 */
public record PathRegex(String exact, String tolerant, boolean isWhole) {
  private static final String ANYTHING = "[\\s\\S]*";

  static PathRegex of(PathPattern pattern) {
    String text = pattern.text();
    int foreign = 0;
    while (foreign < text.length() && text.charAt(foreign) < 0x80) {
      foreign++;
    }
    if (foreign < text.length()) {
      String beginning = Quoting.regex(text.substring(0, foreign)) + ANYTHING;
      return new PathRegex(beginning, beginning, false);
    }
    if (text.endsWith("/**")) {
      String below = Quoting.regex(text.substring(0, text.length() - 3)) + "(?:/" + ANYTHING + ")?";
      return new PathRegex(below, below, true);
    }
    if (text.endsWith("/*")) {
      String child = Quoting.regex(text.substring(0, text.length() - 1)) + "[^/]+";
      return new PathRegex(child, child + "/?", true);
    }
    String same = Quoting.regex(text);
    return new PathRegex(same, same + "/?", true);
  }

  /**
   * A raw request target that two readers could read differently: encoded slashes, dots as
   * segments, parameters, empty segments, control characters, what is encoded twice. The gateway
   * weighs every reading; these servers know one, so they refuse it.
   */
  static final String DOUBTFUL =
      "[^?]*(?:%(?:[01][0-9a-f]|2f|5c|3b|3f|23|7f|25[0-9a-f%])|%[0-9a-f]?(?:[^0-9a-f]|$)"
          + "|[;\\x5c\\x23]|//|/(?:[.]|%2e)+(?:/|[? ]|$))";
}
