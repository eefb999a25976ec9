package dev.postern.cli;

import dev.postern.access.Admission;
import dev.postern.access.Denial;
import dev.postern.access.Doorkeeper;
import dev.postern.access.Identity;
import dev.postern.access.PresentedChain;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.access.User;
import dev.postern.config.SiteConfig;
import dev.postern.web.Explanation;
import dev.postern.web.Pages;
import dev.postern.x509.Certificate;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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

  /** The answer, in words. */
  private record Told(
      boolean allowed, String code, String why, String advice, Optional<String> evidence) {}

  /** What it is about: the site, the rules that decide there, and who asks. */
  private record Case(
      RequestTarget target,
      Optional<SiteConfig> site,
      List<Rule> deciding,
      Optional<Certificate> certificate,
      Optional<User> user) {
    Case by(Optional<User> who) {
      return new Case(target, site, deciding, certificate, who);
    }
  }

  @Override
  public Integer call() {
    if (certificate != null && user != null) {
      throw CommandFailure.usage("--cert and --user exclude each other");
    }
    RequestTarget target = target();
    List<Certificate> chain = certificate == null ? List.of() : InputFile.certificates(certificate);
    try (var workspace = Workspace.open(config, terminal)) {
      Optional<SiteConfig> site =
          workspace.config().sites().stream()
              .filter(each -> each.host().equalsIgnoreCase(target.host()))
              .findFirst();
      if (site.isEmpty()) {
        String hosts =
            workspace.config().sites().stream()
                .map(SiteConfig::host)
                .collect(Collectors.joining(", "));
        throw CommandFailure.refused("there is no site " + target.host() + "; there are: " + hosts);
      }
      List<Rule> deciding = Doorkeeper.deciding(site.get().rules(), target);
      var about = new Case(target, site, deciding, chain.stream().findFirst(), Optional.empty());
      return user == null ? byCertificate(workspace, about, chain) : byUser(workspace, about, user);
    }
  }

  /** The request as the gateway's own guard reads it. */
  private RequestTarget target() {
    try {
      URI uri = new URI(url.contains("://") ? url : "https://" + url);
      if (uri.getHost() == null) {
        throw CommandFailure.usage("an address begins like https://wiki.example.com/, not " + url);
      }
      String path = uri.getRawPath();
      return RequestTarget.of(
              method.toUpperCase(Locale.ROOT),
              uri.getHost().toLowerCase(Locale.ROOT),
              path == null || path.isEmpty() ? "/" : path)
          .orElseThrow(() ->
              CommandFailure.refused(
                  "the gateway refuses this address from everybody (400): its path can be read in more than one way"));
    } catch (URISyntaxException e) {
      throw CommandFailure.usage(url + " is no address: " + e.getReason());
    }
  }

  private int byCertificate(Workspace workspace, Case about, List<Certificate> chain) {
    try (var foreign = new ForeignStatuses(workspace.clock())) {
      Trust trust =
          new Authorities(workspace, workspace.revoked(), Optional.of(foreign))
              .trust(workspace.config());
      return byCertificate(workspace, about, chain, new Doorkeeper(trust, workspace.directory()));
    }
  }

  private int byCertificate(
      Workspace workspace, Case about, List<Certificate> chain, Doorkeeper doorkeeper) {
    var presented = PresentedChain.of(chain.stream().map(Certificate::der).toList());
    List<Rule> rules = about.site().map(SiteConfig::rules).orElse(List.of());
    doorkeeper.lookup(presented, workspace.now()).ifPresent(Runnable::run);
    return switch (doorkeeper.admit(presented, rules, about.target(), workspace.now())) {
      case Admission.Admitted(Optional<Identity> identity, _) ->
          tell(about.by(identity.map(Identity::user)), allowed());
      case Admission.Denied(Denial denial) -> tell(about.by(denial.user()), denied(denial));
    };
  }

  /** The same words as the page. */
  private static Told denied(Denial denial) {
    Explanation page = new Pages().explain(denial, Pages.Ways.back("/"), "", "en");
    return new Told(
        false, denial.code(), page.problem().title(), page.problem().detail(), denial.cause());
  }

  private static Told allowed() {
    return new Told(true, "admitted", "", "", Optional.empty());
  }

  /** Whatever certificate the user has: the state and the rules alone. */
  private int byUser(Workspace workspace, Case about, String name) {
    Optional<User> known = workspace.directory().named(name);
    if (known.isEmpty()) {
      throw CommandFailure.usage("there is no user " + name);
    }
    User asked = known.get();
    return tell(
        about.by(known),
        Doorkeeper.mayEnter(asked, about.deciding()) ? allowed() : unwelcome(asked));
  }

  private static Told unwelcome(User user) {
    return user.state() == User.State.ENABLED
        ? new Told(
            false,
            "not-permitted",
            "The rules do not let this user in here.",
            "Add the user to a group that the rule names, or change the rule.",
            Optional.empty())
        : new Told(
            false,
            "user-disabled",
            "The account is closed.",
            "postern user enable opens it again.",
            Optional.empty());
  }

  private int tell(Case about, Told told) {
    if (json) {
      terminal.print(Json.write(map(about, told)));
    } else {
      print(about, told);
    }
    return told.allowed() ? 0 : CommandFailure.Exit.REFUSED.code;
  }

  private void print(Case about, Told told) {
    terminal.printMarked(
        told.allowed() ? "@|bold,green Allowed|@" : "@|bold,red Denied|@ (" + told.code() + ")");
    line("Request", about.target().method() + " " + about.target().host() + about.target().path());
    about.certificate().ifPresent(shown -> line("Certificate", shown.toString()));
    line("User", about.user().map(ExplainCommand::text).orElse("-"));
    for (Rule rule : about.deciding()) {
      line("Rule", rule.text());
    }
    if (about.deciding().isEmpty()) {
      line("Rule", "none fits, so nobody enters");
    }
    if (!told.allowed()) {
      line("Why", told.why());
      told.evidence().ifPresent(evidence -> line("Seen", evidence));
      line("What to do", told.advice());
    }
  }

  private void line(String label, String value) {
    terminal.print("  " + label + " ".repeat(13 - label.length()) + value);
  }

  private static String text(User user) {
    String groups = user.groups().stream().sorted().collect(Collectors.joining(", "));
    return user.name() + (groups.isEmpty() ? " (no groups)" : " (groups " + groups + ")");
  }

  private static Map<String, Object> map(Case about, Told told) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("allowed", told.allowed());
    map.put("code", told.code());
    map.put("method", about.target().method());
    map.put("host", about.target().host());
    map.put("path", about.target().path());
    about.certificate().ifPresent(shown -> map.put("certificate", shown.toString()));
    about.user().ifPresent(user -> map.put("user", user.name()));
    map.put("rules", about.deciding().stream().map(Rule::text).toList());
    if (!told.allowed()) {
      map.put("why", told.why());
      told.evidence().ifPresent(evidence -> map.put("seen", evidence));
      map.put("advice", told.advice());
    }
    return map;
  }
}
