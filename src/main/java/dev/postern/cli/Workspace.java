package dev.postern.cli;

import dev.postern.access.Directory;
import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Publication;
import dev.postern.authority.Requester;
import dev.postern.config.Nearest;
import dev.postern.config.PagesConfig;
import dev.postern.config.PosternConfig;
import dev.postern.config.PublishConfig;
import dev.postern.config.SiteConfig;
import dev.postern.enrol.InvitationDesk;
import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import dev.postern.keys.SecretKeyPair;
import dev.postern.keys.TlsIdentity;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.ledger.SqlLedger;
import dev.postern.ledger.UserDirectory;
import dev.postern.ledger.Users;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the commands work on: one configuration, its data folder, the ledger in it, and the keys
 * once somebody opens them.
 */
final class Workspace implements AutoCloseable {
  /** The ledger's newest event may be this far ahead of the clock before somebody is told. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  private final Path configFile;
  private final PosternConfig config;
  private final DataFolder folder;
  private final SqlLedger ledger;
  private final Terminal terminal;
  private final Optional<Path> passphraseFile;
  private final InstantSource clock = InstantSource.system();
  private @Nullable Passphrase passphrase;
  private @Nullable KeyAhead ahead;
  private @Nullable Authority authority;
  private @Nullable Signer issuingSigner;

  private Workspace(
      Path configFile,
      PosternConfig config,
      SqlLedger ledger,
      Optional<Path> passphraseFile,
      Terminal terminal) {
    this.configFile = configFile;
    this.config = config;
    this.folder = new DataFolder(config.data());
    this.ledger = ledger;
    this.passphraseFile = passphraseFile;
    this.terminal = terminal;
  }

  /** Opens what {@code options} name; the keys stay closed until they are needed. */
  static Workspace open(WorkspaceOptions options, Terminal terminal) {
    return open(options.config(), options.passphraseFile(), terminal);
  }

  static Workspace open(Path configFile, Passphrase passphrase, Terminal terminal) {
    Workspace workspace = open(configFile, Optional.empty(), terminal);
    workspace.passphrase = passphrase;
    return workspace;
  }

  /**
   * For a server, which needs every file that its configuration names. The key of its hosts is
   * opened meanwhile, unless somebody has to be asked for the passphrase.
   */
  static Workspace openToServe(WorkspaceOptions options, Terminal terminal) {
    PosternConfig config = Configuration.readWithFiles(options.config());
    Optional<Passphrase> known =
        new PassphraseSource(terminal).unattended(options.passphraseFile());
    Path key = new DataFolder(config.data()).serverKey();
    Optional<KeyAhead> ahead = known.map(passphrase -> KeyAhead.open(key, passphrase));
    Workspace workspace = open(options.config(), config, options.passphraseFile(), terminal);
    workspace.passphrase = known.orElse(null);
    workspace.ahead = ahead.orElse(null);
    return workspace;
  }

  /** For commands that need the ledger alone, and work whatever else the configuration says. */
  static Workspace openLedger(WorkspaceOptions options, Terminal terminal) {
    PosternConfig config = Configuration.readForLedger(options.config(), terminal);
    return open(options.config(), config, options.passphraseFile(), terminal);
  }

  /** For commands that need no key. */
  static Workspace open(Path configFile, Terminal terminal) {
    return open(configFile, Optional.empty(), terminal);
  }

  static Workspace open(Path configFile, Optional<Path> passphraseFile, Terminal terminal) {
    return open(configFile, Configuration.read(configFile), passphraseFile, terminal);
  }

  private static Workspace open(
      Path configFile, PosternConfig config, Optional<Path> passphraseFile, Terminal terminal) {
    var folder = new DataFolder(config.data());
    if (!Files.isDirectory(folder.path())) {
      throw CommandFailure.usage(
          "there is no data folder " + folder.path() + "; postern init makes it");
    }
    SqlLedger ledger = SqlLedger.open(folder.ledger(), InstantSource.system());
    var workspace = new Workspace(configFile, config, ledger, passphraseFile, terminal);
    workspace.warnOfClock();
    return workspace;
  }

