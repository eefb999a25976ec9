package dev.postern.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.access.Doorkeeper;
import dev.postern.access.Identity;
import dev.postern.access.IdentityMapping;
import dev.postern.access.Latecomers;
import dev.postern.access.PathPattern;
import dev.postern.access.PresentedChain;
import dev.postern.access.RequestTarget;
import dev.postern.access.Role;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Ledger;
import dev.postern.authority.Order;
import dev.postern.authority.Problem;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.fakes.TestSigner;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.SqlLedger;
import dev.postern.ledger.UserDirectory;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.web.Exchange;
import dev.postern.web.InternalHandler;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A console over a ledger in a file: {@code root} is an administrator, {@code audrey} an auditor,
 * {@code alice} neither; and one site that lets staff in.
 */
final class ConsoleFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  static final String HOST = "admin.example.com";
  static final String JSON = "application/json";
  static final String FORM = "application/x-www-form-urlencoded";

  private static final Requester TEST = new Requester("cli:test");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Signer CLIENT_KEY = TestSigner.p256();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** By who may look, and who may do everything, as `init` writes them. */
  private static final List<ConsoleSite> SITES =
      List.of(
          new ConsoleSite(
              "wiki.example.com",
              List.of(
                  new Rule(
                      new PathPattern("/admin/**"),
                      Set.of(),
                      List.of(new Rule.Who.Group("admins"))),
                  new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.Group("staff")))),
              "http://127.0.0.1:3000",
              Latecomers.REFUSED));

  Instant now = NOW;
  final InstantSource clock = () -> now;
  final SqlLedger ledger;
  final SignIns signIns;
  final List<String> invitations = new ArrayList<>();
  private final TestSigner signer = TestSigner.p256();
  private final Certificate root =
      Authority.root(
          DistinguishedName.parse("CN=Test CA"), signer, serial(), NOW.minus(Duration.ofDays(30)));
  private final Doorkeeper doorkeeper;
  private final UserDirectory directory;
  private final RevokedCertificates revoked;
  private final InternalHandler console;
  private final Map<String, Certificate> shown = new HashMap<>();

  ConsoleFixture(Path folder) {
    ledger = SqlLedger.open(folder.resolve("ledger.db"), clock);
    signIns = SignIns.into(ledger.signIns(), clock);
    directory = new UserDirectory(ledger.users(), ledger.events());
    revoked = new RevokedCertificates(ledger.revocations(), clock);
    var ours =
        new TrustedAuthority(
            "ours",
            List.of(TrustAnchor.of(root)),
            List.of(),
            IdentityMapping.OWN,
            revoked,
            UnknownStatusPolicy.DENY);
    doorkeeper = new Doorkeeper(new Trust(List.of(ours), new PathValidator()), directory);
    console = Console.of(services());
    user("root", Role.ADMIN.group());
    user("audrey", Role.AUDITOR.group());
    user("alice", "staff");
  }

  ConsoleServices services() {
    return new ConsoleServices(
        "Example",
        ledger,
        clock,
        () -> new ConsoleServices.Loaded(SITES, doorkeeper, Pages.Ways.NONE),
        signIns,
        List.of(root),
        Optional.of(URI.create("http://pki.example.com")),
        this::invite,
        this::sign);
  }

  /** As {@code cli.RequestSigning}, in short. */
  private Issuance sign(Signing.Wish wish, Requester requester) {
    Optional<User> user = wish.user().flatMap(ledger.users()::named);
    if (user.isEmpty()) {
      return new Issuance.Refused(List.of(new Problem("user", "there is none")));
    }
    var order =
        new Order(
            wish.request().publicKey(),
            DistinguishedName.builder().userId(user.get().name()).build(),
            wish.names(),
            wish.user(),
            wish.validity());
    return authority(ledger).sign(wish.request(), order, wish.profile(), requester);
  }

  private Inviting.Outcome invite(
      String user, Optional<String> device, Duration validity, Requester requester) {
    invitations.add(user + " " + device.orElse("-") + " " + validity + " " + requester.name());
    return device.filter("refused"::equals).isPresent()
        ? new Inviting.Refused("not for this device")
        : new Inviting.Invited(
            "7",
            URI.create("https://enrol.example.com/i/SECRET"),
            "<svg viewBox=\"0 0 2 2\"><path d=\"M0 0h1v1H0z\"/></svg>",
            now.plus(validity));
  }

  User user(String name, String... groups) {
    var user =
        new User(
            name,
            name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
            Optional.of(name + "@example.com"),
            Set.of(groups),
            User.State.ENABLED);
    ledger.users().add(user, TEST);
    return user;
  }

  /** An invitation as the enrolment desk makes them; {@code code} tells it from others. */
  Invitation invited(String user, String device, String code) {
    Bytes hash = Bytes.of(code.getBytes(StandardCharsets.UTF_8)).sha256();
    return ledger.invitations().add(hash, user, Optional.of(device), Duration.ofHours(24), TEST);
  }

  /** What becomes of it when somebody sends a key. */
  Invitation used(Invitation invitation, String code) {
    Bytes hash = Bytes.of(code.getBytes(StandardCharsets.UTF_8)).sha256();
    ledger.invitations().claim(hash, hash);
    issue(
        invitation.user(),
        invitation.user(),
        Duration.ofDays(365),
        ledger.invitations().ending(invitation, hash, "192.0.2.9"),
        TEST);
    return ledger.invitations().withId(invitation.id()).orElseThrow();
  }

  private static SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, RANDOM).setBit(126));
  }

  Certificate issue(String user) {
    return issue(user, user + " (laptop)", Duration.ofDays(365));
  }

  Certificate issue(String user, String commonName, Duration life) {
    return issue(user, commonName, life, ledger, TEST);
  }

  /** As Postern makes them for itself. */
  Certificate issueOwn(Duration life) {
    return issue("alice", "OCSP responder", life, ledger, Requester.OCSP);
  }

  private Certificate issue(
      String user, String commonName, Duration life, Ledger into, Requester requester) {
    var order =
        new Order(
            CLIENT_KEY.publicKey(),
            DistinguishedName.builder().userId(user).commonName(commonName).build(),
            List.of(new GeneralName.Rfc822Name(user + "@example.com")),
            Optional.of(user),
            Optional.of(life));
    return ((Issuance.Issued) authority(into).issue(order, Profile.CLIENT, requester))
        .certificate();
  }

  private Authority authority(Ledger into) {
    return new Authority(
        new IssuerCertificate(root, List.of(), Optional.empty()),
        signer,
        into,
        ConsoleFixture::serial,
        clock);
  }

  /** Who shows a certificate of this user. */
  Identity identity(String user) {
    directory.follow();
    revoked.follow();
    Certificate certificate = shown.computeIfAbsent(user, name -> issue(name));
    var presented = PresentedChain.of(List.of(certificate.der()));
    return ((Doorkeeper.Identification.Known) doorkeeper.identify(presented, now)).identity();
  }

  /** One request. */
  record Ask(String method, String address, String body, Map<String, List<String>> headers) {
    static Ask get(String address) {
      return new Ask("GET", address, "", Map.of());
    }

    static Ask post(String address, String type, String body) {
      return new Ask("POST", address, body, Map.of("content-type", List.of(type)));
    }

    static Ask patch(String address, String body) {
      return new Ask("PATCH", address, body, Map.of("content-type", List.of(JSON)));
    }

    Ask with(String name, String value) {
      Map<String, List<String>> more = new HashMap<>(headers);
      more.put(name, List.of(value));
      return new Ask(method, address, body, more);
    }
  }

  Reply ask(@Nullable String user, Ask ask) {
    int mark = ask.address().indexOf('?');
    String path = mark < 0 ? ask.address() : ask.address().substring(0, mark);
    Map<String, List<String>> headers = new HashMap<>(ask.headers());
    headers.put("host", List.of(HOST));
    return console.answer(
        new Exchange(
            RequestTarget.of(ask.method(), HOST, path).orElseThrow(),
            mark < 0 ? "" : ask.address().substring(mark),
            headers,
            Bytes.of(ask.body().getBytes(StandardCharsets.UTF_8)),
            Optional.ofNullable(user).map(this::identity),
            "192.0.2.7",
            "REF"));
  }

  Reply get(String address) {
    return ask("root", Ask.get(address));
  }

  Reply post(String address, String body) {
    return ask("root", Ask.post(address, JSON, body));
  }

  static String text(Reply reply) {
    return new String(reply.body().toArray(), StandardCharsets.UTF_8);
  }

  static JsonNode json(Reply reply) {
    try {
      return MAPPER.readTree(reply.body().toArray());
    } catch (IOException e) {
      throw new IllegalStateException(text(reply), e);
    }
  }

  static String header(Reply reply, String name) {
    return reply.headers().stream()
        .filter(each -> each.name().equals(name))
        .map(Reply.Header::value)
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    signIns.close();
    ledger.close();
  }
}
