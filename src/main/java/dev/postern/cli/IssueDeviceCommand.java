package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.authority.Profile;
import dev.postern.x509.GeneralName;
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
    List<GeneralName> further = IssueOptions.names(names);
    try (var workspace = Workspace.open(where, terminal);
        var bundle = Bundle.reserve(options, name, IssueOptions.Format.P12)) {
      var issuing = new Issuing(terminal, workspace);
      User user = issuing.enabledUser(name);
      issuing.withNewKey(
          workspace.authority(),
          options,
          bundle,
          Profile.DEVICE,
          key ->
              issuing.forUser(
                  Profile.DEVICE, user, Optional.empty(), further, key, options.validity()));
      return 0;
    }
  }
}
