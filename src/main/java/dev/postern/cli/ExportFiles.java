package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.cli.export.Blueprint;
import dev.postern.cli.export.ExportedSite;
import dev.postern.cli.export.OpenSslName;
import dev.postern.cli.export.Person;
import dev.postern.cli.export.ServerKind;
import dev.postern.cli.export.Written;
import dev.postern.config.ListenAddress;
import dev.postern.config.PosternConfig;
import dev.postern.config.SiteConfig;
import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.CrlStore.Kind;
import dev.postern.ledger.CrlStore.Scope;
import dev.postern.publish.CrlSigning;
import dev.postern.publish.RootCrl;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The files of one export, as the configuration and the ledger have it now. */
final class ExportFiles {
  private final Workspace workspace;
  private final ServerKind server;
  private final Path folder;
  private final Optional<String> onlyHost;
  private final Optional<ListenAddress> otherAddress;
  private final boolean askOcsp;

  /** One file; secret when it holds a private key. */
  record Output(String name, String content, OutputFile.Audience audience) {}

  /**
   * All of them, in the order in which they are written: what names others comes last.
   *
   * @param until when the first of the lists ends, and servers refuse everybody
   */
  record Outputs(String main, List<Output> files, List<String> remarks, Instant until) {}

  ExportFiles(
      Workspace workspace,
      ServerKind server,
      Path folder,
      Optional<String> onlyHost,
      Optional<ListenAddress> otherAddress,
      boolean askOcsp) {
    this.workspace = workspace;
    this.server = server;
    this.folder = folder.toAbsolutePath().normalize();
    this.onlyHost = onlyHost;
    this.otherAddress = otherAddress;
    this.askOcsp = askOcsp;
  }

  /** Signs the list and issues certificates where that is due. */
  Outputs now() {
    PosternConfig config = Configuration.read(workspace.configFile());
    List<SiteConfig> sites = sites(config);
    var issuer = workspace.issuer();
    List<Output> files = new ArrayList<>();
    for (SiteConfig site : sites) {
      files.addAll(identity(site));
      site.upstreamCa()
          .ifPresent(roots ->
              files.add(
                  open(
                      site.host() + ".upstream-ca.pem", Pem.write(InputFile.certificates(roots)))));
    }
    List<Certificate> authorities = new ArrayList<>(List.of(issuer.certificate()));
    authorities.addAll(issuer.above());
    files.add(open(Blueprint.ISSUING, Pem.write(issuer.certificate())));
    files.add(open(Blueprint.AUTHORITIES, Pem.write(authorities)));
    Lists lists = lists();
    if (server.readsCrls()) {
      files.add(open(Blueprint.CRL, lists.pem()));
    }
    Written written = server.write(blueprint(config, sites, lists));
    written.files().forEach(file -> files.add(open(file.name(), file.content())));
    List<String> remarks = new ArrayList<>(written.remarks());
    config
        .trust()
        .forEach(trust ->
            remarks.add(
                "certificates of " + trust.name() + " (trust:) sign in at the gateway alone"));
    sites.stream()
        .filter(site -> !site.expiry().isEmpty())
        .forEach(site ->
            remarks.add(
                site.host() + ": only the gateway tells that a certificate ends (expiry:)"));
    return new Outputs(written.main(), files, remarks, lists.until());
  }

  private static Output open(String name, String content) {
    return new Output(name, content, OutputFile.Audience.EVERYBODY);
  }

  private List<SiteConfig> sites(PosternConfig config) {
    List<SiteConfig> sites =
        config.sites().stream()
            .filter(site -> onlyHost.isEmpty() || site.host().equals(onlyHost.get()))
            .toList();
    if (sites.isEmpty()) {
      throw CommandFailure.usage(
          onlyHost.isPresent()
              ? "no site in " + workspace.configFile() + " is called " + onlyHost.get()
              : workspace.configFile()
                  + ": there are no sites in it, so there is nothing to export");
    }
    sites.stream()
        .filter(site -> "h2c".equals(site.upstream().getScheme()))
        .findFirst()
        .ifPresent(site -> {
          throw CommandFailure.usage(
              site.host()
                  + ": "
                  + site.upstream()
                  + " is for the gateway alone; choose the others one by one with --site");
        });
    return sites;
  }

  private Blueprint blueprint(PosternConfig config, List<SiteConfig> sites, Lists lists) {
    List<Person> people =
        workspace.users().all().stream()
            .filter(user -> user.state() == User.State.ENABLED)
            .map(user -> new Person(user.name(), user.email(), new TreeSet<>(user.groups())))
            .toList();
    var issuer = workspace.issuer();
    ListenAddress listen = otherAddress.orElse(config.listen().https());
    OpenSslName name =
        OpenSslName.of(issuer.certificate().subject())
            .orElseThrow(() ->
                CommandFailure.refused(
                    "other servers know the issuing CA by its name, and "
                        + issuer.certificate().subject()
                        + " has parts that they write in ways of their own"));
    return new Blueprint(
        folder,
        config.name(),
        name,
        issuer.above().size(),
        lists.until(),
        server.readsCrls() ? List.of() : lists.revoked(),
        listen,
        responder(config),
        people,
        sites.stream().map(site -> ExportedSite.of(site, people)).toList());
  }

