package dev.postern.cli;

import dev.postern.config.ConfigFile;
import dev.postern.config.ListenAddress;
import dev.postern.config.PosternConfig;
import dev.postern.config.SampleConfig;
import dev.postern.keys.Passphrase;
import dev.postern.x509.KeyAlgorithm;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postern init}: a certificate authority of one's own, and the file to run it by. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description =
        "Make the certificate authority (or take in the one you have) and the configuration file.",
    footer = {
      "",
      "Example:  postern init --name \"Example\" --domain example.com --admin \"Alice Smith\"",
      "          postern init --name \"Example\" --domain example.com --https :443 --http :80",
      "With a root CA you have (its key signs a new issuing CA, and is not copied):",
      "          postern init --name \"Example\" --import-root root.pem --import-root-key root.key",
      "With an issuing CA you have (chain: the CA first, its root last):",
      "          postern init --name \"Example\" --import-issuer chain.pem --import-issuer-key ca.key"
    })
final class InitCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final SecureRandom random = new SecureRandom();

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "Your organisation, as certificates name it.")
  private String name = "";

  @Option(
      names = "--domain",
      paramLabel = "DOMAIN",
      description = "The domain of your sites (default: ${DEFAULT-VALUE}).")
  private String domain = "localhost";

  @Option(
      names = "--https",
      paramLabel = "ADDRESS",
      description =
          "Where the gateway listens, like :443 or 127.0.0.1:8443 (default: ${DEFAULT-VALUE}).")
  private String https = ":8443";

  @Option(
      names = "--http",
      paramLabel = "ADDRESS",
      description = "Where CRLs and OCSP are answered (default: ${DEFAULT-VALUE}); off: nowhere.")
  private String http = ":8080";

  @Option(
      names = "--publish",
      paramLabel = "URL",
      description = {
        "The address that leads there from outside; it stands in every certificate,",
        "the administrator's too (default: http://pki.DOMAIN and the port of --http)."
      })
  private @Nullable String publish;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file to write (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("postern.yaml");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where Postern keeps its state; relative to the configuration file (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("postern-data");

  @Option(
      names = "--root-dir",
      paramLabel = "DIR",
      description =
          "Where the root's key goes, for you to take offline; relative likewise (default: ${DEFAULT-VALUE}).")
  private Path rootFolder = Path.of("postern-root");

  @Option(
      names = "--key",
      paramLabel = "KIND",
      description = "Kind of the CA keys: p256 (default), p384, rsa3072, rsa4096.")
  private String key = "p256";

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "First line: the passphrase of the server's keys.")
  private @Nullable Path passphraseFile;

  @Option(
      names = "--root-passphrase-file",
      paramLabel = "FILE",
      description = "First line: the passphrase of the root's key (default: the same).")
  private @Nullable Path rootPassphraseFile;

  @ArgGroup(exclusive = true)
  private @Nullable Imported imported;

  @Option(
      names = "--import-passphrase-file",
      paramLabel = "FILE",
      description = "First line: the passphrase of the imported key, if it has one.")
  private @Nullable Path importPassphraseFile;

  @Option(
      names = "--admin",
      paramLabel = "NAME",
      description =
          "What the first administrator, user admin, is called (default: ${DEFAULT-VALUE}).")
  private String administrator = "Admin";

  @Option(
      names = "--no-admin",
      description = "Make no administrator; postern group add postern-admins USER does it later.")
  private boolean nobody;

  private List<String> remarks = List.of();
  private Optional<URI> published = Optional.empty();

  /** A CA that exists already. */
  static final class Imported {
    @ArgGroup(exclusive = false)
    private @Nullable ImportedRoot root;

    @ArgGroup(exclusive = false)
    private @Nullable ImportedIssuer issuer;
  }

  static final class ImportedRoot {
    @Option(
        names = "--import-root",
        required = true,
        paramLabel = "FILE",
        description = "Certificate of your root CA.")
    private Path certificate = Path.of("");

    @Option(
        names = "--import-root-key",
        required = true,
        paramLabel = "FILE",
        description = "Its key; used once.")
    private Path key = Path.of("");
  }

  static final class ImportedIssuer {
    @Option(
        names = "--import-issuer",
        required = true,
        paramLabel = "FILE",
        description = "Certificate of your issuing CA, then those above it.")
    private Path chain = Path.of("");

    @Option(
        names = "--import-issuer-key",
        required = true,
        paramLabel = "FILE",
        description = "Its key; copied, encrypted.")
    private Path key = Path.of("");
  }

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var folder = new DataFolder(beside(data));
    var sample = sample();
    refuseExisting(folder);
    var setup = new Setup(folder, algorithm(), random, InstantSource.system().instant());
    var passphrases = new PassphraseSource(terminal);
    if (imported != null && imported.issuer != null) {
      Setup.Issuer issuer =
          Setup.imported(
              imported.issuer.chain,
              imported.issuer.key,
              importPassphrase(passphrases, imported.issuer.key));
      write(setup, issuer, serverPassphrase(passphrases), Optional.empty(), sample);
      terminal.print("The CA is yours: " + issuer.certificate().certificate().subject());
    } else if (imported != null && imported.root != null) {
      belowImported(setup, passphrases, imported.root, sample);
    } else {
      fresh(setup, passphrases, sample);
    }
    sayWhatNow(folder);
    return 0;
  }

  private void belowImported(
      Setup setup, PassphraseSource passphrases, ImportedRoot files, Sample sample) {
    Setup.Issuer root =
        Setup.imported(files.certificate, files.key, importPassphrase(passphrases, files.key));
    refuseNarrowRoot(root);
    var issuer =
        setup.newIssuer(name, new Setup.Root(root.certificate().certificate(), root.key()));
    write(setup, issuer, serverPassphrase(passphrases), Optional.empty(), sample);
    terminal.print(
        "A new issuing CA stands below your root: " + issuer.certificate().certificate().subject());
    terminal.print("Your root's key was used once and not copied; keep " + files.key + " offline.");
  }

  private Passphrase serverPassphrase(PassphraseSource passphrases) {
    return passphrases.fresh(Optional.ofNullable(passphraseFile), "the server's keys");
  }

  /** Relative to the configuration file, as the program that reads it will understand it. */
  private Path beside(Path path) {
    return config.resolveSibling(path);
  }

  private void fresh(Setup setup, PassphraseSource passphrases, Sample sample) {
    Path offlineFolder = beside(rootFolder);
    if (Files.exists(offlineFolder.resolve("root.key"))) {
      throw CommandFailure.usage(
          offlineFolder.resolve("root.key") + " exists already; a root's key is never overwritten");
    }
    Passphrase server = serverPassphrase(passphrases);
    Passphrase offline =
        rootPassphraseFile == null
            ? server
            : passphrases.fresh(Optional.of(rootPassphraseFile), "the root's key");
    Setup.Root root = setup.newRoot(name);
    Setup.Issuer issuer = setup.newIssuer(name, root);
    var newRoot = new Setup.NewRoot(root, offlineFolder, offline);
    write(setup, issuer, server, Optional.of(newRoot), sample);
    terminal.print("Root CA:     " + root.certificate().subject());
    terminal.print("             SHA-256 " + root.certificate().fingerprint().colonHex());
    terminal.print("Issuing CA:  " + issuer.certificate().certificate().subject());
    terminal.print("");
    terminal.printMarked(
        "@|bold Take "
            + offlineFolder
            + "/ offline|@ (a USB stick in a drawer): the server never needs it.");
    terminal.print(
        "Whoever has root.key and its passphrase can make people up; without it no new issuing CA can be made.");
  }

  private Optional<Passphrase> importPassphrase(PassphraseSource passphrases, Path keyFile) {
    if (importPassphraseFile != null) {
      return Optional.of(passphrases.fromFile(importPassphraseFile));
    }
    byte[] content = InputFile.read(keyFile, 64 * 1024);
    boolean encrypted = new String(content, StandardCharsets.ISO_8859_1).contains("ENCRYPTED");
    return encrypted
        ? Optional.of(passphrases.existing(Optional.empty(), keyFile.toString()))
        : Optional.empty();
  }

  private static void refuseNarrowRoot(Setup.Issuer root) {
    var constraints = root.certificate().certificate().basicConstraints();
    if (constraints.isPresent() && constraints.get().pathLength().orElse(1) < 1) {
      throw CommandFailure.refused(
          "the imported root allows no CA below it (pathLen 0); take it in as the issuing CA: --import-issuer");
    }
  }

  private void refuseExisting(DataFolder folder) {
    if (Files.exists(config)) {
      throw CommandFailure.usage(config + " exists already; this folder has a Postern");
    }
    if (!nobody && Files.exists(FirstFiles.bundle(config))) {
      throw CommandFailure.usage(
          FirstFiles.bundle(config)
              + " exists already; move it away, or say --no-admin to have none made");
    }
    if (Files.exists(folder.path())) {
      throw CommandFailure.usage(
          folder.path() + " exists already; name another folder with --data");
    }
  }

  private KeyAlgorithm algorithm() {
    try {
      return KeyAlgorithm.parse(key);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--key: " + e.getMessage());
    }
  }

  /** The configuration file's text, and what it means. */
  private record Sample(String text, PosternConfig config) {}

  private static String listening(String option, String address) {
    try {
      var _ = ListenAddress.parse(address);
      return address;
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(option + ": " + e.getMessage());
    }
  }

  /**
   * Made and read back before anything is written: what cannot stand in the file is refused now.
   */
  private Sample sample() {
    String text;
    try {
      text =
          new SampleConfig(
                  name,
                  domain.strip().toLowerCase(Locale.ROOT),
                  data.toString(),
                  listening("--https", https),
                  http.equals("off") ? http : listening("--http", http),
                  Optional.ofNullable(publish))
              .text();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--domain is a host name like example.com, not " + domain);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return switch (ConfigFile.parse(bytes, config.toAbsolutePath().resolveSibling(""))) {
      case ConfigFile.Accepted(PosternConfig accepted) -> new Sample(text, accepted);
      case ConfigFile.Refused(var problems, _) ->
          throw CommandFailure.usage(
              problems.stream().map(problem -> problem.key() + ": " + problem.reason()).toList());
    };
  }

  /** All of it, or nothing; the administrator's password is said when all of it is there. */
  private void write(
      Setup setup,
      Setup.Issuer issuer,
      Passphrase server,
      Optional<Setup.NewRoot> root,
      Sample sample) {
    published = sample.config().publish().url();
    Optional<String> called = nobody ? Optional.empty() : Optional.of(administrator);
    try (var files = FirstFiles.reserve(config, sample.text(), sample.config(), called)) {
      setup.write(issuer, server, root, files);
      remarks = files.remarks();
    }
  }

  private void sayWhatNow(DataFolder folder) {
    remarks.forEach(terminal::printMarked);
    terminal.print("");
    terminal.print("What browsers and programs must trust:  " + folder.rootCertificate());
    terminal.print("Your sites and who may enter them:      " + config);
    published.ifPresent(url ->
        terminal.print(
            "Stands in every certificate:            "
                + url
                + " (publish.url; change it before you issue)"));
    terminal.print("");
    terminal.print("Next:");
    terminal.print("  postern user add alice --email alice@" + domain + " --group staff");
    terminal.print("  postern invite alice");
    terminal.print("  postern serve");
  }
}
