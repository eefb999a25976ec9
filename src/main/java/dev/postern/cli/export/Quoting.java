package dev.postern.cli.export;

import java.nio.charset.StandardCharsets;

/** Text that other grammars cannot misunderstand. */
final class Quoting {
  private Quoting() {}

  /**
   * A regular expression that means {@code text} and nothing else. What is no letter, digit or one
   * of {@code /_-} becomes {@code \xHH}, so no quoting rule of any server meets a special
   * character.
   */
  static String regex(String text) {
    StringBuilder out = new StringBuilder(text.length() * 2);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isAlphanumeric(c) || c == '/' || c == '_' || c == '-') {
        out.append(c);
      } else {
        out.append(String.format("\\x%02x", (int) c));
      }
    }
    return out.toString();
  }

  /** Between double quotes in nginx, whose {@code \n} would be a new line. */
  static String nginx(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** A header's value, with percent signs for what is neither letter, digit nor {@code ._@+-}. */
  static String percent(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isAlphanumeric(c) || "._@+-".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append(String.format("%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  private static boolean isAlphanumeric(char c) {
    char lower = (char) (c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
  }

  /** Somebody's text in a comment: one line of visible ASCII. */
  static String comment(String text) {
    return text.replace("→", "->").replaceAll("[^ -~]", "?");
  }
}