  private Optional<URI> responder(PosternConfig config) {
    if (!askOcsp) {
      return Optional.empty();
    }
    URI published =
        config
            .publish()
            .url()
            .orElseThrow(
                () -> CommandFailure.usage("--ocsp: publish.url says no address where to ask"));
    return Optional.of(URI.create(published + "/ocsp"));
  }

  /** Chain and key of a site: its own from the file, else issued by us for a key made here. */
  private List<Output> identity(SiteConfig site) {
    SecretKeyPair key;
    String chain;
    if (site.certificate().isPresent()) {
      var given = site.certificate().get();
      List<Certificate> certificates = InputFile.certificates(given.chain());
      key = workspace.key(given, certificates);
      chain = Pem.write(certificates);
    } else {
      key = keyOfBefore(site).orElseGet(ExportFiles::newKey);
      List<Certificate> certificates = new ArrayList<>();
      certificates.add(new ServerCertificates(workspace, key).certificate(site.host()));
      certificates.addAll(workspace.issuer().chain());
      chain = Pem.write(certificates);
    }
    String secret = key.toUnsafePem();
    String certificateName = site.host() + ".pem";
    return server.wantsOneFile()
        ? List.of(new Output(certificateName, chain + secret, OutputFile.Audience.OWNER))
        : List.of(
            new Output(site.host() + ".key", secret, OutputFile.Audience.OWNER),
            open(certificateName, chain));
  }

  private static SecretKeyPair newKey() {
    return SecretKeyPair.generate(KeyAlgorithm.P256, new SecureRandom());
  }

  /** The key of the last export: then its certificate goes on, too. */
  private Optional<SecretKeyPair> keyOfBefore(SiteConfig site) {
    Path file = folder.resolve(site.host() + (server.wantsOneFile() ? ".pem" : ".key"));
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(KeyFile.open(file).key());
    } catch (KeyFileException e) {
      throw CommandFailure.usage(
          String.valueOf(e.getMessage()) + "; take it away, and a new key is made");
    }
  }

  /**
   * Both lists. Servers that check whole chains want the root's, too.
   *
   * @param until when the first of them ends
   */
  private record Lists(Bytes issuing, String pem, Instant until) {
    List<SerialNumber> revoked() {
      try (var in = new ByteArrayInputStream(issuing.toArray())) {
        var crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
        return Optional.ofNullable(crl.getRevokedCertificates()).stream()
            .flatMap(Set::stream)
            .map(entry -> new SerialNumber(entry.getSerialNumber()))
            .sorted()
            .toList();
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException("we signed it", e);
      }
    }
  }

  private Lists lists() {
    CrlSigning signing = Publishing.signing(workspace);
    signing.signDue();
    var store = workspace.ledger().crls();
    var issuer = workspace.issuer();
    var head =
        store
            .head(new Scope(issuer.keyIdentifier(), OptionalInt.empty(), Kind.BASE))
            .orElseThrow(() -> CommandFailure.fault("there is no list of revoked certificates"));
    Bytes crl =
        store.der(head).orElseThrow(() -> CommandFailure.fault("the list of revoked is not there"));
    String pem = Pem.write(Pem.X509_CRL, crl);
    if (issuer.above().isEmpty() || !server.readsCrls()) {
      return new Lists(crl, pem, head.nextUpdate());
    }
    if (issuer.above().size() > 1) {
      throw CommandFailure.refused(
          server.label()
              + " wants a CRL of every CA above, and Postern has none of "
              + issuer.above().getFirst().subject());
    }
    RootCrl root = RootList.inForce(workspace);
    Instant first =
        root.nextUpdate().isBefore(head.nextUpdate()) ? root.nextUpdate() : head.nextUpdate();
    return new Lists(crl, pem + Pem.write(Pem.X509_CRL, root.der()), first);
  }

  /** Puts in place what is another than what lies there; the names of those files. */
  List<String> write(Outputs outputs) {
    List<String> changed = new ArrayList<>();
    for (Output each : outputs.files()) {
      Path file = folder.resolve(each.name());
      byte[] content = each.content().getBytes(StandardCharsets.UTF_8);
      if (!holds(file, content, each.audience())) {
        try (var out = OutputFile.reserve(file, each.audience(), true)) {
          out.commit(content);
        }
        changed.add(each.name());
      }
    }
    return changed;
  }

  /** A key that others may read was not written by us: it is replaced, too. */
  private static boolean holds(Path file, byte[] content, OutputFile.Audience audience) {
    try {
      return Files.exists(file)
          && (audience == OutputFile.Audience.EVERYBODY
              || Files.getPosixFilePermissions(file).equals(audience.permissions()))
          && Files.size(file) == content.length
          && Arrays.equals(Files.readAllBytes(file), content);
    } catch (IOException e) {
      throw OutputFile.failure(file, e);
    }
  }
}
