package dev.postern.web;

/** The character classes of HTTP, as tables: every byte of every request is looked up here. */
final class HttpSyntax {
  private static final byte TOKEN = 1;
  private static final byte FIELD = 2;
  private static final byte TARGET = 4;
  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      // tchar (RFC 9110 §5.6.2)
      boolean letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (letterOrDigit || (c < 0x80 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0)) {
        CLASSES[c] |= TOKEN;
      }
      // field-vchar, SP and HTAB (RFC 9110 §5.5): no NUL, CR, LF or other control
      if (c == '\t' || (c >= 0x20 && c != 0x7f)) {
        CLASSES[c] |= FIELD;
      }
      // What may stand in a request target: visible ASCII, and no fragment (RFC 9112 §3.2)
      if (c > 0x20 && c < 0x7f && c != '#') {
        CLASSES[c] |= TARGET;
      }
    }
  }

  private HttpSyntax() {}

  static boolean isToken(byte c) {
    return (CLASSES[c & 0xff] & TOKEN) != 0;
  }

  static boolean isField(byte c) {
    return (CLASSES[c & 0xff] & FIELD) != 0;
  }

  static boolean isTarget(byte c) {
    return (CLASSES[c & 0xff] & TARGET) != 0;
  }

  static boolean isTarget(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7f || !isTarget((byte) c)) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isToken(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7f || !isToken((byte) c)) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
