package dev.postern.cli.verify;

import dev.postern.x509.MalformedException;

/** What is asked of each line of a {@link Batch}. */
public interface Question {
  /** Answers one request; what is wrong with it comes back through {@link #refused}. */
  Answer answer(Fields request) throws Fields.BadRequestException, MalformedException;

  /** The answer that promises nothing, in the words of this question. */
  Answer refused(String reason, String detail);
}
