package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern suspend}: a certificate is refused until it is released. */
@Command(
    name = "suspend",
    mixinStandardHelpOptions = true,
    description =
        "Suspend certificates (certificateHold): refused from the next request on, until postern release.",
    footer = {"", "Example:  postern suspend alice", "          postern suspend 5e0c91d2"})
final class SuspendCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private CertificateChoice choice = new CertificateChoice();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  SuspendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var wish = new StatusChange.Suspend();
    try (var workspace = Workspace.open(where, terminal)) {
      List<Entry> entries = choice.entries(workspace, wish);
      var statuses = new Statuses(terminal, workspace);
      Revocation.Done done = statuses.change(entries, wish);
      if (json) {
        statuses.printJson(done);
      } else {
        statuses.print(done, "Suspended", _ -> "Suspended before:");
      }
    }
    return 0;
  }
}
