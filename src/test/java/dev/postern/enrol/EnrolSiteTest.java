package dev.postern.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.access.RequestTarget;
import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Requester;
import dev.postern.fakes.TestSigner;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.ledger.SqlLedger;
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

/** The host's pages, asked as a browser and as curl ask, over a real ledger and authority. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class EnrolSiteTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Requester ADMIN = new Requester("cli:test");
  private static final String ENROL = "https://enrol.example.com:8443";
  private static final String JSON = "application/json";

  @TempDir private Path folder;
  private final TestSigner ca = TestSigner.p256();
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");
  private SqlLedger ledger;
  private EnrolSite site;
  private final Certificate root =
      Authority.root(
          DistinguishedName.parse("CN=Test Root"), ca, serial(), now.minus(Duration.ofDays(30)));
  private InvitationDesk desk;
  private User alice;
  private final Attempts attempts = Attempts.ofGuessing(() -> now);
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("ledger.db"), () -> now);
    alice =
        new User("alice", "Alice", Optional.of("alice@example.com"), Set.of(), User.State.ENABLED);
    ledger.users().add(alice, ADMIN);
    desk = new InvitationDesk(ledger.invitations(), ENROL);
    site = site(true);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private static SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, RANDOM).setBit(126));
  }

  /** Drawn while a certificate is under way. */
  private SerialNumber nextSerial() {
    meanwhile.run();
    return serial();
  }

  private EnrolSite site(boolean phone) {
    var issuer = new IssuerCertificate(root, List.of(), Optional.empty());
    var authority = new Authority(issuer, ca, ledger, this::nextSerial, () -> now);
    var host =
        new EnrolHost(
            "Example",
            ENROL,
            Optional.of("https://me.example.com:8443"),
            phone,
            KeyAlgorithm.P256,
            root,
            new EnrolHost.Identity(ca, List.of(root)));
    return new EnrolSite(host, ledger, () -> authority, attempts, () -> now);
  }

  private InvitationDesk.Outcome.Invited invite() {
    return (InvitationDesk.Outcome.Invited)
        desk.invite(alice, Optional.empty(), Duration.ofHours(24), ADMIN);
  }

  private static String path(InvitationDesk.Outcome.Invited invited) {
    return invited.link().substring(ENROL.length());
  }

  private Reply ask(String method, String path, Bytes body, String... headers) {
    return askFrom("192.0.2.7", method, path, body, headers);
  }

  private Reply askFrom(String address, String method, String path, Bytes body, String... headers) {
    Map<String, List<String>> all = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return site.answer(
        new Exchange(
            RequestTarget.of(method, "enrol.example.com", path).orElseThrow(),
            "",
            all,
            body,
            Optional.empty(),
            address,
            "REF"));
  }

  private Reply get(String path) {
    return ask("GET", path, Bytes.of(new byte[0]), "accept", "text/html");
  }

  private Reply send(String path, String csr, String device) throws Exception {
    String json = new ObjectMapper().writeValueAsString(Map.of("request", csr, "device", device));
    return ask("POST", path, bytes(json), "content-type", JSON, "accept", JSON);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Reply reply) {
    return new String(reply.body().toArray(), StandardCharsets.UTF_8);
  }

  private static String code(Reply reply) throws Exception {
    JsonNode code = new ObjectMapper().readTree(reply.body().toArray()).path("code");
    return code.asText("-") + " " + reply.status();
  }

  private static KeyPair key(String algorithm, int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    return generator.generateKeyPair();
  }

  private static Bytes der(KeyPair key, String subject) throws Exception {
    String algorithm = key.getPublic().getAlgorithm().equals("EC") ? "ECDSA" : "RSA";
    return Bytes.of(
        new JcaPKCS10CertificationRequestBuilder(new X500Principal(subject), key.getPublic())
            .build(new JcaContentSignerBuilder("SHA256with" + algorithm).build(key.getPrivate()))
            .getEncoded());
  }

  private static String csr(KeyPair key) throws Exception {
    return Pem.write(Pem.CERTIFICATE_REQUEST, der(key, "CN=Mallory,UID=root"));
  }

  private List<Certificate> issued() {
    return ledger.list(CertificateQuery.ALL).entries().stream()
        .map(entry -> entry.certificate())
        .toList();
  }

  private Invitation.State state(InvitationDesk.Outcome.Invited invited) {
    return ledger.invitations().withId(invited.invitation().id()).orElseThrow().state();
  }

  @Test
  void opening_the_link_uses_nothing_up_and_says_hello() {
    var invited = invite();
    for (int i = 0; i < 30; i++) {
      assertThat(get(path(invited)).status()).isEqualTo(200);
      assertThat(ask("HEAD", path(invited), Bytes.of(new byte[0])).status()).isEqualTo(200);
    }
    assertThat(text(get(path(invited)))).contains("Hello Alice");
    assertThat(state(invited)).isEqualTo(new Invitation.State.Open());
  }

  @Test
  void names_come_from_the_invitation_and_the_key_from_the_request() throws Exception {
    var invited = invite();
    KeyPair key = key("EC", 256);
    Reply reply = send(path(invited), csr(key), "work laptop");
    assertThat(reply.status()).isEqualTo(200);
    JsonNode answer = new ObjectMapper().readTree(reply.body().toArray());
    Certificate certificate =
        Pem.certificates(answer.path("certificates").asText().getBytes(StandardCharsets.UTF_8))
            .getFirst();
    assertThat(certificate.subject().toString())
        .contains("CN=Alice (work laptop)")
        .contains("UID=alice")
        .doesNotContain("Mallory");
    assertThat(certificate.publicKey().der().toArray()).isEqualTo(key.getPublic().getEncoded());
    assertThat(answer.path("file").asText()).isEqualTo("alice-work-laptop.p12");
    assertThat(answer.path("welcome").asText()).isEqualTo("https://me.example.com:8443");
    assertThat(issued()).containsExactly(certificate);
  }

  @Test
  void the_same_key_gets_the_same_certificate_and_another_key_none() throws Exception {
    var invited = invite();
    KeyPair key = key("EC", 256);
    String first = text(send(path(invited), csr(key), "x"));
    String again = text(send(path(invited), csr(key), "y"));
    assertThat(new ObjectMapper().readTree(again).path("certificates"))
        .isEqualTo(new ObjectMapper().readTree(first).path("certificates"));
    assertThat(code(send(path(invited), csr(key("EC", 256)), "x")))
        .isEqualTo("invitation-taken 409");
    assertThat(issued()).hasSize(1);
    assertThat(get(path(invited)).status()).isEqualTo(410);
    assertThat(text(get(path(invited)))).contains("This invitation has been used.");
  }

  @Test
  void a_device_is_offered_what_it_can_use() {
    String path = path(invite());
    String linux = text(ask("GET", path, bytes(""), "user-agent", "Mozilla/5.0 (X11; Linux)"));
    assertThat(linux)
        .contains(
            "id=\"phone\"", "id=\"refused\"", "wget ", "chrome://certificate-manager/localcerts")
        .contains("href=\"/root.crt\"", root.fingerprint().colonHex());
    String phone = text(ask("GET", path, bytes(""), "user-agent", "Mozilla/5.0 (iPhone; Mac OS X"));
    assertThat(phone)
        .as("no way to another phone, no second file of the same kind, no command line")
        .doesNotContain("id=\"phone\"", "id=\"refused\"", "wget ")
        .contains("Certificate Trust Settings", root.fingerprint().colonHex());
  }

  @Test
  void what_cannot_become_a_certificate_leaves_the_invitation_open() throws Exception {
    var invited = invite();
    byte[] changed = der(key("EC", 256), "CN=x").toArray();
    changed[changed.length - 3] ^= 1;
    String pem = Pem.write(Pem.CERTIFICATE_REQUEST, Bytes.of(changed));
    assertThat(code(send(path(invited), pem, "x"))).isEqualTo("request-refused 422");
    assertThat(code(send(path(invited), csr(key("RSA", 1024)), "x")))
        .isEqualTo("request-refused 422");
    assertThat(code(send(path(invited), csr(key("EC", 256)), "x".repeat(41))))
        .isEqualTo("request-refused 422");
    assertThat(code(send(path(invited), csr(key("EC", 256)), "a\u0007b")))
        .isEqualTo("request-refused 422");
    for (String nonsense : List.of("", "nonsense", "&%", Pem.write("CERTIFICATE", bytes("x")))) {
      Reply reply = send(path(invited), nonsense, "x");
      assertThat(code(reply)).as(nonsense).isEqualTo("request-unreadable 400");
      assertThat(text(reply)).contains(ENROL + path(invited));
    }
    Reply key = send(path(invited), Pem.write("PRIVATE KEY", bytes("x")), "x");
    assertThat(code(key)).isEqualTo("key-exposed 400");
    assertThat(text(key)).contains("Throw it away.");
    assertThat(code(ask("POST", path(invited), bytes(""), "accept", JSON)))
        .isEqualTo("request-unreadable 400");
    assertThat(issued()).isEmpty();
    assertThat(state(invited)).isEqualTo(new Invitation.State.Open());
    assertThat(send(path(invited), csr(key("RSA", 2048)), "x").status()).isEqualTo(200);
  }

  @Test
  void links_that_are_no_use_say_why() throws Exception {
    var expired = invite();
    var withdrawn = invite();
    ledger.invitations().withdraw(withdrawn.invitation().id(), ADMIN);
    String request = csr(key("EC", 256));
    assertThat(code(send(path(withdrawn), request, "x"))).isEqualTo("invitation-withdrawn 410");
    assertThat(text(get(path(withdrawn)))).contains("taken back");
    ledger.users().disable("alice", ADMIN);
    assertThat(code(send(path(expired), request, "x"))).isEqualTo("user-disabled 403");
    assertThat(text(get(path(expired)))).contains("Your account is closed.");
    ledger.users().enable("alice", ADMIN);
    now = now.plus(Duration.ofHours(24));
    assertThat(code(send(path(expired), request, "x"))).isEqualTo("invitation-expired 410");
    assertThat(text(get(path(expired)))).contains("This invitation has run out.");
    assertThat(issued()).isEmpty();
  }

  @Test
  void a_link_withdrawn_while_its_certificate_is_signed_brings_none() throws Exception {
    var invited = invite();
    meanwhile = () -> ledger.invitations().withdraw(invited.invitation().id(), ADMIN);
    assertThat(code(send(path(invited), csr(key("EC", 256)), "x")))
        .isEqualTo("invitation-withdrawn 410");
    assertThat(issued()).isEmpty();
  }

  /** The server died between claim and signature, and the person loaded the page again. */
  @Test
  void a_claim_that_was_interrupted_is_not_called_somebody_else_s() throws Exception {
    var invited = invite();
    meanwhile =
        () -> {
          throw new IllegalStateException("killed");
        };
    KeyPair lost = key("EC", 256);
    assertThatThrownBy(() -> send(path(invited), csr(lost), "x")).hasMessage("killed");
    meanwhile = () -> {};
    KeyPair fresh = key("EC", 256);
    Reply busy = send(path(invited), csr(fresh), "x");
    assertThat(code(busy)).isEqualTo("invitation-busy 409");
    assertThat(text(busy)).contains("try again in a minute").doesNotContain("Somebody else");
    assertThat(busy.headers()).contains(new Reply.Header("retry-after", "60"));
    assertThat(get(path(invited)).status()).isEqualTo(200);
    assertThat(issued()).isEmpty();
    now = now.plus(Invitations.CLAIM).plusSeconds(1);
    assertThat(send(path(invited), csr(fresh), "x").status()).isEqualTo(200);
    assertThat(code(send(path(invited), csr(lost), "x"))).isEqualTo("invitation-taken 409");
    assertThat(issued()).hasSize(1);
  }

  @Test
  void who_guesses_is_told_to_wait() throws Exception {
    var invited = invite();
    for (int i = 0; i < 20; i++) {
      assertThat(get("/i/" + OneTimeCode.generate(RANDOM).reveal()).status()).isEqualTo(404);
    }
    Reply reply = send("/i/" + OneTimeCode.generate(RANDOM).reveal(), csr(key("EC", 256)), "x");
    assertThat(code(reply)).isEqualTo("too-many-attempts 429");
    assertThat(reply.headers()).contains(new Reply.Header("retry-after", "601"));
    assertThat(get("/d/" + OneTimeCode.generate(RANDOM).reveal()).status()).isEqualTo(429);
    assertThat(send(path(invited), csr(key("EC", 256)), "x").status()).isEqualTo(200);
    now = now.plus(Duration.ofMinutes(10));
    assertThat(get("/i/" + OneTimeCode.generate(RANDOM).reveal()).status()).isEqualTo(404);
  }

  private int guessFrom(String address) {
    String path = "/i/" + OneTimeCode.generate(RANDOM).reveal();
    return askFrom(address, "GET", path, Bytes.of(new byte[0])).status();
  }

  @Test
  void who_guesses_keeps_nobody_else_waiting() {
    for (int i = 0; i < 20; i++) {
      assertThat(guessFrom("192.0.2.7")).isEqualTo(404);
      assertThat(guessFrom("2001:db8:1:2:0:0:0:" + Integer.toHexString(i))).isEqualTo(404);
    }
    assertThat(guessFrom("192.0.2.7")).isEqualTo(429);
    assertThat(guessFrom("192.0.2.8")).isEqualTo(404);
    assertThat(guessFrom("2001:db8:1:2:a:b:c:d")).as("the same /64").isEqualTo(429);
    assertThat(guessFrom("2001:db8:1:3:0:0:0:1")).as("the next /64").isEqualTo(404);
  }

  @Test
  void a_configuration_that_is_read_anew_lets_nobody_guess_anew() {
    for (int i = 0; i < 20; i++) {
      assertThat(guessFrom("192.0.2.7")).isEqualTo(404);
    }
    site = site(false);
    assertThat(guessFrom("192.0.2.7")).isEqualTo(429);
    assertThat(guessFrom("192.0.2.8")).isEqualTo(404);
  }

  @Test
  void a_link_does_not_keep_the_server_busy() throws Exception {
    var invited = invite();
    for (int i = 0; i < 20; i++) {
      assertThat(code(send(path(invited), "nonsense", "x"))).isEqualTo("request-unreadable 400");
    }
    assertThat(code(send(path(invited), csr(key("EC", 256)), "x")))
        .isEqualTo("too-many-attempts 429");
    assertThat(send(path(invite()), csr(key("EC", 256)), "x").status()).isEqualTo(200);
    now = now.plus(Duration.ofMinutes(10));
    assertThat(send(path(invited), csr(key("EC", 256)), "x").status()).isEqualTo(200);
  }

  @Test
  void a_link_may_be_typed_from_paper() {
    var invited = invite();
    String code = path(invited).substring("/i/".length());
    String typed =
        code.substring(0, 13).toUpperCase(java.util.Locale.ROOT) + " - " + code.substring(13);
    for (String given : List.of(typed, invited.link(), code)) {
      Reply reply =
          ask(
              "POST",
              "/",
              bytes("code=" + java.net.URLEncoder.encode(given, StandardCharsets.UTF_8)),
              "content-type",
              "application/x-www-form-urlencoded");
      assertThat(reply.status()).as(given).isEqualTo(303);
      assertThat(reply.headers()).contains(new Reply.Header("location", path(invited)));
    }
    Reply wrong =
        ask("POST", "/", bytes("code=abc"), "content-type", "application/x-www-form-urlencoded");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(text(wrong)).contains("That is not a whole link or code.");
  }

  @Test
  void without_a_script_a_form_or_curl_does() throws Exception {
    var invited = invite();
    Bytes der = der(key("EC", 256), "CN=x");
    Reply form =
        ask(
            "POST",
            path(invited),
            bytes(
                "--b\r\nContent-Disposition: form-data; name=\"device\"\r\n\r\nserver\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n"
                    + Pem.write(Pem.CERTIFICATE_REQUEST, der)
                    + "\r\n--b--\r\n"),
            "content-type",
            "multipart/form-data; boundary=b",
            "accept",
            "text/html");
    assertThat(form.status()).isEqualTo(200);
    assertThat(text(form)).contains("-----BEGIN CERTIFICATE-----").contains("certificate.p7b");
    for (Bytes body :
        List.of(der, bytes(Pem.write(Pem.CERTIFICATE_REQUEST, der)), bytes(der.base64()))) {
      Reply curl =
          ask("POST", path(invited), body, "content-type", "application/pkcs10", "accept", "*/*");
      assertThat(Pem.certificates(curl.body().toArray())).containsAll(issued());
    }
    assertThat(issued().getFirst().subject().toString()).contains("CN=Alice (server)");
    assertThat(Pem.certificates(get(path(invited) + "/certificate.pem").body().toArray()))
        .containsAll(issued());
    assertThat(get(path(invited) + "/certificate.p7b").status()).isEqualTo(200);
    assertThat(get(path(invite()) + "/certificate.pem").status()).isEqualTo(404);
  }

  /** As curl --data-binary sends what openssl -outform DER, openssl and certtool write. */
  @Test
  void a_request_that_calls_itself_a_form_is_a_request() throws Exception {
    String form = "application/x-www-form-urlencoded";
    Bytes der = der(key("EC", 256), "CN=x");
    assertThat(der.at(1)).as("short form of a long length").isEqualTo((byte) 0x81);
    String pem = Pem.write(Pem.CERTIFICATE_REQUEST, der);
    for (Bytes body : List.of(der, bytes(pem), bytes("Request:\n\tVersion: 1\n\n" + pem))) {
      Reply curl = ask("POST", path(invite()), body, "content-type", form, "accept", "*/*");
      assertThat(Pem.certificates(curl.body().toArray())).hasSize(1);
    }
    for (String body : List.of("device=x", "request=x&device=x", "Request:\n\tVersion: 1\n")) {
      Reply refused = ask("POST", path(invite()), bytes(body), "content-type", form);
      assertThat(refused.status()).isEqualTo(400);
    }
  }

  @Test
  void an_encrypted_file_reaches_a_phone_once() throws Exception {
    var invited = invite();
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, RANDOM);
    Bytes file = phoneFile(key);
    String drop = path(invited) + "/phone";
    assertThat(code(ask("POST", drop, file))).isEqualTo("file-refused 422");
    assertThat(send(path(invited), csr(key("EC", 256)), "phone").status()).isEqualTo(200);
    assertThat(code(ask("POST", drop, bytes("not a file")))).isEqualTo("file-refused 422");
    Reply reply = ask("POST", drop, file, "x-file-name", "../../alice \"phone\"");
    assertThat(reply.status()).isEqualTo(200);
    String address = new ObjectMapper().readTree(text(reply)).path("address").asText();
    String waiting = address.substring(ENROL.length());
    assertThat(get(waiting).status()).isEqualTo(200);
    assertThat(get(waiting).status()).isEqualTo(200);
    Reply fetched = ask("POST", waiting, Bytes.of(new byte[0]));
    assertThat(fetched.body()).isEqualTo(file);
    assertThat(fetched.headers())
        .contains(
            new Reply.Header("content-disposition", "attachment; filename=\"alice-phone.p12\""));
    assertThat(code(ask("POST", waiting, Bytes.of(new byte[0])))).isEqualTo("file-gone 410");
    assertThat(get(waiting).status()).isEqualTo(410);
    assertThat(site.logged(waiting)).isEqualTo("/d/…");
    site = site(false);
    assertThat(code(ask("POST", drop, file))).isEqualTo("phone-off 404");
  }

  private Bytes phoneFile(SecretKeyPair key) {
    Certificate own =
        Authority.root(
            DistinguishedName.parse("CN=x"), key.signer(), serial(), now.minus(Duration.ofDays(1)));
    try (Passphrase password = Passphrase.generate(RANDOM)) {
      return Pkcs12.write(key, List.of(own), "x", password, Pkcs12.Format.LEGACY, RANDOM);
    }
  }

  @Test
  void an_apple_profile_holds_the_root_and_nothing_else() throws Exception {
    Reply reply = get("/root.mobileconfig");
    var signed = new org.bouncycastle.cms.CMSSignedData(reply.body().toArray());
    String plist =
        new String((byte[]) signed.getSignedContent().getContent(), StandardCharsets.UTF_8);
    assertThat(plist).contains("com.apple.security.root").doesNotContain("pkcs12");
    var holder = signed.getCertificates().getMatches(null).iterator().next();
    var verifier =
        new org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder().build(holder);
    assertThat(signed.getSignerInfos().iterator().next().verify(verifier)).isTrue();
    assertThat(Pem.certificates(get("/root.pem").body().toArray()).getFirst().der())
        .isEqualTo(get("/root.crt").body());
  }

  @Test
  void another_site_s_page_cannot_use_an_invitation() throws Exception {
    var invited = invite();
    Reply reply =
        ask(
            "POST",
            path(invited),
            bytes(csr(key("EC", 256))),
            "origin",
            "https://evil.example",
            "host",
            "enrol.example.com:8443");
    assertThat(code(reply)).isEqualTo("cross-site 403");
    assertThat(issued()).isEmpty();
  }
}