  private void warnOfClock() {
    Instant now = now();
    ledger
        .latestEventAt()
        .filter(latest -> latest.isAfter(now.plus(CLOCK_TOLERANCE)))
        .ifPresent(latest ->
            terminal.remark(
                "postern: warning: it is "
                    + now
                    + ", but the ledger has an event of "
                    + latest
                    + "; was the clock set back?"));
  }

  Path configFile() {
    return configFile;
  }

  PosternConfig config() {
    return config;
  }

  DataFolder folder() {
    return folder;
  }

  /** The organisation, as certificates name it. */
  String name() {
    return config.name();
  }

  SqlLedger ledger() {
    return ledger;
  }

  Users users() {
    return ledger.users();
  }

  Directory directory() {
    return new UserDirectory(ledger.users(), ledger.events());
  }

  /** As they are at this moment. */
  RevokedCertificates revoked() {
    return new RevokedCertificates(ledger.revocations(), clock);
  }

  Instant now() {
    return clock.instant();
  }

  InstantSource clock() {
    return clock;
  }

  Requester requester() {
    return atShell();
  }

  /** {@code cli:root@host}. */
  static Requester atShell() {
    return new Requester("cli:" + System.getProperty("user.name", "?") + "@" + hostName());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** The issuing CA with those above it. */
  IssuerCertificate issuer() {
    List<Certificate> chain = new ArrayList<>(InputFile.certificates(folder.issuingCertificate()));
    Certificate root = InputFile.certificates(folder.rootCertificate()).getFirst();
    if (!chain.contains(root)) {
      chain.add(root);
    }
    return new IssuerCertificate(
        chain.getFirst(), chain.subList(1, chain.size()), publication(config.publish()));
  }

  /** Where relying parties find CRL, OCSP and issuer, as certificates will name it. */
  static Optional<Publication> publication(PublishConfig publish) {
    var crl = publish.crl();
    return publish.url().map(url -> new Publication(url, crl.shards(), crl.delta().isPresent()));
  }

  /** Ready to issue; asks for the passphrase when nobody gave it. */
  synchronized Authority authority() {
    Authority known = authority;
    if (known == null) {
      SecretKeyPair key = key(folder.issuingKey());
      issuingSigner = key.signer();
      IssuerCertificate issuer = issuer();
      if (!key.matches(issuer.certificate())) {
        throw CommandFailure.fault(
            folder.issuingKey()
                + " does not belong to the certificate in "
                + folder.issuingCertificate());
      }
      known =
          new Authority(
              issuer, issuingSigner, ledger, RandomSerials.from(new SecureRandom()), clock);
      authority = known;
    }
    return known;
  }

  /** The issuing CA's key, for CRLs. */
  synchronized Signer issuingSigner() {
    authority();
    return Objects.requireNonNull(issuingSigner);
  }

  /** One of the server's own keys, made when it is not there yet. */
  synchronized SecretKeyPair keyOrNew(Path file) {
    if (Files.exists(file)) {
      return key(file);
    }
    key(folder.serverKey()); // so that the passphrase is the one of the others
    SecretKeyPair fresh = SecretKeyPair.generate(KeyAlgorithm.P256, new SecureRandom());
    try {
      KeyFile.create(file, fresh, Objects.requireNonNull(passphrase), new SecureRandom());
      return fresh;
    } catch (KeyFileException e) {
      if (e.reason() == KeyFileException.Reason.ALREADY_EXISTS) {
        return key(file); // another process was quicker
      }
      throw CommandFailure.fault(String.valueOf(e.getMessage()));
    }
  }

  /** A new key in the place of one that may be known to others. */
  synchronized SecretKeyPair newKeyInstead(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw CommandFailure.fault(file + " cannot be replaced: " + e.getMessage());
    }
    return keyOrNew(file);
  }

