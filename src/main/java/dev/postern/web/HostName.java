package dev.postern.web;

import java.util.Locale;
import java.util.Optional;

/**
 * The host of a Host header or :authority (RFC 9110 §7.2, {@code uri-host [ ":" port ]}), in lower
 * case and without its port.
 */
public final class HostName {
  private static final int MAX_LENGTH = 255;

  private HostName() {}

  /**
   * Empty when it is not one: user info, spaces, percent signs, an empty name, a port that is none.
   */
  public static Optional<String> parse(String authority) {
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    if (end < 0) {
      end = authority.length();
    }
    if (end == 0 || end > MAX_LENGTH || !isPort(authority, end)) {
      return Optional.empty();
    }
    boolean literal = authority.charAt(0) == '[';
    if (literal && end < 4) {
      return Optional.empty();
    }
    boolean lower = true;
    for (int i = literal ? 1 : 0; i < (literal ? end - 1 : end); i++) {
      char c = authority.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && (literal ? c != ':' && c != '.' : c != '-' && c != '.' && c != '_')) {
        return Optional.empty();
      }
      lower &= c < 'A' || c > 'Z';
    }
    String host = end == authority.length() ? authority : authority.substring(0, end);
    return Optional.of(lower ? host : host.toLowerCase(Locale.ROOT));
  }

  private static boolean isPort(String authority, int colon) {
    if (colon == authority.length()) {
      return true;
    }
    if (authority.charAt(colon) != ':' || authority.length() - colon > 6) {
      return false;
    }
    for (int i = colon + 1; i < authority.length(); i++) {
      if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
