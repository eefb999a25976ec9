package dev.postern.cli;

import dev.postern.authority.Profile;
import dev.postern.x509.GeneralName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code postern issue server}: a certificate for a web server that is not ours (ours renew
 * themselves).
 */
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    description =
        "A certificate for another server; the gateway's own are made and renewed by themselves.",
    footer = {
      "",
      "Example:  postern issue server wiki.example.com --name dns:www.wiki.example.com --out wiki.pem"
    })
final class IssueServerCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private IssueOptions options = new IssueOptions();

  @Parameters(paramLabel = "HOST", description = "Its DNS name or IP address.")
  private String host = "";

  @Option(
      names = "--name",
      paramLabel = "KIND:VALUE",
      description = "Further names: dns:, ip:. May be repeated.")
  private List<String> names = new ArrayList<>();

  IssueServerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<GeneralName> all = new ArrayList<>(List.of(hostOrAddress(host)));
    all.addAll(IssueOptions.names(names));
    try (var workspace = Workspace.open(where, terminal);
        var bundle = Bundle.reserve(options, host, IssueOptions.Format.PEM)) {
      var issuing = new Issuing(terminal, workspace);
      issuing.withNewKey(
          workspace.authority(),
          options,
          bundle,
          Profile.SERVER,
          key -> Issuing.forHost(workspace.name(), all, key, options.validity()));
      return 0;
    }
  }

  static GeneralName hostOrAddress(String text) {
    try {
      return hostName(text);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("HOST: " + e.getMessage());
    }
  }

  /** What looks like an address is one; {@link IllegalArgumentException} when it is none then. */
  static GeneralName hostName(String text) {
    boolean address =
        text.contains(":") || text.chars().allMatch(c -> c == '.' || Character.isDigit(c));
    return address ? GeneralName.IpAddress.parse(text) : new GeneralName.DnsName(text);
  }
}
