package dev.postern.cli;

import dev.postern.authority.StatusChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code postern suspend}: a certificate is refused until it is released. */
@Command(
    name = "suspend",
    mixinStandardHelpOptions = true,
    description =
        "Suspend certificates (certificateHold): refused from the next request on, until postern release.",
    footer = {"", "Example:  postern suspend alice", "          postern suspend 5e0c91d2"})
final class SuspendCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private Statuses statuses = new Statuses();

  SuspendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    statuses.change(terminal, new StatusChange.Suspend(), "Suspended", _ -> "Suspended before:");
    return 0;
  }
}
