package dev.postern.cli;

import dev.postern.authority.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern issue device}: a certificate for a machine. */
@Command(
    name = "device",
    mixinStandardHelpOptions = true,
    description = "A certificate with which a machine signs in, by the name of a user made for it.",
    footer = {
      "",
      "Example:  postern issue device printer-1 --name dns:printer-1.example.com --out printer-1.pem"
    })
final class IssueDeviceCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private IssueOptions options = new IssueOptions();

  @Parameters(
      paramLabel = "USER",
      description = "Whose it is; postern user list shows who there is.")
  private String name = "";

  @Option(
      names = "--name",
      paramLabel = "KIND:VALUE",
      description = "Further names: dns:, ip:, uri:. May be repeated.")
  private List<String> names = new ArrayList<>();

  IssueDeviceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Issuing.toUser(
        terminal,
        where,
        options,
        Profile.DEVICE,
        name,
        Optional.empty(),
        IssueOptions.names(names));
    return 0;
  }
}
