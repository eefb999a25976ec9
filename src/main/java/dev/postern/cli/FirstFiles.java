package dev.postern.cli;

import dev.postern.access.Role;
import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.config.PosternConfig;
import dev.postern.enrol.UserOrder;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code init} makes beside the data folder: the configuration file, and a certificate for the
 * first administrator, without whom nobody could open the console.
 */
final class FirstFiles implements Setup.Companions, AutoCloseable {
  private static final String ADMIN = "admin";

  private final String text;
  private final PosternConfig config;
  private final OutputFile configFile;
  private final Optional<Admin> admin;
  private final SecureRandom random = new SecureRandom();

  /** {@code password} protects {@code file}. */
  private record Admin(String displayName, Path path, OutputFile file, Passphrase password) {}

  private FirstFiles(
      String text, PosternConfig config, OutputFile configFile, Optional<Admin> admin) {
    this.text = text;
    this.config = config;
    this.configFile = configFile;
    this.admin = admin;
  }

  /**
   * Reserves both files.
   *
   * @param text what the configuration file shall say, and {@code config} what it means
   * @param administrator what the first one is called; empty: there is none
   */
  static FirstFiles reserve(
      Path file, String text, PosternConfig config, Optional<String> administrator) {
    OutputFile configFile = OutputFile.reserve(file, OutputFile.Audience.EVERYBODY, false);
    Optional<Admin> admin =
        administrator.map(name ->
            new Admin(
                name,
                bundle(file),
                OutputFile.reserve(bundle(file), OutputFile.Audience.OWNER, false),
                Passphrase.generate(new SecureRandom())));
    return new FirstFiles(text, config, configFile, admin);
  }

  /** Where the administrator's key and certificate lie. */
  static Path bundle(Path configFile) {
    return configFile.resolveSibling(ADMIN + ".p12");
  }

  @Override
  public void make(Setup.Issuer issuer, SqlLedger ledger) {
    admin.ifPresent(each -> {
      byte[] content = enrolled(each, issuer, ledger);
      each.file().commit(content);
    });
    configFile.commit(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The administrator in the ledger, and the PKCS#12 file. */
  private byte[] enrolled(Admin wanted, Setup.Issuer issuer, SqlLedger ledger) {
    Requester requester = Workspace.atShell();
    var newcomer =
        new User(
            ADMIN,
            wanted.displayName(),
            Optional.empty(),
            Set.of(Role.ADMIN.group()),
            User.State.ENABLED);
    User user = UserCommand.done(ledger.users().add(newcomer, requester));
    var ca = issuer.certificate();
    var authority =
        new Authority(
            new IssuerCertificate(
                ca.certificate(), ca.above(), Workspace.publication(config.publish())),
            issuer.key().signer(),
            ledger,
            RandomSerials.from(random),
            InstantSource.system());
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    Issuance.Issued issued =
        Issuing.issued(authority.issue(order(user, key), Profile.CLIENT, requester));
    List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.chain());
    return Pkcs12.write(
            key, chain, user.displayName(), wanted.password(), Pkcs12.Format.MODERN, random)
        .toArray();
  }

  private Order order(User user, SecretKeyPair key) {
    try {
      return UserOrder.of(
          config.name(),
          Profile.CLIENT,
          user,
          Optional.empty(),
          List.of(),
          key.publicKey(),
          Optional.empty());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--admin cannot stand in a certificate: " + e.getMessage());
    }
  }

  @Override
  public void takeBack() {
    configFile.takeBack();
    admin.map(Admin::file).ifPresent(OutputFile::takeBack);
  }

  /** What people must know about the administrator's file, once; nothing when there is none. */
  List<String> remarks() {
    String where = config.pages().admin().map(host -> " on " + host).orElse("");
    return admin
        .map(each ->
            List.of(
                "",
                "Administrator:  user " + ADMIN + ", for the console" + where + ", once served",
                "File:           " + each.path() + ", for your browser",
                "Password:       @|bold " + each.password().reveal() + "|@   (shown this once)"))
        .orElse(List.of());
  }

  @Override
  public void close() {
    configFile.close();
    admin.ifPresent(each -> {
      each.file().close();
      each.password().close();
    });
  }
}
