package dev.postern.cli;

import dev.postern.cli.verify.Pkcs12Question;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postern p12 inspect --batch}: whether passwords open PKCS#12 files. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Say of each line of standard input whether its password opens its PKCS#12 file.",
    footer = {
      "",
      "In:       {\"id\": …, \"p12\": base64, \"password\": …}",
      "Out:      {\"id\": …, \"result\": \"OPEN\" or \"REJECT\", \"reason\", \"detail\", \"ms\"}",
      "Example:  postern p12 inspect --batch < in.jsonl > out.jsonl"
    })
final class Pkcs12InspectCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--batch", required = true, description = "Lines of JSON in, lines of JSON out.")
  @SuppressWarnings("UnusedVariable") // there is no other way yet, but one may come
  private boolean batch;

  Pkcs12InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    BatchInput.answer(new Pkcs12Question(), terminal);
    return 0;
  }
}
