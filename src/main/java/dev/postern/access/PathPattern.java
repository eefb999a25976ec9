package dev.postern.access;

/**
 * {@code /health} is that path alone, {@code /admin/**} is {@code /admin} and everything below it,
 * {@code /img/*} one segment below {@code /img}, {@code /**} everything.
 */
public record PathPattern(String text) {
  public static final PathPattern EVERYTHING = new PathPattern("/**");

  public PathPattern {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash: " + text);
    }
    String fixed = text.endsWith("/**") ? text.substring(0, text.length() - 3) : text;
    fixed = fixed.endsWith("/*") ? fixed.substring(0, fixed.length() - 2) : fixed;
    if (fixed.contains("*")) {
      throw new IllegalArgumentException(
          "a path may end in /* or /**, a star elsewhere is not understood: " + text);
    }
    if (text.contains("?") || text.contains("#")) {
      throw new IllegalArgumentException(
          "rules look at the path only, not at a query or fragment: " + text);
    }
  }

  /** {@code path} is decoded and normal: one of {@link RequestTarget#readings}. */
  boolean matches(String path) {
    if (text.endsWith("/**")) {
      String prefix = text.substring(0, text.length() - 3);
      return path.startsWith(prefix)
          && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }
    if (text.endsWith("/*")) {
      String prefix = text.substring(0, text.length() - 1);
      return path.startsWith(prefix)
          && path.length() > prefix.length()
          && path.indexOf('/', prefix.length()) < 0;
    }
    return path.equals(text);
  }
}
