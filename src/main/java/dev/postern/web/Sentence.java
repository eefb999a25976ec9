package dev.postern.web;

import java.util.regex.Pattern;

/**
 * What programs are told, as it stands on a page: {@code look for a typing error} becomes {@code
 * Look for a typing error.}
 */
public final class Sentence {
  /** A word, and not the name of a field or option, which stays as it has to be typed. */
  private static final Pattern WORD = Pattern.compile("\\p{Ll}+[ ,;](?s:.*)");

  private Sentence() {}

  public static String of(String detail) {
    if (detail.isEmpty()) {
      return detail;
    }
    String begun =
        WORD.matcher(detail).matches()
            ? Character.toUpperCase(detail.charAt(0)) + detail.substring(1)
            : detail;
    return Character.isLetterOrDigit(begun.charAt(begun.length() - 1)) ? begun + "." : begun;
  }
}
