package dev.postern.peers;

import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.fixtures.browser.Browser;
import dev.postern.fixtures.browser.Chromium;
import dev.postern.fixtures.browser.EachBrowser;
import dev.postern.fixtures.browser.Firefox;
import dev.postern.fixtures.browser.Inspection;
import dev.postern.fixtures.browser.Key;
import dev.postern.gateway.SampleApp;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.SqlLedger;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console through the gateway, with a month of some twenty people: what root, an administrator,
 * does there in browsers and with curl, and audrey, an auditor, and bob, who is neither, do not.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
  private static final List<String> PEOPLE =
      List.of(
          "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj",
          "olivia", "peggy", "rupert", "sybil", "trent", "victor", "walter");
  private static final List<String> OUTCOMES =
      List.of("no-certificate", "not-permitted", "revoked", "expired");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What of a table's cells is to be read and is not in the window's width; a name before each. */
  private static final String CUT_OFF =
      """
      return [...document.querySelectorAll('table.cards td')]
        .filter(each => each.innerText.trim() !== '')
        .filter(each => {
          const box = each.getBoundingClientRect();
          const words = document.createRange();
          words.selectNodeContents(each);
          const read = words.getBoundingClientRect();
          return box.width < 200 || read.right > box.right + 1 || box.right > innerWidth
            || getComputedStyle(each, '::before').content.includes(each.dataset.label) === false;
        })
        .map(each => each.dataset.label + ': ' + each.innerText).join('; ')
      """;

  private static final String TABLE =
      """
      return [...document.querySelectorAll('table.cards')].every(table =>
        table.getAttribute('role') === 'table'
          && [...table.rows].every(row => row.getAttribute('role') === 'row'
            && row.cells.length === table.rows[0].cells.length))
      """;

  @TempDir private static Path folder;

  private SampleApp app;
  private Installation installation;
  private Served served;
  private Chromium chromium;
  private Firefox firefox;
  private final Map<Browser, String> sitting = new HashMap<>();

  /** Where that of alice.p12 is shown. */
  private String certificate;

  /** That of spare.pem. */
  private String suspended;

  @BeforeAll
  void install() {
    app = SampleApp.start();
    installation = Installation.in(folder);
    installation.user("root", " --group postern-admins");
    installation.user("audrey", " --group postern-auditors");
    installation.pem("alice", "spare");
    String upstream = "http://127.0.0.1:" + app.port();
    installation.configureWithPages(upstream, upstream, SITE_RULES);
    fill();
    served = installation.serve();
    certificate = "/certificates/" + serial("alice", 1);
    chromium = Chromium.in(folder, "office", installation.root());
    firefox = Firefox.in(folder, "office", installation.root());
    assertThat(post("root", "/api/v1/users/alice/invitations", "{}").status()).isEqualTo(201);
    suspended = "/certificates/" + serial("alice", 0);
    assertThat(post("root", "/api/v1" + suspended + "/suspend", "").status()).isEqualTo(200);
    installation.postern.succeeds("user disable victor");
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

  private static void fill() {
    var random = new Random(4711);
    Instant now = Instant.now();
    InstantSource clock = () -> now;
    try (var ledger = SqlLedger.open(folder.resolve("postern-data/ledger.db"), clock)) {
      for (String name : PEOPLE) {
        Set<String> groups = random.nextInt(3) == 0 ? Set.of("staff", "admins") : Set.of("staff");
        Optional<String> email = Optional.of(name + "@example.test");
        var user = new User(name, name, email, groups, User.State.ENABLED);
        ledger.users().add(user, new Requester("cli:test"));
      }
      var signIns = SignIns.into(ledger.signIns(), clock);
      for (int i = 0; i < 2000; i++) {
        long ago = (long) (Math.pow(random.nextDouble(), 2) * Duration.ofDays(30).toSeconds());
        boolean refused = random.nextInt(12) == 0;
        signIns.record(
            new SignIn(
                now.minusSeconds(ago),
                refused ? OUTCOMES.get(random.nextInt(OUTCOMES.size())) : SignIn.ADMITTED,
                Installation.HOST,
                "/pages/how-to-get-in",
                "192.0.2." + random.nextInt(250),
                Optional.of(PEOPLE.get(random.nextInt(PEOPLE.size()))),
                Optional.empty(),
                true,
                "R" + i));
      }
      signIns.close();
    }
  }

  /** Who sits before this browser, with their certificate alone. */
  private void sit(Browser browser, String who) {
    if (!who.equals(sitting.put(browser, who))) {
      browser.removeCertificates();
      browser.importP12(installation.path(who + ".p12"), Postern.PASSPHRASE);
    }
    browser.complaints();
  }

  private void open(Browser browser, String address) {
    browser.open(served.own("admin", address));
  }

  /** What curl got. */
  private record Answer(int status, String type, String body) {
    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(body, e);
      }
    }
  }

  private Answer curl(@Nullable String who, String address, String... further) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
    words.addAll(List.of("--cacert", installation.root().toString()));
    words.addAll(List.of("--resolve", "admin.example.test:" + served.port() + ":127.0.0.1"));
    words.addAll(Served.p12(who));
    words.addAll(List.of(further));
    words.addAll(List.of("-w", "\n%{http_code} %{content_type}", served.own("admin", address)));
    String out = Program.in(folder).run(words.toArray(String[]::new)).succeeded().out();
    int end = out.lastIndexOf('\n');
    String[] told = out.substring(end + 1).split(" ", 2);
    return new Answer(Integer.parseInt(told[0]), told[1], out.substring(0, end));
  }

  private Answer post(String who, String address, String json, String... further) {
    List<String> words = new ArrayList<>(List.of("-H", "Content-Type: application/json"));
    words.addAll(List.of("--data", json));
    words.addAll(List.of(further));
    return curl(who, address, words.toArray(String[]::new));
  }

  /** Of one of a user's certificates; the newest is number 0. */
  private String serial(String user, int number) {
    JsonNode items = curl("root", "/api/v1/certificates?user=" + user).json().get("items");
    return items.get(number).get("serial").textValue();
  }

  private String state(String address) {
    return curl("root", "/api/v1" + address).json().get("state").textValue();
  }

  private Map<String, String> pages() {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("overview", "/");
    pages.put("certificates", "/certificates");
    pages.put("certificate", certificate);
    pages.put("revoke", certificate + "/revoke");
    pages.put("suspend", certificate + "/suspend");
    pages.put("release", suspended + "/release");
    pages.put("people", "/people");
    pages.put("person", "/people/alice");
    pages.put("close", "/people/alice/disable");
    pages.put("open", "/people/victor/enable");
    pages.put("add-person", "/add-person");
    pages.put("sites", "/sites?url=https://wiki.example.test/admin/&user=alice");
    pages.put("sign-ins", "/sign-ins");
    pages.put("audit", "/audit");
    pages.put("authority", "/authority");
    return pages;
  }

  @EachBrowser
  void every_page_is_for_everybody(Browser browser) {
    sit(browser, "root");
    assertAll(
        pages().entrySet().stream()
            .map(page ->
                () -> {
                  open(browser, page.getValue());
                  assertThat(browser.text()).as(page.getKey()).contains("Signed in as Root");
                  inspect(page.getKey(), browser);
                }));
  }

  /** Both show the same page, and it is for Chromium to show it in all its forms. */
  private static void inspect(String page, Browser browser) {
    switch (browser) {
      case Chromium inspected -> Inspection.of(inspected, "console-" + page);
      case Firefox other -> assertThat(other.complaints()).as(page).isEmpty();
    }
  }

  @EachBrowser
  void somebody_is_added_and_invited_and_the_invitation_withdrawn(Browser browser) {
    sit(browser, "root");
    open(browser, "/people");
    browser.click("Add a person");
    browser.type("#name", "alice");
    browser.type("#displayName", "Zoe");
    browser.click("Add");
    browser.untilText("There is a user alice already.");
    inspect("add-person-again", browser);
    String name = "zoe-" + browser;
    browser.type("#name", name);
    browser.type("#displayName", "Zoe");
    browser.type("#groups", "staff");
    browser.click("Add");
    browser.untilText("An invitation brings a certificate to a device.");
    browser.type("#device", "work laptop with a long name");
    browser.click("Make a link");
    browser.untilText("it is worth one certificate");
    inspect("invited", browser);
    browser.click("Copy");
    browser.until("it says so", () -> browser.text("#copied").equals("Copied"));
    String link = browser.text(".link");
    browser.open(link);
    assertThat(browser.text("h1")).isEqualTo("Hello Zoe");
    open(browser, "/people/" + name);
    browser.clickAt("td form button");
    browser.untilText("Withdrawn. The link is worth nothing from now on.");
    inspect("withdrawn", browser);
    assertThat(browser.has("td form")).isFalse();
    browser.open(link);
    assertThat(browser.text("h1")).isNotEqualTo("Hello Zoe");
  }

  @EachBrowser
  void an_invitation_just_made_by_mistake_is_withdrawn_at_once(Browser browser) {
    sit(browser, "root");
    open(browser, "/people/bob");
    browser.click("Make a link");
    browser.untilText("it is worth one certificate");
    String link = browser.text(".link");
    browser.click("Withdraw");
    browser.untilText("Withdrawn. The link is worth nothing from now on.");
    assertThat(browser.url()).contains("/people/bob?");
    assertThat(browser.complaints()).isEmpty();
    browser.open(link);
    assertThat(browser.text("h1")).isEqualTo("This invitation was taken back.");
  }

  /** Rows are cards there; whoever has them read out still hears of a table. */
  @Test
  void on_a_phone_nothing_of_a_row_is_out_of_sight() {
    sit(chromium, "root");
    chromium.size(375, 740);
    try {
      for (String page :
          List.of("/sign-ins", "/audit", "/people/alice", "/certificates", "/people")) {
        open(chromium, page);
        assertThat(chromium.js(CUT_OFF)).as(page).isEqualTo("");
        assertThat(chromium.js(TABLE)).as(page).isEqualTo(true);
      }
    } finally {
      chromium.size(1000, 700);
    }
  }

  @Test
  void who_is_lost_finds_back() {
    sit(chromium, "root");
    open(chromium, "/nope");
    assertThat(chromium.text()).contains("Look for a typing error in the address.");
    Inspection.of(chromium, "console-lost");
    chromium.click("Back to the overview");
    chromium.untilText("The last 24 hours");
    chromium.complaints();
  }

  @EachBrowser
  void a_suspended_certificate_opens_nothing_until_it_is_released(Browser browser) {
    sit(browser, "root");
    open(browser, certificate);
    assertThat(served.status("alice", "/")).isEqualTo("200");
    browser.click("Suspend …");
    browser.click("Suspend");
    browser.untilText("Every door of ours refuses it until it is released.");
    assertThat(served.status("alice", "/")).isEqualTo("403");
    browser.click("Release …");
    browser.click("Release");
    browser.untilText("The certificate is good again.");
    assertThat(served.status("alice", "/")).isEqualTo("200");
    assertThat(browser.complaints()).isEmpty();
  }

  @EachBrowser
  void a_certificate_is_revoked_without_a_mouse(Browser browser) {
    sit(browser, "root");
    installation.pem("alice", "stolen-" + browser);
    String stolen = "/certificates/" + serial("alice", 0);
    open(browser, stolen);
    browser.press(Key.TAB);
    assertThat(browser.focused()).isEqualTo("Skip to the content");
    browser.press(Key.ENTER);
    browser.tabTo("Revoke …");
    browser.press(Key.ENTER);
    browser.until("the question", () -> browser.url().endsWith("/revoke"));
    browser.tabTo("Reason");
    browser.keys("Somebody");
    browser.tabTo("Revoke for good");
    browser.press(Key.ENTER);
    browser.untilText("The certificate is revoked.");
    assertThat(state(stolen)).isEqualTo("revoked");
  }

  /** It loads itself again every five seconds. */
  @Test
  void whoever_looks_on_sees_who_comes() {
    sit(chromium, "root");
    open(chromium, "/sign-ins");
    chromium.click("Follow");
    chromium.untilText("The page loads itself again every five seconds.");
    assertThat(chromium.text()).doesNotContain("/just-admitted");
    served.status("alice", "/just-admitted");
    served.status("bob", "/just-refused");
    chromium.untilText("wiki.example.test/just-refused");
    chromium.untilText("wiki.example.test/just-admitted");
    open(chromium, "/sign-ins?only=refused");
    assertThat(chromium.text()).contains("/just-refused").doesNotContain("/just-admitted");
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void somebody_without_a_mouse_searches_suspends_and_invites() {
    sit(chromium, "root");
    open(chromium, "/certificates");
    chromium.tabTo("Name, user, serial number or fingerprint");
    chromium.keys("bob");
    chromium.press(Key.ENTER);
    chromium.until("what was found", () -> chromium.url().contains("text=bob"));
    assertThat(chromium.text("table")).contains("Bob").doesNotContain("Alice");

    open(chromium, certificate);
    chromium.tabTo("Suspend …");
    chromium.press(Key.ENTER);
    chromium.until("the question", () -> chromium.url().endsWith("/suspend"));
    chromium.tabTo("Suspend");
    chromium.press(Key.ENTER);
    chromium.untilText("Every door of ours refuses it until it is released.");
    chromium.tabTo("Release …");
    chromium.press(Key.ENTER);
    chromium.until("the question", () -> chromium.url().endsWith("/release"));
    chromium.tabTo("Release");
    chromium.press(Key.ENTER);
    chromium.untilText("The certificate is good again.");
    assertThat(state(certificate)).isEqualTo("active");

    open(chromium, "/people");
    chromium.tabTo("Name or e-mail address");
    chromium.keys("bob");
    chromium.press(Key.ENTER);
    chromium.until("who was found", () -> chromium.url().contains("text=bob"));
    chromium.tabTo("Bob");
    chromium.press(Key.ENTER);
    chromium.until("the person", () -> chromium.url().endsWith("/people/bob"));
    chromium.tabTo("Device");
    chromium.keys("desk");
    chromium.tabTo("Make a link");
    chromium.press(Key.ENTER);
    chromium.untilText("it is worth one certificate");
    assertThat(chromium.complaints()).isEmpty();
  }

  @EachBrowser
  void an_auditor_sees_everything_and_nothing_to_press(Browser browser) {
    sit(browser, "audrey");
    pages()
        .forEach((name, address) -> {
          open(browser, address);
          assertThat(browser.text())
              .as(name)
              .contains("Signed in as Audrey", "You may look, but not change anything.");
          assertThat(browser.has("form[method=post]")).as(name).isFalse();
        });
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void an_auditor_reads_with_curl_and_writes_nothing() {
    assertThat(curl("audrey", "/api/v1/certificates").status()).isEqualTo(200);
    String suspend = "/api/v1" + certificate + "/suspend";
    assertThat(post("audrey", suspend, "").status()).isEqualTo(403);
    assertThat(post("audrey", certificate + "/suspend", "").status()).isEqualTo(403);
    assertThat(state(certificate)).isEqualTo("active");
  }

  @Test
  void who_has_no_role_is_refused_with_a_page_that_says_so() {
    Answer refused = curl("bob", "/", "-H", "Accept: text/html");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.type()).startsWith("text/html");
    assertThat(refused.body()).contains("<h1").doesNotContain("Audit trail");
    assertThat(curl("bob", "/api/v1/users").status()).isEqualTo(403);
    assertThat(curl("root", "/", "-H", "Accept: text/html").body()).contains("Audit trail");
  }

  /** Neither nobody nor bob, who has no role, can tell who is known from who is not. */
  @Test
  void no_answer_tells_a_stranger_whether_somebody_is_known() {
    List<String> pages =
        List.of(
            "/people/%s",
            "/people/%s/disable",
            "/people?text=%s",
            "/certificates?user=%s",
            "/sites?url=https://wiki.example.test/&user=%s",
            "/api/v1/users/%s",
            "/api/v1/explain?url=https://wiki.example.test/&user=%s");
    for (String page : pages) {
      Answer known = stranger(null, page, "alice");
      assertThat(known.status()).as(page).isEqualTo(403);
      assertThat(stranger(null, page, "nobody")).as(page).isEqualTo(known);
      Answer toBob = stranger("bob", page, "alice");
      assertThat(toBob.status()).as(page).isEqualTo(403);
      assertThat(stranger("bob", page, "nobody")).as(page).isEqualTo(toBob);
    }
    assertThat(curl("root", "/api/v1/users/alice").status()).isEqualTo(200);
    assertThat(curl("root", "/api/v1/users/nobody").status()).isEqualTo(404);
  }

  /** But for what was asked, and the reference. */
  private Answer stranger(@Nullable String who, String page, String name) {
    String type = page.startsWith("/api/") ? "application/json" : "text/html";
    Answer answer = curl(who, page.formatted(name), "-H", "Accept: " + type);
    String body = answer.body().replace(name, "NAME").replaceAll("\\b[0-9A-Z]{10}\\b", "REF");
    return new Answer(answer.status(), answer.type(), body);
  }

  @Test
  void a_program_revokes_once_however_often_it_asks() {
    installation.pem("bob", "lost");
    String lost = serial("bob", 0);
    String revoke = "/api/v1/certificates/" + lost + "/revoke";
    String reason = "{\"reason\":\"keyCompromise\"}";
    Answer first = post("root", revoke, reason, "-H", "Idempotency-Key: one");
    assertThat(first.status()).as(first.body()).isEqualTo(200);
    assertThat(first.json().get("changed").booleanValue()).isTrue();
    Answer again = post("root", revoke, reason, "-H", "Idempotency-Key: one");
    assertThat(again.body()).isEqualTo(first.body());
    Answer other = post("root", revoke, reason, "-H", "Idempotency-Key: other");
    assertThat(other.json().get("changed").booleanValue()).isFalse();
    String events = "/api/v1/events?kind=certificate.revoked&subject=" + lost;
    assertThat(curl("root", events).json().get("items")).hasSize(1);
  }

  /** One curl does both, so there is no time between. */
  @Test
  void what_is_revoked_here_is_refused_on_the_very_next_request() {
    for (int i = 0; i < 5; i++) {
      installation.signed("alice", "hurry" + i);
      String revoke = "/api/v1/certificates/" + serial("alice", 0) + "/revoke";
      List<String> who = List.of("--cert", "hurry" + i + ".pem", "--key", "hurry" + i + ".key");
      assertThat(served.curl(who, "/", "-o", "/dev/null", "-w", "%{http_code}").out())
          .isEqualTo("200");
      List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
      words.addAll(List.of("--resolve", "*:" + served.port() + ":127.0.0.1"));
      words.addAll(List.of("--cacert", installation.root().toString()));
      words.addAll(Served.p12("root"));
      words.addAll(List.of("--json", "{\"reason\":\"superseded\"}"));
      words.addAll(List.of("-o", "/dev/null", "-w", "%{http_code} ", served.own("admin", revoke)));
      words.addAll(List.of("--next", "-sS", "--cacert", installation.root().toString()));
      words.addAll(List.of("--resolve", "*:" + served.port() + ":127.0.0.1"));
      words.addAll(who);
      words.addAll(List.of("-o", "/dev/null", "-w", "%{http_code}", served.url("/")));
      assertThat(Program.in(folder).run(words.toArray(String[]::new)).succeeded().out())
          .isEqualTo("200 403");
    }
  }

  @Test
  void what_is_bad_in_a_request_is_said_as_a_problem() {
    String revoke = "/api/v1" + certificate + "/revoke";
    Answer unknown = post("root", revoke, "{\"reason\":\"boredom\"}");
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.type()).isEqualTo("application/problem+json");
    assertThat(unknown.json().get("detail").textValue()).contains("keyCompromise");
    Answer broken = post("root", revoke, "{\"reason\":");
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.type()).isEqualTo("application/problem+json");
    assertThat(curl("root", "/api/v1/certificates?colour=red").status()).isEqualTo(400);
    assertThat(curl("root", "/api/v1/certificates/0a").status()).isEqualTo(404);
    assertThat(state(certificate)).isEqualTo("active");
  }

  @Test
  void a_page_of_another_site_changes_nothing() {
    String invite = "/api/v1/users/alice/invitations";
    Answer foreign = post("root", invite, "{}", "-H", "Origin: " + served.url(""));
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(foreign.json().get("code").textValue()).isEqualTo("cross-site");
    assertThat(post("root", invite, "{}", "-H", "Sec-Fetch-Site: same-site").status())
        .isEqualTo(403);
    Answer own = post("root", invite, "{}", "-H", "Origin: " + served.own("admin", ""));
    assertThat(own.status()).isEqualTo(201);
  }
}
