package dev.postern.access;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request asks for. Back ends differ in how they read a path: some see a directory in {@code
 * %2F}, some drop {@code ;parameters}, merge {@code //}, overlook a slash at the end or decode
 * twice. A rule that looks at one reading is walked around with another, so a path has all its
 * {@link #readings}, and the Doorkeeper admits only what is allowed under every one of them.
 */
public record RequestTarget(String method, String host, String path, Set<String> readings) {
  private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");
  private static final Pattern ENCODED_SLASH = Pattern.compile("%2[Ff]");
  private static final Pattern PARAMETERS = Pattern.compile(";[^/]*");
  private static final Pattern SLASHES = Pattern.compile("/{2,}");

  /** Stands for an encoded slash in the reading that takes it for a letter. */
  private static final String LETTER_SLASH = "%EF%BC%8F";

  public RequestTarget {
    readings =
        readings.size() == 1
            ? Set.copyOf(readings)
            : Collections.unmodifiableSet(new LinkedHashSet<>(readings));
  }

  /**
   * Understands a raw path (without query). Empty when no honest client sends it: dot segments
   * (plain or encoded), backslashes, control characters, broken percent encoding, bytes that are
   * not UTF-8, methods in small letters.
   */
  public static Optional<RequestTarget> of(String method, String host, String rawPath) {
    if (!isMethod(method) || !rawPath.startsWith("/")) {
      return Optional.empty();
    }
    Set<String> readings = new LinkedHashSet<>();
    if (isPlain(rawPath)) {
      addWithoutLast(rawPath, readings);
    } else if (!addReadings(rawPath, readings)) {
      return Optional.empty();
    }
    return Optional.of(new RequestTarget(method, host, rawPath, readings));
  }

  /**
   * {@code [A-Z][A-Z-]*}: every registered method is written so; a back end may not care, hence
   * nothing else passes.
   */
  static boolean isMethod(String text) {
    if (text.isEmpty() || text.charAt(0) == '-') {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 'A' || c > 'Z') && c != '-') {
        return false;
      }
    }
    return true;
  }

  /**
   * The common case: single dots and slashes, and else what stands for itself: nothing to decode or
   * to doubt.
   */
  private static boolean isPlain(String path) {
    for (int i = 1; i < path.length(); i++) {
      char before = path.charAt(i - 1);
      boolean plain =
          switch (path.charAt(i)) {
            case '/', '.' -> before != '/' && before != '.';
            default -> isPlain(path.charAt(i));
          };
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  /** RFC 3986 §3.3's pchar, but the semicolon: parameters are dropped by some. */
  private static boolean isPlain(char c) {
    char lower = (char) (c | 0x20);
    return (lower >= 'a' && lower <= 'z')
        || (c >= '0' && c <= '9')
        || "-_~!$&'()*+,=:@".indexOf(c) >= 0;
  }

  /** Adds what {@code path} may mean; false when one meaning is not that of an honest path. */
  private static boolean addReadings(String path, Set<String> readings) {
    if (!addDecoded(path, readings)) {
      return false;
    }
    Matcher slash = ENCODED_SLASH.matcher(path);
    return !slash.find() || addDecoded(slash.replaceAll(LETTER_SLASH), readings);
  }

  private static boolean addDecoded(String path, Set<String> readings) {
    Optional<String> decoded = decode(path);
    return decoded.isPresent()
        && addWithParameters(decoded.get(), readings)
        && (decoded.get().indexOf('%') < 0
            || !ESCAPE.matcher(decoded.get()).find()
            || addWithParameters(decodeCarelessly(decoded.get()), readings));
  }

  private static boolean addWithParameters(String path, Set<String> readings) {
    return addWithSlashes(path, readings)
        && (path.indexOf(';') < 0
            || addWithSlashes(PARAMETERS.matcher(path).replaceAll(""), readings));
  }

  private static boolean addWithSlashes(String path, Set<String> readings) {
    if (hasDotSegment(path)) {
      return false;
    }
    addWithoutLast(path, readings);
    if (path.contains("//")) {
      addWithoutLast(SLASHES.matcher(path).replaceAll("/"), readings);
    }
    return true;
  }

  private static void addWithoutLast(String path, Set<String> readings) {
    readings.add(path);
    if (path.length() > 1 && path.endsWith("/")) {
      readings.add(path.substring(0, path.length() - 1));
    }
  }

  private static boolean hasDotSegment(String path) {
    if (path.indexOf('.') < 0) {
      return false;
    }
    for (String segment : path.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> decode(String path) {
    ByteBuffer out = ByteBuffer.allocate(path.length());
    boolean ascii = true;
    for (int i = 0; i < path.length(); i++) {
      int value = path.charAt(i);
      if (value == '%') {
        if (i + 2 >= path.length()
            || !HexFormat.isHexDigit(path.charAt(i + 1))
            || !HexFormat.isHexDigit(path.charAt(i + 2))) {
          return Optional.empty();
        }
        value = Integer.parseInt(path, i + 1, i + 3, 16);
        i += 2;
      } else if (value == '?' || value == '#') {
        return Optional.empty();
      }
      if (value < 0x20 || value == 0x7f || value > 0xff || value == '\\') {
        return Optional.empty();
      }
      ascii &= value < 0x80;
      out.put((byte) value);
    }
    if (ascii) {
      return Optional.of(StandardCharsets.US_ASCII.decode(out.flip()).toString());
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** As a back end would that decodes what was decoded already, and is pleased with anything. */
  private static String decodeCarelessly(String decoded) {
    byte[] in = decoded.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      out.put(low < 0 ? in[i] : (byte) ((high << 4) | low));
      i += low < 0 ? 0 : 2;
    }
    return new String(out.array(), 0, out.position(), StandardCharsets.UTF_8).replace('\\', '/');
  }
}
