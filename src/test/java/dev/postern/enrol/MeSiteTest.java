package dev.postern.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Admission;
import dev.postern.access.Denial;
import dev.postern.access.Doorkeeper;
import dev.postern.access.Identity;
import dev.postern.access.IdentityMapping;
import dev.postern.access.Latecomers;
import dev.postern.access.PathPattern;
import dev.postern.access.PresentedChain;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.authority.StatusChange;
import dev.postern.fakes.TestSigner;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.SqlLedger;
import dev.postern.ledger.UserDirectory;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.revocation.CrlReason;
import dev.postern.web.Exchange;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do on their own pages, above all late, over a real ledger and authority. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MeSiteTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Requester ADMIN = new Requester("cli:test");
  private static final String ENROL = "https://enrol.example.com:8443";
  private static final Duration GRACE = Duration.ofDays(7);
  private static final List<Rule> USERS =
      List.of(new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.AnyUser())));
  private static final String FORM = "application/x-www-form-urlencoded";

  @TempDir private Path folder;
  private final TestSigner ca = TestSigner.p256();
  private final User alice =
      new User("alice", "Alice", Optional.empty(), Set.of(), User.State.ENABLED);
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");
  private SqlLedger ledger;
  private UserDirectory directory;
  private RevokedCertificates revoked;
  private Authority authority;
  private Doorkeeper doorkeeper;
  private MeSite me;
  private EnrolSite enrol;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("ledger.db"), () -> now);
    ledger.users().add(alice, ADMIN);
    directory = new UserDirectory(ledger.users(), ledger.events());
    revoked = new RevokedCertificates(ledger.revocations(), () -> now);
    Certificate root =
        Authority.root(
            DistinguishedName.parse("CN=Test CA"), ca, serial(), now.minus(Duration.ofDays(30)));
    var issuer = new IssuerCertificate(root, List.of(), Optional.empty());
    authority = new Authority(issuer, ca, ledger, MeSiteTest::serial, () -> now);
    var ours =
        new TrustedAuthority(
                "own",
                List.of(TrustAnchor.of(root)),
                List.of(),
                IdentityMapping.OWN,
                revoked,
                UnknownStatusPolicy.DENY)
            .renewedHere(GRACE);
    doorkeeper = new Doorkeeper(new Trust(List.of(ours), new PathValidator()), directory);
    var desk = new InvitationDesk(ledger.invitations(), ENROL);
    me = new MeSite("Example", ledger, Optional.of(desk), Duration.ofHours(24), () -> now);
    var host =
        new EnrolHost(
            "Example",
            ENROL,
            Optional.empty(),
            true,
            KeyAlgorithm.P256,
            root,
            new EnrolHost.Identity(ca, List.of(root)));
    enrol = new EnrolSite(host, ledger, () -> authority, Attempts.ofGuessing(() -> now), () -> now);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private static SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, RANDOM).setBit(126));
  }

  private Certificate issue(String device, Duration life) {
    var order =
        UserOrder.of(
            "Example",
            Profile.CLIENT,
            alice,
            Optional.of(device),
            List.of(),
            TestSigner.p256().publicKey(),
            Optional.of(life));
    return ((Issuance.Issued) authority.issue(order, Profile.CLIENT, ADMIN)).certificate();
  }

  /** As the gateway lets them in at {@code me.}. */
  private Admission admission(Certificate shown) {
    directory.follow();
    revoked.follow();
    return doorkeeper.admit(
        PresentedChain.of(List.of(shown.der())),
        USERS,
        RequestTarget.of("GET", "me.example.com", "/").orElseThrow(),
        now,
        Latecomers.MAY_RENEW);
  }

  private Identity identity(Certificate shown) {
    return ((Admission.Admitted) admission(shown)).identity().orElseThrow();
  }

  private Denial denial(Certificate shown) {
    return ((Admission.Denied) admission(shown)).denial();
  }

  private static Exchange exchange(
      Optional<Identity> identity, String method, String path, Bytes body, String type) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("content-type", List.of(type));
    return new Exchange(
        RequestTarget.of(method, "me.example.com", path).orElseThrow(),
        "",
        headers,
        body,
        identity,
        "192.0.2.7",
        "REF");
  }

  private Reply ask(Identity identity, String method, String path, String body) {
    return me.answer(exchange(Optional.of(identity), method, path, bytes(body), FORM));
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Reply reply) {
    return new String(reply.body().toArray(), StandardCharsets.UTF_8);
  }

  private static String link(Reply reply) {
    assertThat(reply.status()).as(text(reply)).isEqualTo(303);
    return reply.headers().stream()
        .filter(header -> header.name().equals("location"))
        .findFirst()
        .orElseThrow()
        .value();
  }

  /** A request of a new key to the page behind a link, as curl makes it. */
  private Reply enrol(String link) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair key = generator.generateKeyPair();
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=x"), key.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
            .getEncoded();
    return enrol.answer(
        exchange(
            Optional.empty(),
            "POST",
            link.substring(ENROL.length()),
            Bytes.of(request),
            "application/pkcs10"));
  }

  @Test
  void who_still_shows_the_old_certificate_is_told_of_the_new_one() {
    Certificate old = issue("laptop", Duration.ofDays(90));
    issue("phone", Duration.ofDays(365));
    assertThat(text(ask(identity(old), "GET", "/", ""))).doesNotContain("newer certificate");
    Certificate renewed = issue("laptop", Duration.ofDays(365));
    assertThat(text(ask(identity(old), "GET", "/", "")))
        .contains("The browser goes on showing the old one here");
    assertThat(text(ask(identity(renewed), "GET", "/", ""))).doesNotContain("newer certificate");
    assertThat(link(ask(identity(renewed), "GET", MeSite.HELLO, ""))).isEqualTo("/");
  }

  @Test
  void whoever_comes_late_renews_and_is_in_again() throws Exception {
    Certificate old = issue("laptop", Duration.ofDays(10));
    now = old.notAfter().plus(GRACE);
    Identity late = identity(old);
    assertThat(text(ask(late, "GET", "/", "")))
        .contains("Hello Alice, your certificate ended on 11 November 2026.")
        .contains("Until 18 November 2026 you can still renew it here.")
        .contains("action=\"/renewal\"")
        .doesNotContain("/devices", "/revocation");

    String link = link(ask(late, "POST", "/renewal", ""));
    now = now.plusSeconds(600); // the grace is over, but the link lasts
    assertThat(denial(old)).isEqualTo(new Denial.Expired(old));
    Certificate fresh = Pem.certificates(enrol(link).body().toArray()).getFirst();
    assertThat(fresh.subject()).isEqualTo(old.subject());
    assertThat(identity(fresh).mayOnlyRenew()).isFalse();
    assertThat(text(ask(identity(fresh), "GET", "/", ""))).contains("/devices", "/revocation");
  }

  @Test
  void nothing_else_can_be_done_late() {
    Certificate other = issue("phone", Duration.ofDays(300));
    Certificate old = issue("laptop", Duration.ofDays(10));
    String revocation = "/certificates/" + other.serialNumber().hex() + "/revocation";
    List<String[]> doings =
        List.of(
            new String[] {"POST", "/devices", "device=tablet"},
            new String[] {"GET", revocation, ""},
            new String[] {"POST", revocation, "reason=replaced"},
            new String[] {"POST", "/", ""},
            new String[] {"DELETE", "/renewal", ""},
            new String[] {"GET", "/whatever", ""});
    Identity inTime = identity(old);
    assertThat(ask(inTime, "GET", revocation, "").status()).isEqualTo(200);
    now = old.notAfter().plusSeconds(1);
    Identity late = identity(old);
    for (String[] doing : doings) {
      Reply reply = ask(late, doing[0], doing[1], doing[2]);
      assertThat(reply.status()).as(String.join(" ", doing)).isEqualTo(403);
      assertThat(text(reply))
          .contains(
              "only-renewal", "Your certificate has run out, so all you can do here is renew");
    }
    assertThat(ledger.withSerial(other.serialNumber()).orElseThrow().revoked()).isEmpty();
    assertThat(ledger.invitations().list(Optional.empty(), Optional.empty(), 10)).isEmpty();
    Reply page = ask(late, "GET", "/", "");
    String style =
        text(page).replaceAll("(?s).*?<link rel=\"stylesheet\" href=\"([^\"]+)\".*", "$1");
    assertThat(ask(late, "GET", style, "").status()).isEqualTo(200);
  }

  @Test
  void another_site_s_page_cannot_have_them_renew() {
    Certificate old = issue("laptop", Duration.ofDays(10));
    now = old.notAfter().plusSeconds(1);
    Exchange plain = exchange(Optional.of(identity(old)), "POST", "/renewal", bytes(""), FORM);
    Map<String, List<String>> headers = new HashMap<>(plain.headers());
    headers.put("sec-fetch-site", List.of("cross-site"));
    Reply reply =
        me.answer(
            new Exchange(
                plain.target(),
                "",
                headers,
                plain.body(),
                plain.identity(),
                plain.clientAddress(),
                plain.reference()));
    assertThat(text(reply)).contains("cross-site");
  }

  @Test
  void a_certificate_that_is_revoked_meanwhile_takes_its_renewal_along() throws Exception {
    Certificate old = issue("laptop", Duration.ofDays(10));
    now = old.notAfter().plusSeconds(1);
    String link = link(ask(identity(old), "POST", "/renewal", ""));
    ledger
        .revocations()
        .change(
            List.of(old.serialNumber()), new StatusChange.Revoke(CrlReason.KEY_COMPROMISE), ADMIN);
    assertThat(denial(old)).isInstanceOf(Denial.Revoked.class);
    Reply reply = enrol(link);
    assertThat(reply.status()).as(text(reply)).isBetween(400, 499);
    assertThat(text(reply)).doesNotContain("BEGIN CERTIFICATE");
  }

  @Test
  void a_person_whose_account_is_closed_meanwhile_gets_nothing() throws Exception {
    Certificate old = issue("laptop", Duration.ofDays(10));
    now = old.notAfter().plusSeconds(1);
    String link = link(ask(identity(old), "POST", "/renewal", ""));
    ledger.users().disable("alice", ADMIN);
    assertThat(denial(old)).isInstanceOf(Denial.UserDisabled.class);
    assertThat(text(enrol(link))).doesNotContain("BEGIN CERTIFICATE");
  }

  /** A thief who has the old file could renew it. */
  @Test
  void what_ended_and_may_still_be_renewed_is_listed_and_can_be_revoked() {
    Certificate old = issue("laptop", Duration.ofDays(10));
    now = old.notAfter().minus(Duration.ofDays(1));
    Certificate fresh = issue("laptop", Duration.ofDays(300));
    now = old.notAfter().plus(Duration.ofDays(1));
    String revocation = "/certificates/" + old.serialNumber().hex() + "/revocation";
    assertThat(text(ask(identity(fresh), "GET", "/", ""))).contains(revocation, "run out");
    assertThat(ask(identity(fresh), "POST", revocation, "reason=lost").status()).isEqualTo(303);
    assertThat(denial(old)).isInstanceOf(Denial.Revoked.class);
    now = old.notAfter().plus(GRACE).plusSeconds(1);
    assertThat(text(ask(identity(fresh), "GET", "/", ""))).doesNotContain(revocation);
  }

  @Test
  void each_device_says_when_it_was_last_used() {
    Certificate laptop = issue("laptop", Duration.ofDays(300));
    Certificate phone = issue("phone", Duration.ofDays(300));
    issue("tablet", Duration.ofDays(300));
    var signIns = SignIns.into(ledger.signIns(), () -> now);
    for (boolean ours : new boolean[] {true, false}) {
      signIns.record(
          new SignIn(
              ours ? now : now.plus(Duration.ofDays(9)), // another CA's may have the same number
              SignIn.ADMITTED,
              "wiki.example.com",
              "/",
              ours ? "192.0.2.9" : "192.0.2.66",
              Optional.of("alice"),
              Optional.of(phone.serialNumber().hex()),
              ours,
              "REF"));
    }
    signIns.close();
    String page = text(ask(identity(laptop), "GET", "/", ""));
    assertThat(page.substring(page.indexOf("Alice (tablet)"), page.indexOf("Alice (phone)")))
        .contains("not used yet");
    assertThat(page.substring(page.indexOf("Alice (phone)"), page.indexOf("Alice (laptop)")))
        .contains("last used on 1 November 2026 from 192.0.2.9");
    assertThat(page.substring(page.indexOf("Alice (laptop)"))).contains("in use now");
    assertThat(page).doesNotContain("192.0.2.66");
  }
}
