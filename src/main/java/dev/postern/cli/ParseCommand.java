package dev.postern.cli;

import dev.postern.cli.verify.ParseQuestion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postern parse --batch}: whether bytes are what they are said to be. */
@Command(
    name = "parse",
    mixinStandardHelpOptions = true,
    description =
        "Say of each line of standard input whether its bytes are a certificate, CRL, CSR … or not.",
    footer = {
      "",
      "In:       {\"id\": …, \"der\": base64}",
      "Out:      {\"id\": …, \"result\": \"PARSED\" or \"REJECT\", \"reason\", \"detail\", \"ms\"}",
      "Example:  postern parse --batch --kind cert < in.jsonl > out.jsonl"
    })
final class ParseCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--batch", required = true, description = "Lines of JSON in, lines of JSON out.")
  @SuppressWarnings("UnusedVariable") // there is no other way yet, but one may come
  private boolean batch;

  @Option(
      names = "--kind",
      required = true,
      paramLabel = "KIND",
      description = "What they should be: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Kinds.class)
  private ParseQuestion.Kind kind = ParseQuestion.Kind.CERT;

  ParseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** As the contract writes them. */
  static final class Kinds extends LowerCaseNames {
    Kinds() {
      super(ParseQuestion.Kind.values());
    }
  }

  @Override
  public Integer call() {
    BatchInput.answer(new ParseQuestion(kind), terminal);
    return 0;
  }
}
