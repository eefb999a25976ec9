package dev.postern.gateway;

import java.util.regex.Pattern;

/** What a client wrote, as the access log has it: entries wait in memory for a slow disk. */
final class LoggedText {
  private static final int MAX = 1024;

  /** 128 bits in base 32. */
  private static final Pattern ONE_TIME_CODE = Pattern.compile("(?i)[a-z2-7]{26}");

  private LoggedText() {}

  /** As much as a log needs. */
  static String beginning(String text) {
    return text.length() <= MAX ? text : text.substring(0, MAX) + "…";
  }

  /** What the guard refused has no site; whatever looks like a one-time code is left out. */
  static String unreadable(String uri) {
    return beginning(ONE_TIME_CODE.matcher(uri).replaceAll("…"));
  }
}
