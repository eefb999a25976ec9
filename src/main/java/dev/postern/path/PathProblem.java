package dev.postern.path;

import dev.postern.x509.Certificate;

/**
 * Why a certificate cannot be believed: a stable code, the certificate it concerns, and what was
 * seen.
 */
public record PathProblem(Code code, Certificate certificate, String evidence) {
  /** The reasons, in the words that logs, problem documents and {@code verify} use. */
  public enum Code {
    EXPIRED("expired"),
    NOT_YET_VALID("not-yet-valid"),
    UNTRUSTED_ISSUER("untrusted-issuer"),
    WRONG_PURPOSE("wrong-purpose");

    private final String word;

    Code(String word) {
      this.word = word;
    }

    /** Stable across releases. */
    public String word() {
      return word;
    }
  }
}
