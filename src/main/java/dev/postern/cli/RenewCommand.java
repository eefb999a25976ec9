package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.x509.Certificate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code postern renew}: the same names and purpose, a new key and a new term. */
@Command(
    name = "renew",
    mixinStandardHelpOptions = true,
    description =
        "Issue a certificate anew: same names, new key, new term. The old one stays valid until it ends.",
    footer = {"", "Example:  postern renew 5e0c91d2 --out alice-2027.p12"})
final class RenewCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private IssueOptions options = new IssueOptions();

  @Parameters(paramLabel = "SERIAL", description = "As postern list shows it.")
  private String serial = "";

  RenewCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var workspace = Workspace.open(where, terminal)) {
      Entry entry = workspace.issued(serial);
      if (entry.profile().equals(Profile.OCSP_RESPONDER.name())) {
        throw CommandFailure.refused("the OCSP responder's certificate is renewed by serve itself");
      }
      Profile profile = Profile.named(entry.profile());
      var issuing = new Issuing(terminal, workspace);
      entry.user().ifPresent(issuing::enabledUser);
      var otherwise =
          switch (profile.subject()) {
            case USER -> IssueOptions.Format.P12;
            case HOST, AUTHORITY -> IssueOptions.Format.PEM;
          };
      try (var bundle = Bundle.reserve(options, name(entry), otherwise)) {
        Certificate old = entry.certificate();
        issuing.withNewKey(
            workspace.authority(),
            options,
            bundle,
            profile,
            key ->
                new Order(
                    key,
                    old.subject(),
                    old.subjectAlternativeNames(),
                    entry.user(),
                    options.validity()));
      }
    }
    return 0;
  }

  private static String name(Entry entry) {
    return entry.user().or(() -> entry.certificate().subject().commonName()).orElse("renewed");
  }
}
