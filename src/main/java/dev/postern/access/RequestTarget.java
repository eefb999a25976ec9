package dev.postern.access;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a request asks for. Back ends differ in how they read a path: some see a directory in {@code
 * %2F}, some drop {@code ;parameters}, some merge {@code //}. A rule that looks at one reading is
 * walked around with another, so a path has all its {@link #readings}, and the Doorkeeper admits
 * only what is allowed under every one of them.
 */
public record RequestTarget(String method, String host, String path, Set<String> readings) {
  public RequestTarget {
    readings = Set.copyOf(readings);
  }

  /**
   * Understands a raw path (without query). Empty when no honest client sends it: dot segments
   * (plain or encoded), backslashes, control characters, broken percent encoding, bytes that are
   * not UTF-8.
   */
  public static Optional<RequestTarget> of(String method, String host, String rawPath) {
    if (isPlain(rawPath)) {
      return Optional.of(new RequestTarget(method, host, rawPath, Set.of(rawPath)));
    }
    Optional<String> decoded = decode(rawPath);
    Optional<String> slashesKept =
        decode(rawPath.replaceAll("(?i)%2f", "%EF%BC%8F")); // a segment that holds a slash
    if (decoded.isEmpty() || slashesKept.isEmpty() || !rawPath.startsWith("/")) {
      return Optional.empty();
    }
    Set<String> readings = new LinkedHashSet<>();
    for (String reading : new String[] {decoded.get(), slashesKept.get()}) {
      String bare = reading.replaceAll(";[^/]*", "");
      for (String each : new String[] {reading, bare}) {
        if (hasDotSegment(each)) {
          return Optional.empty();
        }
        readings.add(each);
        readings.add(each.replaceAll("/{2,}", "/"));
      }
    }
    return Optional.of(new RequestTarget(method, host, rawPath, readings));
  }

  /**
   * The common case: letters, digits, {@code - _ ~ /} and single dots, nothing to decode or to
   * doubt.
   */
  private static boolean isPlain(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return false;
    }
    for (int i = 1; i < path.length(); i++) {
      char before = path.charAt(i - 1);
      boolean plain =
          switch (path.charAt(i)) {
            case '/' -> before != '/' && before != '.';
            case '.' -> before != '/' && before != '.';
            default -> isUnreserved(path.charAt(i));
          };
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnreserved(char c) {
    char lower = (char) (c | 0x20);
    return (lower >= 'a' && lower <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '~';
  }

  private static boolean hasDotSegment(String path) {
    for (String segment : path.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> decode(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer out = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int value = bytes[i] & 0xff;
      if (value == '%') {
        int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
        int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
        if (low < 0) {
          return Optional.empty();
        }
        value = (high << 4) | low;
        i += 2;
      }
      if (value < 0x20 || value == 0x7f || value == '\\') {
        return Optional.empty();
      }
      out.put((byte) value);
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
