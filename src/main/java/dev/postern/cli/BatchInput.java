package dev.postern.cli;

import dev.postern.cli.verify.Batch;
import dev.postern.cli.verify.Question;
import java.io.IOException;

/** Standard input, line by line. */
final class BatchInput {
  private BatchInput() {}

  /** Answers every line on standard output. */
  static void answer(Question question, Terminal terminal) {
    try {
      new Batch(question, terminal.out()).run(terminal.in());
    } catch (IOException e) {
      throw CommandFailure.usage("standard input cannot be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.fault("interrupted");
    }
  }
}
