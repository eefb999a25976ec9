package dev.postern.path;

import dev.postern.x509.Certificate;

/**
 * Why a certificate cannot be believed: a stable code, the certificate it concerns, and what was
 * seen.
 */
public record PathProblem(Code code, Certificate certificate, String evidence) {
  /**
   * The reasons, in the words that logs, problem documents and {@code verify} use. When a path has
   * several problems the one declared first is told: what its holder can do something about.
   */
  public enum Code {
    EXPIRED("expired"),
    NOT_YET_VALID("not-yet-valid"),
    UNTRUSTED_ISSUER("untrusted-issuer"),
    WRONG_PURPOSE("wrong-purpose"),
    /** None of the certificate's subjectAltNames is the name that was asked for. */
    NAME_MISMATCH("name-mismatch"),
    /** A CA above was not allowed to certify this name (RFC 5280 §4.2.1.10). */
    NAME_NOT_PERMITTED("name-not-permitted"),
    /** More CAs below a CA, or below the anchor, than was allowed. */
    PATH_TOO_LONG("path-too-long"),
    /** No certificate policy is left that everybody on the path agrees to. */
    POLICY_NOT_MET("policy-not-met"),
    /** It issued a certificate without being a CA. */
    NOT_A_CA("not-a-ca"),
    /** A signature or key too weak, or of a kind we do not use. */
    WEAK_ALGORITHM("weak-algorithm"),
    UNKNOWN_CRITICAL_EXTENSION("unknown-critical-extension"),
    /** Breaks a MUST of the profile it was judged by. */
    NOT_CONFORMING("not-conforming"),
    /** An extension that is not what its number says. */
    MALFORMED("malformed"),
    /** The issuer named is known, but its key did not make this signature. */
    BAD_SIGNATURE("bad-signature"),
    /** The work allowed was used up before an answer was found. */
    TOO_MUCH_WORK("too-much-work");

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
