package dev.postern.cli;

import dev.postern.ledger.CrlStore.Kind;
import dev.postern.ledger.CrlStore.Scope;
import dev.postern.publish.CrlSigning;
import dev.postern.publish.RootCrl;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern crl}: the list of revoked certificates as a file. */
@Command(
    name = "crl",
    mixinStandardHelpOptions = true,
    description = {
      "Write the current list of revoked certificates, signing a new one when that is due.",
      "For servers that load a file; an existing one is replaced at once and as a whole."
    },
    subcommands = CrlCommand.Root.class,
    footer = {
      "",
      "Example:  postern crl --out issuing.crl",
      "For nginx, which wants the root's list too:",
      "          postern crl --chain --out crl.pem && nginx -s reload"
    })
final class CrlCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it (default: PEM to standard output).")
  private @Nullable Path out;

  @Option(names = "--pem", description = "As PEM text; without it, FILE is DER.")
  private boolean pem;

  @Option(
      names = "--delta",
      description = "The delta CRL: what changed lately (where publish.crl.delta is on).")
  private boolean delta;

  @Option(
      names = "--shard",
      paramLabel = "N",
      description = "The list of one part, from 0 (where publish.crl.shards is more than 1).")
  private @Nullable Integer shard;

  @Option(names = "--chain", description = "With the root's list behind it, as PEM.")
  private boolean chain;

  CrlCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var workspace = Workspace.open(where, terminal);
        var file =
            out == null ? null : OutputFile.reserve(out, OutputFile.Audience.EVERYBODY, true)) {
      Bytes crl = current(workspace);
      boolean text = pem || chain || file == null;
      String root = chain ? rootList(workspace) : "";
      if (file == null) {
        terminal.out().print(Pem.write(Pem.X509_CRL, crl) + root);
        terminal.out().flush();
      } else {
        file.commit(
            text
                ? (Pem.write(Pem.X509_CRL, crl) + root).getBytes(StandardCharsets.US_ASCII)
                : crl.toArray());
        terminal.print("Wrote " + out);
      }
    }
    return 0;
  }

  private Bytes current(Workspace workspace) {
    CrlSigning signing = Publishing.signing(workspace);
    signing.signDue();
    var store = workspace.ledger().crls();
    OptionalInt wanted = shard == null ? OptionalInt.empty() : OptionalInt.of(shard);
    Kind kind = delta ? Kind.DELTA : Kind.BASE;
    return store
        .head(new Scope(signing.issuer().keyIdentifier(), wanted, kind))
        .flatMap(store::der)
        .orElseThrow(() ->
            CommandFailure.refused(
                "there is no such list; publish.crl in the configuration says which there are"));
  }

  private static String rootList(Workspace workspace) {
    return workspace.issuer().above().isEmpty()
        ? ""
        : Pem.write(Pem.X509_CRL, RootList.inForce(workspace).der());
  }

  /** The root's own list, signed where its key is. */
  @Command(
      name = "root",
      mixinStandardHelpOptions = true,
      description = {
        "Sign a new list of the root, with the key that is usually offline, and put it in place.",
        "Servers that check whole chains need one that has not run out."
      },
      footer = {"", "Example:  postern crl root --key /media/stick/postern-root/root.key"})
  static final class Root implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofDays(5 * 366);

    private final Terminal terminal;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The configuration file (default: ${DEFAULT-VALUE}).")
    private Path config = Path.of("postern.yaml");

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "The root's key (default: ${DEFAULT-VALUE}).")
    private Path key = Path.of("postern-root", "root.key");

    @Option(
        names = "--root-passphrase-file",
        paramLabel = "FILE",
        description = "First line: the passphrase of the root's key (else asked for).")
    private @Nullable Path passphraseFile;

    @Option(
        names = "--validity",
        paramLabel = "SPAN",
        description = "How long it is good (default: ${DEFAULT-VALUE}).")
    private String validity = "365d";

    @Option(
        names = "--revoke-issuing",
        description = "List the issuing CA as revoked: everything below it ends with that.")
    private boolean revokeIssuing;

    Root(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      Duration span = Durations.parse("--validity", validity);
      if (span.compareTo(LONGEST) > 0) {
        throw CommandFailure.usage("--validity: five years at most");
      }
      try (var workspace = Workspace.open(config, Optional.ofNullable(passphraseFile), terminal)) {
        var issuer = workspace.issuer();
        Certificate root = issuer.root();
        if (issuer.above().isEmpty()) {
          throw CommandFailure.refused("the issuing CA is its own root; serve signs its list");
        }
        Path file = workspace.folder().rootCrl();
        Optional<RootCrl> before = RootList.read(file, root);
        var pair = workspace.key(key);
        if (!pair.matches(root)) {
          throw CommandFailure.refused(key + " is not the key of " + root.subject());
        }
        Optional<Certificate> revoked =
            revokeIssuing ? Optional.of(issuer.certificate()) : Optional.empty();
        String text = RootList.next(before, root, pair.signer(), workspace.now(), span, revoked);
        try (var out = OutputFile.reserve(file, OutputFile.Audience.EVERYBODY, true)) {
          out.commit(text.getBytes(StandardCharsets.US_ASCII));
        }
        terminal.print("Wrote " + file + ", good until " + workspace.now().plus(span));
      }
      return 0;
    }
  }
}
