package dev.postern.cli;

import dev.postern.authority.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern issue client}: a certificate for a person. */
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    description = "A certificate with which a person signs in.",
    footer = {"", "Example:  postern issue client alice --device \"work laptop\" --out alice.p12"})
final class IssueClientCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private IssueOptions options = new IssueOptions();

  @Parameters(
      paramLabel = "USER",
      description = "Whose it is; postern user list shows who there is.")
  private String name = "";

  @Option(
      names = "--device",
      paramLabel = "TEXT",
      description = "On which device it will be: shown in browsers' pickers.")
  private @Nullable String device;

  @Option(
      names = "--name",
      paramLabel = "KIND:VALUE",
      description = "Further names: email:, upn:, uri:. May be repeated.")
  private List<String> names = new ArrayList<>();

  IssueClientCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Issuing.toUser(
        terminal,
        where,
        options,
        Profile.CLIENT,
        name,
        Optional.ofNullable(device),
        IssueOptions.names(names));
    return 0;
  }
}
