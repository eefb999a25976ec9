package dev.postern.keys;

import java.nio.file.Path;

/**
 * A key file that could not be read or written. The message is one sentence that names the file and
 * is for people; {@link #reason} is for programs, which may ask for the passphrase again.
 */
public final class KeyFileException extends Exception {
  /** What went wrong, coarsely. */
  public enum Reason {
    ALREADY_EXISTS,
    MALFORMED,
    MISSING,
    PASSPHRASE_NEEDED,
    TOO_LARGE,
    UNREADABLE,
    UNSUPPORTED,
    UNWRITABLE,
    WRONG_PASSPHRASE
  }

  private final Reason reason;

  KeyFileException(Path file, Problem problem) {
    super(file + " " + problem.predicate(), problem);
    this.reason = problem.reason();
  }

  public Reason reason() {
    return reason;
  }

  /**
   * What is wrong with some bytes, before anybody says which file they came from: the sentence
   * without its subject ({@code is cut off}).
   */
  static final class Problem extends Exception {
    private final Reason reason;
    private final String predicate;

    Problem(Reason reason, String predicate) {
      super(predicate);
      this.reason = reason;
      this.predicate = predicate;
    }

    Reason reason() {
      return reason;
    }

    String predicate() {
      return predicate;
    }
  }
}
