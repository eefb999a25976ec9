package dev.postern.cli;

import dev.postern.web.Natives;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code postern serve}: the gateway. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Run the gateway: sites, rules and trust as the configuration file says.",
      "A changed file, or SIGHUP, is read at once; when something is wrong with it, the old one stays in force.",
      "SIGTERM and Ctrl-C let requests in flight finish."
    },
    footer = {"", "Example:  postern serve --passphrase-file /run/credentials/postern-passphrase"})
final class ServeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Natives.loadAhead();
    try (var workspace = Workspace.openToServe(where, terminal);
        var serving = Serving.start(workspace, terminal)) {
      serving.sayWhere();
      serving.untilStopped();
    }
    return 0;
  }
}
