package dev.postern.access;

import java.util.List;

/**
 * {@code /health} is that path alone, {@code /admin/**} is {@code /admin} and everything below it,
 * {@code /img/*} one segment below {@code /img}, {@code /**} everything.
 */
public record PathPattern(String text) {
  /** What no reading of a path contains: a pattern with it would never match, and never protect. */
  private static final List<String> NEVER_SEEN =
      List.of("//", "/./", "/../", "\\", ";", "%", "?", "#");

  public static final PathPattern EVERYTHING = new PathPattern("/**");

  public PathPattern {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash: " + text);
    }
    String fixed = fixed(text);
    if (fixed.contains("*")) {
      throw new IllegalArgumentException(
          "a path may end in /* or /**, a star elsewhere is not understood: " + text);
    }
    if (NEVER_SEEN.stream().anyMatch((fixed + "/")::contains) && !text.equals("/")) {
      throw new IllegalArgumentException(
          "a rule looks at the decoded path, without query, parameters, dot segments or a slash"
              + " too many (for a folder write /folder/**): "
              + text);
    }
  }

  private static String fixed(String text) {
    if (text.endsWith("/**")) {
      return text.substring(0, text.length() - 3);
    }
    return text.endsWith("/*") ? text.substring(0, text.length() - 2) : text;
  }

  /** {@code path} is decoded and normal: one of {@link RequestTarget#readings}. */
  boolean matches(String path) {
    return matches(path, false);
  }

  boolean matchesInAnyCase(String path) {
    return matches(path, true);
  }

  private boolean matches(String path, boolean anyCase) {
    boolean deep = text.endsWith("/**");
    boolean flat = text.endsWith("/*");
    int fixed = text.length() - (deep ? 3 : flat ? 2 : 0);
    if (!path.regionMatches(anyCase, 0, text, 0, fixed)) {
      return false;
    }
    boolean ends = path.length() == fixed;
    if (deep) {
      return ends || path.charAt(fixed) == '/';
    }
    return flat ? path.length() > fixed + 1 && path.lastIndexOf('/') == fixed : ends;
  }
}
