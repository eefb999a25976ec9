package dev.postern.peers;

import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fixtures.browser.Browser;
import dev.postern.fixtures.browser.Chromium;
import dev.postern.fixtures.browser.EachBrowser;
import dev.postern.fixtures.browser.Firefox;
import dev.postern.fixtures.browser.Inspection;
import dev.postern.gateway.SampleApp;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people see of the gateway, in the browsers they have, and why they are not let in. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserPagesIT {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int SECONDS_OF_LIFE = 10;

  @TempDir private static Path folder;

  private SampleApp app;
  private Installation installation;
  private OpenSslAuthority partner;
  private Served served;
  private Chromium chromium;
  private Firefox firefox;

  @BeforeAll
  void install() throws IOException {
    app = SampleApp.start();
    installation = Installation.in(folder);
    partner = OpenSslAuthority.in(folder, "partner");
    installation.configureWithPages(
        "http://127.0.0.1:" + app.port(), "http://127.0.0.1:" + Postern.freePort(), SITE_RULES);
    installation.replaceConfig(
        Files.readString(installation.config())
            + "trust:\n  - { name: partner, roots: %s, identity: subject.cn }\n"
                .formatted(partner.path("ca.pem")));
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

  @EachBrowser
  void whoever_has_no_certificate_reads_what_is_missing(Browser browser) {
    browser.removeCertificates();
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).contains("You need a certificate to enter here");
    assertThat(browser.title()).isEqualTo(browser.text("h1"));
    assertThat(browser.text("footer")).matches("Reference \\w{10}");
    assertThat(browser.has("dl")).isFalse();
    inspect("no-certificate", browser);

    browser.click("Try again");
    browser.untilText("You need a certificate to enter here");
    assertThat(browser.text("h1")).contains("You need a certificate to enter here");
    browser.click("Get a certificate");
    browser.untilText("You need an invitation");
    assertThat(browser.text()).contains("You need an invitation");
    browser.open(served.url("/health"));
    assertThat(browser.text()).contains("Hello, whoever you are.");
  }

  @EachBrowser
  void alice_signs_in_and_the_application_greets_her(Browser browser) {
    sitDown(browser, "alice");
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Hello, alice.");
    assertThat(browser.text("dl")).contains("alice@example.test", "staff");

    browser.open(served.url("/admin/"));
    assertThat(browser.text("h1")).contains("not permitted to enter here");
  }

  @EachBrowser
  void bob_reads_who_he_is_and_that_he_may_not(Browser browser) {
    sitDown(browser, "bob");
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).contains("You are signed in, but not permitted");
    assertThat(browser.text("dl")).contains("Bob", "Example Issuing CA");
    inspect("not-permitted", browser);
  }

  @EachBrowser
  void after_a_revocation_the_next_click_shows_why_it_leads_nowhere(Browser browser) {
    String carol = newcomer("carol", browser);
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Hello, " + carol + ".");

    installation.postern.succeeds("revoke " + carol + " --reason keyCompromise");
    browser.click("Everything it was told");
    browser.untilText("Your certificate has been revoked.");
    assertThat(browser.text("h1")).isEqualTo("Your certificate has been revoked.");
    assertThat(browser.text()).contains("It was revoked on ").doesNotContain("keyCompromise");
    inspect("revoked", browser);
  }

  @Test
  void a_suspended_certificate_is_let_in_again_once_it_is_released() {
    sitDown(chromium, "alice");
    installation.postern.succeeds("suspend alice");
    chromium.open(served.url("/"));
    assertThat(chromium.text("h1")).isEqualTo("Your certificate is suspended.");
    inspect("suspended", chromium);

    installation.postern.succeeds("release alice");
    chromium.click("Try again");
    chromium.untilText("Hello, alice.");
    assertThat(chromium.text("h1")).isEqualTo("Hello, alice.");
    Inspection.of(chromium, "application");
  }

  @Test
  void whoever_s_account_is_closed_reads_so() {
    sitDown(chromium, "bob");
    installation.postern.succeeds("user disable bob");
    chromium.open(served.url("/"));
    assertThat(chromium.text("h1")).isEqualTo("Your account is closed.");
    inspect("user-disabled", chromium);

    installation.postern.succeeds("user enable bob");
    chromium.click("Try again");
    chromium.untilText("You are signed in");
    assertThat(chromium.text("h1")).contains("You are signed in");
  }

  @Test
  void a_partner_s_certificate_for_nobody_known_says_so() {
    partner.client("zoe");
    sitDown(chromium, "partner/" + p12("zoe"));
    chromium.open(served.url("/"));
    assertThat(chromium.text("h1")).contains("names nobody who is known here");
    assertThat(chromium.text("dl")).contains("zoe", "partner");
    inspect("unknown-user", chromium);
  }

  /** Browsers do not offer what has run out; but it may do so after they did. */
  @Test
  void a_certificate_that_runs_out_meanwhile_says_so() {
    partner.client("alice");
    Instant end = Instant.now().plusSeconds(SECONDS_OF_LIFE);
    partner.openssl(
        "ca -batch -config openssl.cnf -extensions client -notext -in alice.csr -out alice.pem"
            + " -enddate "
            + UTC_TIME.format(end));
    sitDown(chromium, "partner/" + p12("alice"));
    chromium.open(served.url("/"));
    assertThat(chromium.text("h1")).isEqualTo("Hello, alice.");

    chromium.until("the certificate to run out", () -> Instant.now().isAfter(end.plusSeconds(1)));
    chromium.click("Everything it was told");
    chromium.untilText("Your certificate has run out.");
    assertThat(chromium.text("h1")).isEqualTo("Your certificate has run out.");
    inspect("expired", chromium);
  }

  /** So enrolment can go on without a restart: "Try it" leads to such a host. */
  @EachBrowser
  void what_is_imported_meanwhile_counts_at_a_host_not_visited_yet(Browser browser) {
    browser.removeCertificates();
    browser.open("https://localhost:" + served.port() + "/health");
    browser.importP12(installation.path("alice.p12"), Postern.PASSPHRASE);
    browser.open(served.url("/"));
    assertThat(browser.text("h1")).isEqualTo("Hello, alice.");
  }

  @Test
  void an_application_that_is_down_is_named_as_the_cause() {
    chromium.removeCertificates();
    chromium.open("https://localhost:" + served.port() + "/health");
    assertThat(chromium.text("h1")).contains("cannot be reached");
    inspect("unreachable", chromium);
  }

  /** A user in group staff of this browser's, who sits before it. */
  private String newcomer(String name, Browser browser) {
    String user = name + (browser instanceof Chromium ? "-c" : "-f");
    installation.user(user, " --group staff");
    sitDown(browser, user);
    return user;
  }

  private void sitDown(Browser browser, String who) {
    browser.removeCertificates();
    browser.importP12(installation.path(who + ".p12"), Postern.PASSPHRASE);
  }

  /** For the partner's {@code NAME.pem}. */
  private String p12(String name) {
    partner.openssl(
        "pkcs12 -export -in %1$s.pem -inkey %1$s.key -out %1$s.p12 -passout 'pass:%2$s'"
            .formatted(name, Postern.PASSPHRASE));
    return name;
  }

  /** Both show the same page, and it is for Chromium to show it in all its forms. */
  private static void inspect(String page, Browser browser) {
    assertThat(browser.has("script")).isFalse();
    assertThat(browser.js("return document.scripts.length")).hasToString("0");
    switch (browser) {
      case Chromium inspected -> Inspection.of(inspected, page);
      case Firefox other -> assertThat(other.complaints()).as(page).isEmpty();
    }
  }
}
