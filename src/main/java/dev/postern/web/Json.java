package dev.postern.web;

/** Writes JSON strings (RFC 8259 §7); everything else of JSON that we write is a line of code. */
public final class Json {
  private static final String HEX = "0123456789abcdef";

  private Json() {}

  /** Appends {@code text} in quotes. */
  public static StringBuilder quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20
          || (c >= 0x7f && c < 0xa0)
          || Character.isSurrogate(c)
          || c == 0x2028
          || c == 0x2029) {
        out.append("\\u")
            .append(HEX.charAt(c >> 12))
            .append(HEX.charAt((c >> 8) & 15))
            .append(HEX.charAt((c >> 4) & 15))
            .append(HEX.charAt(c & 15));
      } else {
        out.append(c);
      }
    }
    return out.append('"');
  }

  /** Whether {@link #quote} adds nothing but the quotes, and all of it is ASCII. */
  public static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
