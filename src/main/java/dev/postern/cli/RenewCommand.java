package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern renew}: the same names and purpose, a new key and a new term. */
@Command(
    name = "renew",
    mixinStandardHelpOptions = true,
    description = {
      "Issue a certificate anew: same names, new key, new term. The old one stays valid until it ends.",
      "With --cert, in place and only when it is due: for a timer (docs/renewal.md)."
    },
    footer = {
      "",
      "Example:  postern renew 5e0c91d2 --out alice-2027.p12",
      "          postern renew --cert printer-1.p12 --password-file printer-1.password --within 30d"
    })
final class RenewCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private IssueOptions options = new IssueOptions();

  @Parameters(arity = "0..1", paramLabel = "SERIAL", description = "As postern list shows it.")
  private @Nullable String serial;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description =
          "Instead: the file to replace, PKCS#12, or a PEM chain with its key in it or beside it (.key). Its"
              + " password stays the same, and what was there is kept as .old.")
  private @Nullable Path file;

  @Option(names = "--same-key", description = "With --cert: keep the key.")
  private boolean sameKey;

  @Option(
      names = "--within",
      paramLabel = "TIME",
      description =
          "With --cert: do nothing while it has longer than this to go (default: 30d, or a third"
              + " of its term where that is shorter).")
  private @Nullable String within;

  RenewCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if ((serial == null) == (file == null)) {
      throw CommandFailure.usage("name one SERIAL, or a file with --cert");
    }
    if (file != null) {
      if (options.namesFile() || options.namesForm()) {
        throw CommandFailure.usage(
            "--cert writes the same file in the same form: no --out, no --format");
      }
      var wish =
          new Renewal.Wish(
              file,
              sameKey,
              Optional.ofNullable(within).map(text -> Durations.parse("--within", text)));
      new Renewal(terminal, where, options).inPlace(wish);
    } else if (serial != null) {
      if (sameKey || within != null) {
        throw CommandFailure.usage("--same-key and --within go with --cert");
      }
      anew(serial);
    }
    return 0;
  }

  private void anew(String number) {
    try (var workspace = Workspace.open(where, terminal)) {
      Entry entry = workspace.issued(number);
      Profile profile = profile(entry);
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
  }

  static Profile profile(Entry entry) {
    if (entry.profile().equals(Profile.OCSP_RESPONDER.name())) {
      throw CommandFailure.refused("the OCSP responder's certificate is renewed by serve itself");
    }
    return Profile.named(entry.profile());
  }

  private static String name(Entry entry) {
    return entry.user().or(() -> entry.certificate().subject().commonName()).orElse("renewed");
  }
}
