package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern release}: the end of a suspension. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Let suspended certificates in again. What was revoked stays revoked.",
    footer = {"", "Example:  postern release alice", "          postern release 5e0c91d2"})
final class ReleaseCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private CertificateChoice choice = new CertificateChoice();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ReleaseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var wish = new StatusChange.Release();
    try (var workspace = Workspace.open(where, terminal)) {
      List<Entry> entries = choice.entries(workspace, wish);
      var statuses = new Statuses(terminal, workspace);
      Revocation.Done done = statuses.change(entries, wish);
      if (json) {
        statuses.printJson(done);
      } else {
        statuses.print(done, "Released", _ -> "Was not suspended:");
      }
    }
    return 0;
  }
}
