package dev.postern.path;

import java.util.EnumMap;
import java.util.Map;

/**
 * How much work one validation may cause. Everything in a request is chosen by a stranger, and some
 * have found chains that take a validator minutes; so the work is counted, and whoever spends it
 * all is refused.
 */
final class Budget {
  /** Certificates below the anchor. Real paths have two to four. */
  static final int MAX_PATH_LENGTH = 20;

  /** What costs time, and how often it may be done. */
  enum Work {
    /** 100 of them take a server 3 to 30 ms. */
    SIGNATURE(100, "signature checks"),
    /** A certificate held against another while building. */
    STEP(20_000, "candidate issuers"),
    /** A complete path judged. */
    PATH(50, "candidate paths"),
    /** 256 characters of a name held against a constraint (rustls/webpki allows as many). */
    COMPARISON(250_000, "name comparisons");

    private final int limit;
    private final String words;

    Work(int limit, String words) {
      this.limit = limit;
      this.words = words;
    }
  }

  private final Map<Work, Integer> done = new EnumMap<>(Work.class);

  /** The work is used up. */
  static final class SpentException extends Exception {
    private final String evidence;

    SpentException(String evidence) {
      super(evidence);
      this.evidence = evidence;
    }

    /** Which work, in plain words. */
    String evidence() {
      return evidence;
    }
  }

  void spend(Work work) throws SpentException {
    spend(work, 1);
  }

  void spend(Work work, int amount) throws SpentException {
    if (done.merge(work, amount, Integer::sum) > work.limit) {
      throw new SpentException(work.limit + " " + work.words + " were not enough");
    }
  }
}
