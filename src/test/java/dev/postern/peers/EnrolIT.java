package dev.postern.peers;

import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.fixtures.browser.Browser;
import dev.postern.fixtures.browser.Chromium;
import dev.postern.fixtures.browser.EachBrowser;
import dev.postern.fixtures.browser.Firefox;
import dev.postern.fixtures.browser.Inspection;
import dev.postern.fixtures.browser.Key;
import dev.postern.fixtures.browser.Request;
import dev.postern.fixtures.browser.Scripts;
import dev.postern.gateway.SampleApp;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a link to "Hello", and what people do with their certificates then, in real browsers. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnrolIT {
  /** Of a certificate that is going to end: time to show it once. */
  private static final Duration LIFE = Duration.ofSeconds(30);

  /** As browsers do before a page goes. */
  private static final String ASKS =
      "const leaving = new Event('beforeunload', {cancelable: true});"
          + " return !dispatchEvent(leaving)";

  private static final String BESIDE =
      """
      return [...document.querySelectorAll('input[type=radio]')].every(each => {
        const button = each.getBoundingClientRect();
        const label = each.parentElement.getBoundingClientRect();
        return button.width < 30 && button.left - label.left < 2 && button.top - label.top < 20;
      })
      """;

  @TempDir private static Path folder;

  private SampleApp app;
  private Installation installation;
  private Served served;
  private Chromium chromium;
  private Firefox firefox;

  @BeforeAll
  void install() throws IOException {
    app = SampleApp.start();
    installation = Installation.old(folder);
    String upstream = "http://127.0.0.1:" + app.port();
    installation.configureWithPages(upstream, upstream, SITE_RULES);
    installation.replaceConfig(
        Files.readString(installation.config())
                .replace("    upstream:", "    expiry: page\n    upstream:")
            + "pages: { grace: 7d, contact: help@example.test }\n");
    served = installation.serve();
    chromium = Chromium.in(folder, "person", installation.root());
    firefox = Firefox.in(folder, "person", installation.root());
  }

  @AfterAll
  void end() {
    chromium.close();
    firefox.close();
    served.close();
    app.close();
  }

  List<Browser> browsers() {
    return List.of(chromium, firefox);
  }

  @BeforeEach
  void sitDown() throws IOException {
    for (Browser browser : browsers()) {
      browser.removeCertificates();
      browser.complaints();
      try (var files = Files.list(browser.downloads())) {
        for (Path each : files.toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private String invite(String options) {
    try {
      String json = installation.postern.succeeds("invite " + options + " --json").out();
      return new ObjectMapper().readTree(json).path("link").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The file, made by the page and saved by the browser; returns its password. */
  private static String makeCertificate(Browser browser, String link) {
    browser.open(link);
    return makeCertificateHere(browser);
  }

  private static String makeCertificateHere(Browser browser) {
    browser.click("Make my certificate");
    browser.untilText("Three steps, and you are in");
    browser.click("Save the file");
    return browser.text("#password");
  }

  @EachBrowser
  void an_invitation_becomes_hello_alice_by_clicking(Browser browser) throws Exception {
    int before = browser.requests().size();
    browser.open(invite("alice"));
    assertThat(browser.text("h1")).isEqualTo("Hello Alice");
    assertThat(browser.js(ASKS)).as("before anything is made").isEqualTo(false);
    inspect("invitation", browser);
    browser.type("#device", "desk " + browser);
    browser.click("Make my certificate");
    browser.untilText("Three steps, and you are in");
    String password = browser.text("#password");
    inspect("invitation-done", browser);
    assertThat(browser.js(ASKS)).as("whoever leaves without the file is asked").isEqualTo(true);
    browser.click("Save the file");
    assertThat(browser.js(ASKS)).as("and without its password").isEqualTo(true);
    browser.click("Copy");
    browser.until("it says so", () -> browser.text("#copied").equals("Copied"));
    assertThat(browser.js(ASKS)).as("and nobody who has both").isEqualTo(false);
    Path file = browser.download(".p12");
    assertThat(file.getFileName()).hasToString("alice-desk-" + browser + ".p12");
    nothingOfTheKeyLeft(browser, before, file, password);
    browser.importP12(file, password);

    browser.click("Sign in with it");
    browser.untilText("Hello Alice");
    assertThat(browser.text()).contains("You are signed in at Example");
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Hello, alice.");

    browser.open(served.own("me", "/"));
    inspect("me", browser);
    String revoke = "Lost or replaced? Revoke it: Alice (desk " + browser + ")";
    browser.click(revoke);
    assertThat(browser.js(BESIDE)).as("labels beside their buttons").isEqualTo(true);
    inspect("me-revoke", browser);
    browser.click("The device is lost or stolen, or somebody else may have the key");
    browser.click("Revoke it");
    browser.untilText("Your certificate has been revoked.");
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Your certificate has been revoked.");
  }

  /** Not its scalar in any writing, and no file: the request for certification is all there is. */
  private void nothingOfTheKeyLeft(Browser browser, int before, Path file, String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
    String alias = store.aliases().nextElement();
    var key = (ECPrivateKey) store.getKey(alias, password.toCharArray());
    byte[] scalar = key.getS().toByteArray();
    byte[] octets = scalar.length > 32 ? java.util.Arrays.copyOfRange(scalar, 1, 33) : scalar;
    List<String> writings =
        List.of(
            HexFormat.of().formatHex(octets),
            Base64.getEncoder().withoutPadding().encodeToString(octets).substring(4, 36),
            Base64.getUrlEncoder().withoutPadding().encodeToString(octets),
            new String(octets, StandardCharsets.ISO_8859_1),
            Base64.getEncoder().encodeToString(Files.readAllBytes(file)).substring(0, 60),
            password);
    List<Request> requests = browser.requests();
    List<Request> sent =
        requests.subList(before, requests.size()).stream()
            .filter(each -> !each.method().equals("GET"))
            .toList();
    assertThat(sent)
        .singleElement()
        .extracting(Request::body)
        .asString()
        .contains("BEGIN CERTIFICATE REQUEST");
    for (Request request : requests.subList(before, requests.size())) {
      assertThat(request.url()).startsWith("https://enrol.example.test:" + served.port() + "/");
      for (String writing : writings) {
        assertThat(request.url() + request.body()).doesNotContain(writing);
      }
    }
  }

  @EachBrowser
  void the_compatible_file_is_the_same_in_an_older_form(Browser browser) {
    String password = makeCertificate(browser, invite("alice"));
    browser.download(".p12");
    browser.click("Password refused? Take the compatible file");
    browser.click("Save the compatible file");
    Path file = browser.download("-compatible.p12");
    assertThat(
            Program.in(folder)
                .shell(
                    "openssl pkcs12 -legacy -info -noout -passin pass:%s -in '%s'"
                        .formatted(password, file))
                .succeeded()
                .err())
        .contains("pbeWithSHA1And3-KeyTripleDES-CBC")
        .doesNotContain("PBES2");
    browser.importP12(file, password);
    browser.click("Sign in with it");
    browser.untilText("You are signed in at Example");
  }

  @EachBrowser
  void of_two_who_open_one_link_the_second_is_told(Browser browser) {
    String link = invite("alice");
    Browser other = browser == chromium ? firefox : chromium;
    other.open(link);
    makeCertificate(browser, link);
    other.click("Make my certificate");
    other.untilText("Somebody else was faster with this invitation.");
    assertThat(other.focused()).contains("Somebody else was faster");
    assertThat(other.complaints()).allMatch(each -> each.contains("409"));
    other.open(link);
    assertThat(other.text("h1")).isEqualTo("This invitation has been used.");
    assertThat(other.text()).contains("Did you lose the file, or is this another device?");
    inspect("invitation-used", other);
  }

  @Test
  void a_phone_fetches_the_encrypted_file_once() {
    String password = makeCertificate(chromium, invite("alice --device phone"));
    chromium.click("Bring it to a phone instead");
    chromium.click("Show a code for the phone");
    chromium.until("the code", () -> chromium.has("#qr path[d^=M]"));
    Inspection.of(chromium, "invitation-phone");
    String address = chromium.text("#address");
    assertThat(zbar(chromium)).isEqualTo(address);
    chromium.open(address);
    Inspection.of(chromium, "phone");

    firefox.open(address);
    assertThat(firefox.text("h1")).isEqualTo("Your certificate for this phone");
    firefox.click("Fetch the file");
    firefox.importP12(firefox.download(".p12"), password);
    firefox.click("Sign in with it");
    firefox.untilText("You are signed in at Example");

    chromium.open(address);
    assertThat(chromium.text("h1")).isEqualTo("The file is not here any more.");
    Inspection.of(chromium, "phone-gone");
  }

  private String zbar(Chromium browser) {
    Path picture = folder.resolve("qr.png");
    browser.screenshot(picture);
    return Program.in(folder)
        .run("zbarimg", "--quiet", "--raw", picture.toString())
        .succeeded()
        .out()
        .strip();
  }

  @EachBrowser
  void a_page_whose_server_goes_and_comes_loses_nothing(Browser browser) {
    browser.open(invite("alice"));
    int port = served.port();
    served.close();
    browser.click("Make my certificate");
    browser.untilText("The server could not be reached. Nothing is lost: try again.");
    served = installation.serve();
    assertThat(served.port()).isEqualTo(port);
    browser.click("Make my certificate");
    browser.untilText("Three steps, and you are in");
  }

  @EachBrowser
  void somebody_without_a_mouse_gets_in_too(Browser browser) {
    browser.open(invite("alice"));
    browser.tabTo("What do you call this device?");
    browser.tabTo("Make my certificate");
    browser.press(Key.ENTER);
    browser.untilText("Three steps, and you are in");
    assertThat(browser.focused()).isEqualTo("Three steps, and you are in");
    browser.tabTo("Save the file");
    browser.press(Key.ENTER);
    browser.importP12(browser.download(".p12"), browser.text("#password"));
    browser.tabTo("Sign in with it");
    browser.press(Key.ENTER);
    browser.untilText("You are signed in at Example");
  }

  @EachBrowser
  void a_person_adds_a_device_and_renews_this_one(Browser browser) {
    String password = makeCertificate(browser, invite("alice"));
    browser.importP12(browser.download(".p12"), password);
    browser.click("Sign in with it");
    browser.untilText("Your devices");
    browser.type("#device", "tablet");
    browser.click("Make a link for it");
    browser.untilText("A link for your other device");
    assertThat(browser.text("h1")).isEqualTo("A link for your other device");
    inspect("me-invited", browser);
    assertThat(browser.text("code")).startsWith("https://enrol.example.test:");

    browser.click("Back to your certificates");
    browser.click("Renew the certificate of this device");
    browser.untilText("Hello Alice");
    browser.click("Make my certificate");
    browser.untilText("Three steps, and you are in");
    assertThat(browser.text()).contains("or still shows an older certificate of yours");
    browser.click("Save the file");
    browser.open(served.url("/"));
    assertThat(browser.text("h1"))
        .as("the old one is good till its end")
        .isEqualTo("Hello, alice.");
    browser.open(served.own("me", "/"));
    browser.untilText("The browser goes on showing the old one here");
    inspect("me-newer", browser);
  }

  /** What "Sign in with it" leads to when the file was not imported. */
  @EachBrowser
  void a_certificate_that_did_not_come_along_is_told_of(Browser browser) {
    makeCertificate(browser, invite("alice"));
    browser.click("Sign in with it");
    browser.untilText("Your new certificate did not come along.");
    assertThat(browser.text())
        .contains("not yet in the browser", "in another browser", "you chose Cancel");
    assertThat(browser.complaints()).isEmpty();
    browser.open(served.own("me", "/"));
    assertThat(browser.text("h1")).startsWith("You need a certificate to enter here");
    browser.importP12(installation.path("alice.p12"), Postern.PASSPHRASE);
    browser.restart(); // as the page advises
    browser.open(served.own("me", "/hello"));
    browser.untilText("You are signed in at Example");
  }

  @EachBrowser
  void the_key_is_rsa_where_the_administrator_says_so(Browser browser) throws Exception {
    String before = Files.readString(installation.config());
    try {
      installation.replaceConfig(before.replace("pages: {", "pages: { key: rsa2048,"));
      String link = invite("alice");
      Soon.within(
          Duration.ofSeconds(20),
          "the page knows",
          () -> {
            browser.open(link);
            return browser.has("#enrol[data-key=RSA]");
          });
      browser.click("Make my certificate");
      browser.untilText("Three steps, and you are in");
      browser.click("Save the file");
      Path file = browser.download(".p12");
      String password = browser.text("#password");
      KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
      assertThat(store.getCertificate(store.aliases().nextElement()).getPublicKey())
          .isInstanceOfSatisfying(
              RSAPublicKey.class, key -> assertThat(key.getModulus().bitLength()).isEqualTo(2048));
    } finally {
      installation.replaceConfig(before);
    }
  }

  @Test
  void to_revoke_a_person_takes_the_chance_to_renew_along() {
    installation.postern.succeeds("user add dora");
    PastAuthority.issue(
        installation.path("postern-data"), "dora", Duration.ofDays(360), Duration.ofDays(358));
    assertThat(installation.postern.succeeds("revoke dora").out()).contains("Revoked");
    installation.postern.succeeds("user add dolf");
    PastAuthority.issue(
        installation.path("postern-data"), "dolf", Duration.ofDays(360), Duration.ofDays(300));
    assertThat(installation.postern.run("revoke dolf").failed().err())
        .contains("no certificate that has not run out");
  }

  private static String request(String name) throws IOException {
    Program.in(folder)
        .shell(
            ("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout %1$s.key"
                    + " -subj /CN=whoever -out %1$s.csr")
                .formatted(name))
        .succeeded();
    return Files.readString(folder.resolve(name + ".csr"));
  }

  @Test
  void without_JavaScript_a_request_is_pasted_or_uploaded() throws Exception {
    String pasted = request("pasted");
    request("uploaded");
    chromium.scripts(Scripts.OFF);
    try {
      chromium.open(invite("alice"));
      assertThat(chromium.text())
          .contains("JavaScript is off in this browser")
          .doesNotContain("Make my certificate");
      chromium.click("Bring a key of your own (no JavaScript, a smart card, a server)");
      chromium.type("#own-device", "no script");
      chromium.type("#request", pasted);
      chromium.click("Send the request");
      chromium.untilText("Your certificate is ready");
      chromium.click("Certificate with its chain (PEM)");
      chromium.click("The same as P7B");
      String chain =
          Program.in(folder)
              .shell(
                  "openssl pkcs7 -inform DER -in '%s' -print_certs"
                      .formatted(chromium.download(".p7b")))
              .succeeded()
              .out();
      assertThat(chain).contains("CN = Alice (no script)", "CN = Example Issuing CA");
      assertThat(chromium.download(".pem")).content().contains("BEGIN CERTIFICATE");
      assertThat(publicKey("x509 -in '" + chromium.download(".pem") + "'"))
          .isEqualTo(publicKey("pkey -in pasted.key"));

      chromium.open(invite("alice --device server"));
      chromium.click("Bring a key of your own (no JavaScript, a smart card, a server)");
      chromium.choose("#file", folder.resolve("uploaded.csr"));
      chromium.click("Send the request");
      chromium.untilText("Your certificate is ready");
      assertThat(chromium.js("return document.querySelector('#pem').value"))
          .asString()
          .contains("BEGIN CERTIFICATE");
    } finally {
      chromium.scripts(Scripts.ON);
    }
    Inspection.of(chromium, "certificate");
  }

  private static String publicKey(String of) {
    String option = of.startsWith("x509") ? " -noout -pubkey" : " -pubout";
    return Program.in(folder).shell("openssl " + of + option).succeeded().out();
  }

  /** Its browser says that it is a Mac. */
  @Test
  void an_iPad_is_known_by_the_fingers_on_it() {
    String link = invite("alice");
    chromium.poses(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            + " Version/18.5 Safari/605.1.15",
        5);
    chromium.open(link);
    assertThat(chromium.js("return document.querySelector('#device').value")).isEqualTo("iPad");
    assertThat(chromium.js("return document.querySelector('[data-guide=ios]').open"))
        .isEqualTo(true);
    chromium.restart();
    chromium.open(link);
    assertThat(chromium.js("return document.querySelector('#device').value")).isEqualTo("Linux PC");
  }

  @Test
  void a_clock_an_hour_off_is_told_before_the_certificate_is_refused() {
    chromium.open(invite("alice"));
    chromium.js("const now = Date.now; Date.now = () => now() - 3600 * 1000;");
    chromium.click("Make my certificate");
    chromium.untilText("Three steps, and you are in");
    assertThat(chromium.text("#clock")).contains("The clock of this device is wrong");

    chromium.open(invite("alice"));
    chromium.click("Make my certificate");
    chromium.untilText("Three steps, and you are in");
    assertThat(chromium.text()).doesNotContain("The clock of this device is wrong");
  }

  /** Browsers have no WebCrypto there. Somebody's own proxy brings the page without encryption. */
  @EachBrowser
  void a_page_in_the_clear_says_that_no_key_can_be_made_there(Browser browser) {
    String link = invite("alice");
    try (var proxy = Nginx.before(folder, served.own("enrol", ""))) {
      String clear = link.replaceFirst("https://([^:/]+):\\d+", "http://$1:" + proxy.port);
      browser.open(clear);
      browser.untilText("This browser makes no keys");
      assertThat(browser.text()).doesNotContain("Make my certificate");

      assertThat(browser.complaints())
          .as("headers that are of no use in the clear")
          .allMatch(each -> each.contains("Cross-Origin-Opener-Policy"));
      inspect("invitation-in-the-clear", browser);
    }
    browser.open(link);
    assertThat(browser.text()).contains("Make my certificate");
  }

  @EachBrowser
  void whoever_s_certificate_ends_soon_is_told_once_and_led_to_renew_it(Browser browser) {
    installation.ending(Duration.ofDays(12), "alice", "ending-" + browser);
    browser.importP12(installation.path("ending-" + browser + ".p12"), Postern.PASSPHRASE);
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Your certificate on this device ends in 11 days.");
    assertThat(browser.js("return document.scripts.length")).hasToString("0");
    inspect("notice", browser);
    browser.click("Not now, go on to wiki.example.test");
    browser.untilText("Hello, alice.");
    assertThat(browser.url()).isEqualTo(served.url("/"));
    browser.click("Everything it was told");
    browser.until("the app's page", () -> browser.url().endsWith("/headers"));
    assertThat(browser.text()).doesNotContain("ends in 11 days");

    installation.ending(Duration.ofDays(12), "alice", "other-" + browser);
    browser.removeCertificates();
    browser.importP12(installation.path("other-" + browser + ".p12"), Postern.PASSPHRASE);
    browser.open(served.url("/x"));
    browser.click("Renew now");
    browser.untilText("Make a new one now; the old one stays good until then.");
    assertThat(browser.text()).contains("in use now", "made on");
    inspect("me-late", browser);
    browser.click("Renew the certificate of this device");
    browser.untilText("Make my certificate");
  }

  /** Browsers offer nothing that has ended, but go on to show what they showed there before. */
  @EachBrowser
  void whoever_comes_too_late_renews_and_is_in_again(Browser browser) {
    installation.ending(LIFE, "alice", "late-" + browser);
    Instant end = Instant.now().plus(LIFE);
    browser.importP12(installation.path("late-" + browser + ".p12"), Postern.PASSPHRASE);
    browser.open(served.own("me", "/"));
    assertThat(browser.text("h1")).isEqualTo("Hello Alice");
    Soon.within(LIFE.multipliedBy(2), "the end", () -> Instant.now().isAfter(end.plusSeconds(1)));
    browser.open(served.own("me", "/"));
    browser.untilText("Hello Alice, your certificate ended on");
    inspect("me-ended", browser);
    browser.open(served.own("me", "/certificates/00/revocation"));
    assertThat(browser.text("h1")).contains("all you can do here is renew it");
    browser.open(served.own("me", "/"));
    browser.click("Renew the certificate of this device");
    browser.untilText("Make my certificate");
    String password = makeCertificateHere(browser);
    browser.removeCertificates();
    browser.importP12(browser.download(".p12"), password);
    browser.open(served.own("me", "/"));
    browser.untilText("You are signed in at Example");
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Hello, alice.");
  }

  @Test
  void links_that_are_no_use_and_the_door_are_pages_like_others() {
    chromium.open(served.own("enrol", "/"));
    Inspection.of(chromium, "enrol");
    chromium.type("#code", "abc");
    chromium.click("Go on");
    chromium.untilText("That is not a whole link or code.");
    Inspection.of(chromium, "enrol-wrong");
    String link = invite("bob --expires 3h");
    chromium.type("#code", link);
    chromium.click("Go on");
    chromium.untilText("Hello Bob");
    chromium.open(link.replaceFirst(".{4}$", "aaaa"));
    assertThat(chromium.text("h1")).isEqualTo("This link is not an invitation.");
    Inspection.of(chromium, "invitation-unknown");
  }

  /** Both show the same page, and it is for Chromium to show it in all its forms. */
  private static void inspect(String page, Browser browser) {
    switch (browser) {
      case Chromium inspected -> Inspection.of(inspected, page);
      case Firefox other -> assertThat(other.complaints()).as(page).isEmpty();
    }
  }
}
