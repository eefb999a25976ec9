package dev.postern.cli;

import dev.postern.access.Role;
import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.enrol.InvitationDesk;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the demo shows: a CA that is a month old, alice, bob, carol, an admin, and a certificate of
 * alice's that has run out.
 */
final class DemoWorld {
  /** Known to everybody who reads this line; it protects nothing but a demonstration. */
  static final String PASSWORD = "postern-demo";

  private static final Duration AGE = Duration.ofDays(30);
  private static final Requester DEMO = new Requester("demo");

  private final Path folder;
  private final DataFolder data;
  private final SecureRandom random = new SecureRandom();

  DemoWorld(Path folder) {
    this.folder = folder;
    this.data = new DataFolder(folder.resolve("postern-data"));
  }

  Path config() {
    return folder.resolve("postern.yaml");
  }

  /** Makes what is not there yet: false where everything is there, and only the ports are new. */
  boolean prepare(int port, int appPort) {
    try {
      Files.createDirectories(folder);
      boolean fresh = !Files.exists(folder.resolve("root.pem"));
      if (fresh) {
        make();
      }
      Files.writeString(config(), configurationWith(port, appPort), StandardCharsets.UTF_8);
      return fresh;
    } catch (IOException e) {
      throw OutputFile.failure(folder, e);
    }
  }

  private void make() throws IOException {
    if (Files.exists(data.path())) {
      throw CommandFailure.usage(
          data.path() + " is there, but the demo's other files are not; remove " + folder);
    }
    Instant then = InstantSource.system().instant().minus(AGE);
    var setup = new Setup(data, KeyAlgorithm.P256, random, then);
    Setup.Root root = setup.newRoot("Postern Demo");
    Setup.Issuer issuer = setup.newIssuer("Postern Demo", root);
    try (Passphrase password = Passphrase.of(PASSWORD.toCharArray())) {
      setup.write(
          issuer,
          password,
          Optional.of(new Setup.NewRoot(root, folder.resolve("postern-root"), password)),
          Setup.ALONE);
      try (var ledger = SqlLedger.open(data.ledger(), InstantSource.system())) {
        UserCommand.done(ledger.users().add(user("alice", "Alice", Set.of("staff")), DEMO));
        UserCommand.done(ledger.users().add(user("bob", "Bob", Set.of()), DEMO));
        UserCommand.done(ledger.users().add(user("carol", "Carol", Set.of("staff")), DEMO));
        UserCommand.done(
            ledger.users().add(user("admin", "Admin", Set.of(Role.ADMIN.group(), "admins")), DEMO));
        var now =
            new Authority(
                issuer.certificate(),
                issuer.key().signer(),
                ledger,
                RandomSerials.from(random),
                InstantSource.system());
        var earlier =
            new Authority(
                issuer.certificate(),
                issuer.key().signer(),
                ledger,
                RandomSerials.from(random),
                InstantSource.fixed(then));
        issue(
            earlier, "alice", "Alice", "alice-expired", Optional.of(Duration.ofDays(7)), password);
        issue(now, "alice", "Alice", "alice", Optional.empty(), password);
        issue(now, "bob", "Bob", "bob", Optional.empty(), password);
        issue(now, "carol", "Carol", "carol", Optional.empty(), password);
        issue(now, "admin", "Admin", "admin", Optional.empty(), password);
      }
    }
    Files.copy(data.rootCertificate(), folder.resolve("root.pem"));
  }

  /** A link for alice, a new one each time. */
  String invite(Workspace workspace) {
    User alice = workspace.users().named("alice").orElseThrow();
    return switch (InviteCommand.desk(workspace)
        .invite(alice, Optional.empty(), workspace.config().pages().invitation(), DEMO)) {
      case InvitationDesk.Outcome.Invited(_, String link) -> link;
      case InvitationDesk.Outcome.Refused(String reason) -> throw CommandFailure.refused(reason);
    };
  }

  private static User user(String name, String displayName, Set<String> groups) {
    return new User(
        name, displayName, Optional.of(name + "@example.com"), groups, User.State.ENABLED);
  }

  private void issue(
      Authority authority,
      String user,
      String displayName,
      String file,
      Optional<Duration> validity,
      Passphrase password) {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    var subject =
        DistinguishedName.builder()
            .organization("Postern Demo")
            .userId(user)
            .commonName(displayName + " (demo)")
            .build();
    var order =
        new Order(
            key.publicKey(),
            subject,
            List.of(new GeneralName.Rfc822Name(user + "@example.com")),
            Optional.of(user),
            validity);
    Issuance.Issued issued = Issuing.issued(authority.issue(order, Profile.CLIENT, DEMO));
    List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.chain());
    byte[] p12 =
        Pkcs12.write(key, chain, displayName + " (demo)", password, Pkcs12.Format.MODERN, random)
            .toArray();
    try (var out =
        OutputFile.reserve(folder.resolve(file + ".p12"), OutputFile.Audience.OWNER, true)) {
      out.commit(p12);
    }
  }

  /** A file that is there keeps its rules: only the ports are new. */
  private String configurationWith(int port, int appPort) throws IOException {
    return Files.exists(config())
        ? Files.readString(config())
            .replaceFirst("https: \"127\\.0\\.0\\.1:\\d+\"", "https: \"127.0.0.1:" + port + "\"")
            .replaceFirst(
                "upstream: http://127\\.0\\.0\\.1:\\d+", "upstream: http://127.0.0.1:" + appPort)
        : configuration(port, appPort);
  }

  private static String configuration(int port, int appPort) {
    return """
    # Postern's demo. Change the rules and save: they hold within a second or two.
    name: Postern Demo
    domain: localhost
    data: postern-data
    listen: { https: "127.0.0.1:%d", http: off }
    access-log: access.log
    sites:
      - host: localhost
        upstream: http://127.0.0.1:%d
        headers: [remote-user, forwarded, client-cert]
        rules:                              # the first that fits decides; where none fits, nobody enters
          - { path: /health, allow: anyone }
          - { path: /admin/**, allow: "group:admins" }
          - { allow: "group:staff" }
    """
        .formatted(port, appPort);
  }
}
