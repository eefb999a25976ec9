package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.StatusChange;
import dev.postern.cli.inspect.Finding;
import dev.postern.cli.inspect.Inspector;
import dev.postern.console.Views;
import dev.postern.ledger.Event;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern show}: one issued certificate in full. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show one issued certificate, by its serial number or the end of it.",
    footer = {
      "",
      "Example:  postern show 5e0c91d2",
      "          postern show --pem 5e0c91d2 > alice.pem"
    })
final class ShowCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(paramLabel = "SERIAL", description = "As postern list shows it.")
  private String serial = "";

  @Option(names = "--pem", description = "Print the certificate itself.")
  private boolean pem;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      Entry entry = workspace.issued(serial);
      if (pem) {
        terminal.out().print(Pem.write(entry.certificate()));
        terminal.out().flush();
      } else if (json) {
        terminal.print(Json.write(Views.whole(entry, workspace.ledger(), workspace.now())));
      } else {
        print(entry, workspace);
      }
    }
    return 0;
  }

  private void print(Entry entry, Workspace workspace) {
    byte[] der = entry.certificate().der().toArray();
    try {
      for (Finding finding : new Inspector(workspace.now(), Optional.empty()).inspect(der)) {
        new FindingPrinter(terminal).print(finding);
      }
    } catch (MalformedException e) {
      throw new IllegalStateException("the ledger holds what is no certificate", e);
    }
    terminal.print(
        "Issued on "
            + entry.issuedAt()
            + " with profile "
            + entry.profile()
            + ", asked for by "
            + entry.requester().name());
    entry
        .revoked()
        .ifPresent(how ->
            terminal.print(
                (StatusChange.isHold(how) ? "Suspended since " : "Revoked since ")
                    + how.revocationTime()
                    + ", "
                    + how.reason().word()));
    String hex = entry.certificate().serialNumber().hex();
    terminal.print(
        workspace
            .ledger()
            .signIns()
            .lastUse(hex)
            .map(use -> "Last used on " + use.at() + " from " + use.address())
            .orElse("Never used at the gateway, or longer ago than sign-ins are kept"));
    terminal.print("");
    terminal.print("History");
    for (Event event : workspace.ledger().events().about(hex)) {
      terminal.print(
          "  "
              + event.at().truncatedTo(ChronoUnit.SECONDS)
              + "  "
              + event.kind()
              + "  by "
              + event.who());
    }
  }
}
