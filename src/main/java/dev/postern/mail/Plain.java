package dev.postern.mail;

/** Other people's text, made fit for a line of ours. */
final class Plain {
  private static final int LONGEST = 200;

  private Plain() {}

  /**
   * One line: what would end it, or is not seen and turns what is (controls, separators, marks of
   * direction), becomes a space.
   */
  static String line(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints().limit(LONGEST).map(c -> isSeen(c) ? c : ' ').forEach(line::appendCodePoint);
    return line.toString().replaceAll("\\s+", " ").strip();
  }

  static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
