package dev.postern.cli;

import dev.postern.authority.Issuance;
import dev.postern.console.Views;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** What a command did, told to people, or with {@code --json} to programs. */
final class Result {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  boolean isJson() {
    return json;
  }

  /** {@code value}: maps and lists of text; {@code people} prints. */
  void tell(Terminal terminal, Supplier<?> value, Runnable people) {
    if (json) {
      terminal.print(Json.write(value.get()));
    } else {
      people.run();
    }
  }

  /** One that was just issued, as {@code list} has it. */
  static Map<String, Object> issued(Workspace workspace, Issuance.Issued issued) {
    return workspace
        .ledger()
        .withSerial(issued.certificate().serialNumber())
        .map(entry -> Views.json(entry, workspace.now()))
        .orElseGet(LinkedHashMap::new);
  }
}
