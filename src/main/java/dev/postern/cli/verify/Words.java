package dev.postern.cli.verify;

import dev.postern.path.PathProblem;
import dev.postern.revocation.PathStatus;

/** Verdicts in plain words, for {@code postern verify}. */
public final class Words {
  private Words() {}

  /** What the code means, as a sentence about a certificate. */
  public static String meaning(PathProblem.Code code) {
    return switch (code) {
      case EXPIRED -> "a certificate has run out";
      case NOT_YET_VALID -> "a certificate is not valid yet";
      case UNTRUSTED_ISSUER -> "nobody who is trusted vouches for it";
      case WRONG_PURPOSE -> "a certificate is made for another purpose";
      case NAME_MISMATCH -> "it is not for this name";
      case NAME_NOT_PERMITTED -> "a CA above it may not certify this name";
      case PATH_TOO_LONG -> "more CAs stand between it and the root than are allowed";
      case POLICY_NOT_MET -> "it is not issued under a policy that was asked for";
      case NOT_A_CA -> "it was issued by somebody who is no CA";
      case WEAK_ALGORITHM -> "a signature or a key is too weak to be believed";
      case UNKNOWN_CRITICAL_EXTENSION ->
          "a certificate makes a demand that nobody here understands";
      case NOT_CONFORMING -> "a certificate breaks a rule of the standard";
      case MALFORMED -> "a certificate is damaged";
      case BAD_SIGNATURE -> "a signature is false";
      case TOO_MUCH_WORK -> "it takes more work to verify than anybody honest asks for";
    };
  }

  /** What to do about it. */
  public static String advice(PathProblem.Code code) {
    return switch (code) {
      case EXPIRED -> "issue it anew: postern renew";
      case NOT_YET_VALID -> "check the clock of this machine, or wait";
      case UNTRUSTED_ISSUER ->
          "name the root with --ca, and the CAs between with --intermediate or in the file itself";
      case WRONG_PURPOSE -> "ask for another --purpose, or issue one with the right profile";
      case NAME_MISMATCH -> "postern inspect shows the names it has";
      case NAME_NOT_PERMITTED, PATH_TOO_LONG, NOT_A_CA, POLICY_NOT_MET ->
          "only the CA that issued it can mend this, with another certificate";
      case WEAK_ALGORITHM -> "make a new key (P-256, or RSA with 2048 bits) and a new certificate";
      case UNKNOWN_CRITICAL_EXTENSION, NOT_CONFORMING ->
          "issue it anew; postern issue keeps to the standard";
      case MALFORMED, BAD_SIGNATURE -> "fetch it again from where it came";
      case TOO_MUCH_WORK -> "leave out of the file what does not belong to its chain";
    };
  }

  public static String revoked(PathStatus.Revoked status) {
    return status.certificate()
        + " was revoked at "
        + status.how().revocationTime()
        + " ("
        + status.how().reason().word()
        + ")";
  }
}
