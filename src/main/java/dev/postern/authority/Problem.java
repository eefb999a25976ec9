package dev.postern.authority;

/**
 * One thing wrong with a request: the field, in the standard's or the command's words, and the
 * reason in a sentence.
 */
public record Problem(String field, String reason) {
  @Override
  public String toString() {
    return field + ": " + reason;
  }
}
