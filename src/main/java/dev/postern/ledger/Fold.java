package dev.postern.ledger;

/**
 * Lower case for A to Z alone. Unicode's own folding would make the Kelvin sign a k, and so one
 * user's certificate another's.
 */
final class Fold {
  private Fold() {}

  static String ascii(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return folded.toString();
  }
}
