package dev.postern.revocation;

import java.util.Arrays;
import java.util.Optional;

/**
 * Why a certificate was revoked (RFC 5280 §5.3.1); the numbers are those of the standard, which has
 * no 7.
 */
public enum CrlReason {
  UNSPECIFIED(0, "unspecified"),
  KEY_COMPROMISE(1, "keyCompromise"),
  CA_COMPROMISE(2, "cACompromise"),
  AFFILIATION_CHANGED(3, "affiliationChanged"),
  SUPERSEDED(4, "superseded"),
  CESSATION_OF_OPERATION(5, "cessationOfOperation"),
  /** Suspended: the one reason that can be taken back. */
  CERTIFICATE_HOLD(6, "certificateHold"),
  /** Only in delta CRLs: a hold that ended. */
  REMOVE_FROM_CRL(8, "removeFromCRL"),
  PRIVILEGE_WITHDRAWN(9, "privilegeWithdrawn"),
  AA_COMPROMISE(10, "aACompromise");

  private final int code;
  private final String word;

  CrlReason(int code, String word) {
    this.code = code;
    this.word = word;
  }

  public int code() {
    return code;
  }

  /** The standard's own word. */
  public String word() {
    return word;
  }

  /** Empty for a number that the standard does not know. */
  public static Optional<CrlReason> of(int code) {
    return Arrays.stream(values()).filter(reason -> reason.code == code).findFirst();
  }

  /** By the standard's word, in any case. */
  public static Optional<CrlReason> named(String word) {
    return Arrays.stream(values()).filter(reason -> reason.word.equalsIgnoreCase(word)).findFirst();
  }
}
