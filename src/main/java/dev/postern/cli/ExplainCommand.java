package dev.postern.cli;

import dev.postern.access.Doorkeeper;
import dev.postern.access.Latecomers;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.access.User;
import dev.postern.authority.Ledger.Entry;
import dev.postern.config.PosternConfig;
import dev.postern.web.Reasoning;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern explain}: what the gateway would answer, and why. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Say whether the gateway would let a certificate or a user in at an address, and why.",
    footer = {
      "",
      "Example:  postern explain --cert alice.pem https://wiki.example.com/admin",
      "          postern explain --user alice --method POST https://wiki.example.com/",
      "          postern explain https://wiki.example.com/health    # without a certificate"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "URL", description = "What is asked for.")
  private String url = "";

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Shown with it: PEM or DER, with the CAs between if the browser sends them.")
  private @Nullable Path certificate;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Instead of a certificate: whether the rules let this user in.")
  private @Nullable String user;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "The request's method (default: ${DEFAULT-VALUE}).")
  private String method = "GET";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("postern.yaml");

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (certificate != null && user != null) {
      throw CommandFailure.usage("--cert and --user exclude each other");
    }
    RequestTarget target = target();
    List<Certificate> chain = certificate == null ? List.of() : InputFile.certificates(certificate);
    try (var workspace = Workspace.open(config, terminal)) {
      Door site = site(workspace.config(), target);
      return tell(
          user == null
              ? byCertificate(workspace, site, target, chain).about(owner(workspace, chain))
              : byUser(workspace, site, target, user));
    }
  }

  /** A site, or one of Postern's own hosts. */
  private record Door(String host, List<Rule> rules, Latecomers latecomers) {}

  private static Door site(PosternConfig config, RequestTarget target) {
    List<Door> all =
        Stream.concat(
                config.sites().stream()
                    .map(each -> new Door(each.host(), each.rules(), Latecomers.REFUSED)),
                OwnSites.doors(config).stream()
                    .map(each -> new Door(each.host(), each.rules(), each.latecomers())))
            .toList();
    return all.stream()
        .filter(each -> each.host().equalsIgnoreCase(target.host()))
        .findFirst()
        .orElseThrow(() ->
            CommandFailure.usage(
                "there is no site "
                    + target.host()
                    + "; there are: "
                    + all.stream().map(Door::host).collect(Collectors.joining(", "))));
  }

  private RequestTarget target() {
    try {
      return Reasoning.target(method, url)
          .orElseThrow(() ->
              CommandFailure.refused(
                  "the gateway refuses this address from everybody (400): its path can be read in"
                      + " more than one way"));
    } catch (MalformedException e) {
      throw CommandFailure.usage(e.reason());
    }
  }

  private static Reasoning byCertificate(
      Workspace workspace, Door site, RequestTarget target, List<Certificate> chain) {
    try (var foreign = new ForeignStatuses(workspace.clock())) {
      Trust trust =
          new Authorities(workspace, workspace.revoked(), Optional.of(foreign))
              .trust(workspace.config());
      return Reasoning.byCertificate(
          new Doorkeeper(trust, workspace.directory()),
          chain,
          new Reasoning.Place(site.rules(), site.latecomers(), OwnSites.ways(workspace.config())),
          target,
          workspace.now());
    }
  }

  /** Whose certificate it is, if we issued it. */
  private static Optional<User> owner(Workspace workspace, List<Certificate> chain) {
    return chain.stream()
        .findFirst()
        .flatMap(leaf ->
            workspace
                .ledger()
                .withSerial(leaf.serialNumber())
                .filter(entry -> entry.certificate().equals(leaf)))
        .flatMap(Entry::user)
        .flatMap(workspace.directory()::named);
  }

  private static Reasoning byUser(
      Workspace workspace, Door site, RequestTarget target, String name) {
    User known =
        workspace
            .directory()
            .named(name)
            .orElseThrow(() -> CommandFailure.usage(workspace.noUser(name)));
    return Reasoning.byUser(known, site.rules(), target);
  }

  private int tell(Reasoning told) {
    if (json) {
      terminal.print(Json.write(told.json()));
    } else {
      print(told);
    }
    return told.allowed() ? 0 : CommandFailure.Exit.REFUSED.code;
  }

  private void print(Reasoning told) {
    terminal.printMarked(
        told.allowed() ? "@|bold,green Allowed|@" : "@|bold,red Denied|@ (" + told.code() + ")");
    line("Request", told.target().method() + " " + told.target().host() + told.target().path());
    told.certificate().ifPresent(shown -> line("Certificate", shown.toString()));
    line("User", told.user().map(ExplainCommand::text).orElse("-"));
    for (Rule rule : told.deciding()) {
      line("Rule", rule.text());
    }
    if (told.deciding().isEmpty()) {
      line("Rule", "none fits, so nobody enters");
    }
    if (!told.why().isEmpty()) {
      line("Why", told.why());
      told.evidence().ifPresent(evidence -> line("Seen", evidence));
      line("What to do", told.advice());
    }
    told.remedy().ifPresent(each -> line("As admin", each));
  }

  private void line(String label, String value) {
    terminal.print("  " + label + " ".repeat(13 - label.length()) + value);
  }

  private static String text(User user) {
    String groups = user.groups().stream().sorted().collect(Collectors.joining(", "));
    return user.name() + (groups.isEmpty() ? " (no groups)" : " (groups " + groups + ")");
  }
}
