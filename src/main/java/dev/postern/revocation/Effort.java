package dev.postern.revocation;

import java.util.EnumMap;
import java.util.Map;

/**
 * How much work one question may cause. CRLs, responses and the certificates that signed them may
 * come from strangers, in any number; so the work is counted, and what is not found in time is
 * unknown.
 */
final class Effort {
  /** What costs time, and how often it may be done. */
  enum Work {
    /** Signatures of CRLs and responses; a large CRL counts for more, see {@link #spendOn}. */
    SIGNATURE(200, "signature checks"),
    /** A CRL or response held against a certificate. */
    STEP(50_000, "candidate CRLs and responses"),
    /** Paths to those who signed. */
    PATH(20, "paths to signers");

    private final int limit;
    private final String words;

    Work(int limit, String words) {
      this.limit = limit;
      this.words = words;
    }
  }

  /** Hashing this many octets takes as long as ten signatures. */
  private static final int OCTETS_PER_SIGNATURE = 1024 * 1024;

  private final Map<Work, Integer> done = new EnumMap<>(Work.class);

  /** The work is used up. */
  static final class SpentException extends Exception {
    SpentException(String evidence) {
      super(evidence);
    }

    /** Which work, in plain words. */
    String evidence() {
      return String.valueOf(getMessage());
    }
  }

  void spend(Work work) throws SpentException {
    spend(work, 1);
  }

  /** One signature over {@code octets}. */
  void spendOn(int octets) throws SpentException {
    spend(Work.SIGNATURE, 1 + octets / OCTETS_PER_SIGNATURE);
  }

  private void spend(Work work, int amount) throws SpentException {
    if (done.merge(work, amount, Integer::sum) > work.limit) {
      throw new SpentException(work.limit + " " + work.words + " were not enough");
    }
  }
}
