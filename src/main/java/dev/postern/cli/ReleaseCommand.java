package dev.postern.cli;

import dev.postern.authority.StatusChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code postern release}: the end of a suspension. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Let suspended certificates in again. What was revoked stays revoked.",
    footer = {"", "Example:  postern release alice", "          postern release 5e0c91d2"})
final class ReleaseCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private Statuses statuses = new Statuses();

  ReleaseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    statuses.change(terminal, new StatusChange.Release(), "Released", _ -> "Was not suspended:");
    return 0;
  }
}
