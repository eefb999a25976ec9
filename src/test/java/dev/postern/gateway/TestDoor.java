package dev.postern.gateway;

import dev.postern.access.Directory;
import dev.postern.access.Doorkeeper;
import dev.postern.access.IdentityMapping;
import dev.postern.access.PathPattern;
import dev.postern.access.Rule;
import dev.postern.access.StatusSource;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.access.User;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationStatus;
import dev.postern.web.Pages;
import dev.postern.web.Posture;
import dev.postern.web.TlsEngine;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A gateway for a test: a CA, alice (staff) and bob, sites under {@code *.test}, a clock that
 * stands, and a log in memory. Everything on 127.0.0.1 and free ports.
 */
final class TestDoor implements AutoCloseable {
  static {
    Leaks.watch();
  }

  static final String HOST = "localhost";
  static final TestPki CA = new TestPki("Test CA");
  static final TestPki STRANGE_CA = new TestPki("Strange CA");
  static final TestPki.Holder SERVER =
      CA.server(HOST, "wiki.test", "never.test", "strict.test", "other.test", "127.0.0.1");
  static final KeyManagerFactory SERVER_KEYS = SERVER.keyManagers();
  static final TestPki.Holder ALICE = CA.client("alice");
  static final TestPki.Holder BOB = CA.client("bob");
  static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  /** How long after its end a certificate can still be renewed. */
  static final Duration GRACE = Duration.ofDays(7);

  final List<AccessLog.Entry> log = Collections.synchronizedList(new ArrayList<>());
  final Map<String, User> users = new ConcurrentHashMap<>();
  private final Map<SerialNumber, RevocationStatus.Revoked> revoked = new ConcurrentHashMap<>();
  private volatile Optional<Runnable> unasked = Optional.empty();
  private volatile Instant now = NOW;
  private List<Certificate> caNames = List.of(CA.root());
  private final List<Site> sites = new ArrayList<>();
  private GatewayConfig config =
      GatewayConfig.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .withTimeouts(
              new GatewayConfig.Timeouts(
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(20),
                  Duration.ofSeconds(10),
                  Duration.ofSeconds(5)));
  private @Nullable Gateway gateway;

  TestDoor() {
    users.put("alice", user("alice", User.State.ENABLED, "staff"));
    users.put("bob", user("bob", User.State.ENABLED));
  }

  static User user(String name, User.State state, String... groups) {
    return new User(name, name, Optional.of(name + "@example.test"), Set.of(groups), state);
  }

  static Rule rule(String path, String... allow) {
    return new Rule(
        new PathPattern(path),
        Set.of(),
        java.util.Arrays.stream(allow).map(Rule.Who::parse).toList());
  }

  /** Public below /public, /admin for nobody, the rest for staff. */
  static final List<Rule> RULES =
      List.of(
          rule("/public/**", "anyone"), rule("/admin/**", "nobody"), rule("/**", "group:staff"));

  TestDoor engine(TlsEngine engine) {
    config = config.withEngine(engine);
    return this;
  }

  TestDoor timeouts(GatewayConfig.Timeouts timeouts) {
    config = config.withTimeouts(timeouts);
    return this;
  }

  /** So that clients show certificates of other issuers too. */
  TestDoor withoutCaNames() {
    caNames = List.of();
    return this;
  }

  TestDoor connections(int limit) {
    config = config.withConnections(limit);
    return this;
  }

  TestDoor withHttp() {
    config = config.withHttp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return this;
  }

  TestDoor site(Site site) {
    sites.add(site);
    return this;
  }

  TestDoor relayTo(int port) {
    return site(relayed(HOST, port));
  }

  static Site relayed(String host, int port) {
    return Site.relayed(
        host,
        SERVER_KEYS,
        RULES,
        Upstream.parse("http://127.0.0.1:" + port),
        EnumSet.allOf(IdentityHeaders.class));
  }

  static Site relayed(String host, int port, Posture posture) {
    return relayed(host, port).with(posture);
  }

  TestDoor open() {
    gateway = Gateway.start(config, state(sites), log::add, () -> now);
    return this;
  }

  List<Site> sites() {
    return sites;
  }

  GatewayState state(List<Site> of) {
    return new GatewayState(
        of,
        of.getFirst().host(),
        doorkeeper(),
        caNames,
        new Pages.Ways(
            Optional.of(URI.create("https://enrol.test/")),
            Optional.of(URI.create("https://me.test/")),
            Optional.of("mailto:help@example.test")));
  }

  /** With the users as they are at this moment. */
  Doorkeeper doorkeeper() {
    Map<String, User> snapshot = Map.copyOf(users);
    Directory directory =
        new Directory() {
          @Override
          public Optional<User> named(String name) {
            return Optional.ofNullable(snapshot.get(name));
          }

          @Override
          public Optional<User> withEmail(String address) {
            return snapshot.values().stream()
                .filter(user -> user.email().equals(Optional.of(address)))
                .findFirst();
          }
        };
    var authority =
        new TrustedAuthority(
                "own",
                List.of(TrustAnchor.of(CA.root())),
                List.of(),
                IdentityMapping.OWN,
                new Statuses(),
                UnknownStatusPolicy.DENY)
            .renewedHere(GRACE);
    return new Doorkeeper(new Trust(List.of(authority), new PathValidator()), directory);
  }

  /** What the CA knows: from memory, and with {@link #unasked} only after it was asked. */
  private final class Statuses implements StatusSource {
    @Override
    public PathStatus status(VerifiedPath path, Instant at) {
      return unasked.isPresent()
          ? new PathStatus.Unknown(path.leaf(), "nobody was asked")
          : known(path);
    }

    @Override
    public Optional<Runnable> lookup(VerifiedPath path, Instant at) {
      return unasked.map(question ->
          () -> {
            question.run();
            unasked = Optional.empty();
          });
    }
  }

  /** From now on the CA must be asked first, and this is what it takes. */
  void ask(Runnable question) {
    unasked = Optional.of(question);
  }

  private PathStatus known(VerifiedPath path) {
    return Optional.ofNullable(revoked.get(path.leaf().serialNumber()))
        .<PathStatus>map(how -> new PathStatus.Revoked(path.leaf(), how))
        .orElse(new PathStatus.Good());
  }

  /** From now on; whoever is in notices when the gateway reconsiders. */
  void revoke(Certificate certificate) {
    revoked.put(
        certificate.serialNumber(), new RevocationStatus.Revoked(now, CrlReason.KEY_COMPROMISE));
  }

  void set(Instant instant) {
    now = instant;
  }

  Gateway gateway() {
    if (gateway == null) {
      throw new IllegalStateException("open first");
    }
    return gateway;
  }

  int port() {
    return gateway().httpsPort();
  }

  URI uri(String path) {
    return URI.create("https://localhost:" + port() + path);
  }

  @Override
  public void close() {
    gateway().close();
    if (!Leaks.found().isEmpty()) {
      throw new AssertionError(String.join("\n", Leaks.found()));
    }
  }
}