  /** One of the server's own keys. */
  synchronized SecretKeyPair key(Path file) {
    Passphrase secret = passphrase;
    if (secret == null) {
      secret = new PassphraseSource(terminal).existing(passphraseFile, "the server's keys");
      passphrase = secret;
    }
    try {
      KeyFile.Opened opened = opened(file, secret);
      if (opened.cautions().contains(KeyFile.Caution.READABLE_BY_OTHERS)) {
        terminal.remark("postern: warning: " + file + " can be read by others; chmod 600 mends it");
      }
      return opened.key();
    } catch (KeyFileException e) {
      throw e.reason() == KeyFileException.Reason.WRONG_PASSPHRASE
          ? CommandFailure.usage("wrong passphrase: " + e.getMessage())
          : CommandFailure.fault(String.valueOf(e.getMessage()));
    }
  }

  /** What was opened ahead is good for once: later the file may be another. */
  private KeyFile.Opened opened(Path file, Passphrase secret) throws KeyFileException {
    KeyAhead known = ahead;
    if (known == null || !known.isOf(file)) {
      return KeyFile.open(file, secret);
    }
    ahead = null;
    return known.opened();
  }

  /** The key of a site's own certificate, whose {@code chain} was read from the same files. */
  SecretKeyPair key(SiteConfig.CertificateFiles files, List<Certificate> chain) {
    SecretKeyPair key = anyKey(files.key());
    if (!key.matches(chain.getFirst())) {
      throw CommandFailure.usage(
          "the key "
              + files.key()
              + " does not belong to the first certificate in "
              + files.chain());
    }
    return key;
  }

  /** The user, or the end of the command. */
  User user(String name) {
    return directory().named(name).orElseThrow(() -> CommandFailure.refused(noUser(name)));
  }

  /** Says so, with the name that was perhaps meant. */
  String noUser(String name) {
    return "there is no user "
        + name
        + nearUser(name).orElseGet(() -> "; postern user add " + name + " makes one");
  }

  /** As {@link Nearest#question}. */
  Optional<String> nearUser(String name) {
    return Nearest.question(name, users().all().stream().map(User::name).toList());
  }

  /** Where invitations are made, unless there is no page to invite to. */
  Optional<InvitationDesk> invitationDesk(PagesConfig pages) {
    return pages.enrol().map(host -> new InvitationDesk(ledger.invitations(), pages.address(host)));
  }

  /** A certificate from elsewhere, with its key. */
  TlsIdentity identity(SiteConfig.CertificateFiles files) {
    List<Certificate> chain = InputFile.certificates(files.chain());
    return TlsIdentity.of(key(files, chain), chain);
  }

  /** A key that lies in the clear, or under the passphrase of the server's keys. */
  private SecretKeyPair anyKey(Path file) {
    try {
      return KeyFile.open(file).key();
    } catch (KeyFileException e) {
      if (e.reason() == KeyFileException.Reason.PASSPHRASE_NEEDED) {
        return key(file);
      }
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The issued certificate with this serial number, or the only one whose number begins or ends so.
   */
  Entry issued(String serial) {
    SerialNumber number;
    String digits = serial.startsWith("…") ? serial.substring(1) : serial;
    try {
      number = SerialNumber.ofHex(digits);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          e.getMessage() + "; postern list " + digits + " shows what has it in a name");
    }
    Optional<Entry> exact = isOurs(number) ? ledger.withSerial(number) : Optional.empty();
    if (exact.isPresent()) {
      return exact.get();
    }
    List<Entry> alike = alike(digits);
    if (alike.size() > 1) {
      throw CommandFailure.refused(
          alike.size() + " certificates have " + serial + " in their number; give more of it");
    }
    if (alike.isEmpty()) {
      throw CommandFailure.refused("no certificate was issued with the serial number " + serial);
    }
    return alike.getFirst();
  }

  private List<Entry> alike(String digits) {
    try {
      return ledger.withSerialLike(digits);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  /** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
  private static boolean isOurs(SerialNumber number) {
    return number.value().signum() > 0 && number.value().bitLength() < 160;
  }

  @Override
  public void close() {
    ledger.close();
    if (passphrase != null) {
      passphrase.close();
    }
  }
}
