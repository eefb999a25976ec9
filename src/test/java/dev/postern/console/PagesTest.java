package dev.postern.console;

import static dev.postern.console.ConsoleFixture.FORM;
import static dev.postern.console.ConsoleFixture.header;
import static dev.postern.console.ConsoleFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.authority.StatusChange;
import dev.postern.console.ConsoleFixture.Ask;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.SignIn;
import dev.postern.peers.Soon;
import dev.postern.revocation.CrlReason;
import dev.postern.web.Reply;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PagesTest {
  private static final String HOSTILE = "<script>alert(1)</script>\"'>&";

  @TempDir private Path folder;
  private ConsoleFixture console;

  @BeforeEach
  void open() {
    console = new ConsoleFixture(folder);
  }

  @AfterEach
  void close() {
    console.close();
  }

  private String page(String address) {
    Reply reply = console.ask("root", Ask.get(address).with("accept", "text/html"));
    assertThat(reply.status()).as(address + text(reply)).isEqualTo(200);
    assertThat(header(reply, "content-security-policy"))
        .startsWith("default-src 'none'")
        .doesNotContain("unsafe");
    return text(reply);
  }

  private Reply send(String who, String address, String body) {
    return console.ask(who, Ask.post(address, FORM, body).with("sec-fetch-site", "same-origin"));
  }

  private static String path(Certificate certificate) {
    return "/certificates/" + certificate.serialNumber().hex();
  }

  private Stream<String> addresses(Certificate certificate) {
    return Stream.of(
        "/",
        "/certificates",
        path(certificate),
        path(certificate) + "/revoke",
        path(certificate) + "/suspend",
        path(certificate) + "/release",
        "/people",
        "/add-person",
        "/people/alice",
        "/people/alice/disable",
        "/sites",
        "/sites?url=https://wiki.example.com/admin&user=alice",
        "/sign-ins",
        "/sign-ins?live=1",
        "/audit",
        "/authority");
  }

  @Test
  void every_page_is_shown_to_administrators_and_auditors_and_its_links_lead_somewhere() {
    Certificate certificate = console.issue("alice");
    addresses(certificate)
        .forEach(address -> {
          String html = page(address);
          assertThat(html).contains("<a class=\"skip\" href=\"#content\">").contains("<main");
          assertThat(html)
              .doesNotContain("style=\"")
              .doesNotContain("<script")
              .doesNotContain("onclick");
          assertThat(console.ask("audrey", Ask.get(address)).status()).isEqualTo(200);
          assertThat(console.ask("alice", Ask.get(address)).status()).isEqualTo(403);
          links(html)
              .forEach(link ->
                  assertThat(console.ask("root", Ask.get(link)).status())
                      .as(address + " links " + link)
                      .isEqualTo(200));
        });
  }

  /** The page, the description of the API and the desk that refuses have one bound. */
  @Test
  void a_device_s_name_may_be_as_long_as_the_desk_takes() {
    String longest = Integer.toString(Invitation.LONGEST_DEVICE);
    assertThat(page("/people/alice"))
        .contains("id=\"device\" name=\"device\" maxlength=\"" + longest + "\"");
    String body = "/paths/~1users~1{name}~1invitations/post/requestBody/content/application~1json";
    assertThat(
            ConsoleFixture.json(console.get("/api/v1/openapi.json"))
                .at(body + "/schema/properties/device/maxLength")
                .asText())
        .isEqualTo(longest);
  }

  private static List<String> links(String html) {
    Matcher matcher = Pattern.compile("(?:href|action)=\"(/[^\"]*)\"").matcher(html);
    return matcher
        .results()
        .map(result -> result.group(1).replace("&amp;", "&"))
        .filter(link -> !link.endsWith("/invite") && !link.endsWith("/withdraw"))
        .distinct()
        .toList();
  }

  @Test
  void auditors_are_offered_nothing_that_they_may_not_do() {
    Certificate certificate = console.issue("alice");
    addresses(certificate)
        .forEach(address ->
            assertThat(text(console.ask("audrey", Ask.get(address))))
                .as(address)
                .doesNotContain("method=\"post\""));
    for (String address :
        List.of(path(certificate) + "/suspend", "/people/alice/disable", "/people/alice/invite")) {
      assertThat(send("audrey", address, "").status()).isEqualTo(403);
    }
    assertThat(console.invitations).isEmpty();
  }

  @Test
  void a_certificate_is_revoked_after_a_question_and_with_a_reason() {
    Certificate certificate = console.issue("alice");
    String revoke = path(certificate) + "/revoke";
    assertThat(page(revoke))
        .contains("cannot be taken back")
        .contains("value=\"keyCompromise\"")
        .contains("value=\"unspecified\" selected")
        .doesNotContain("value=\"\"")
        .doesNotContain("Compromise\" selected")
        .doesNotContain("ACompromise");
    Reply without = send("root", revoke, "");
    assertThat(without.status()).isEqualTo(422);
    assertThat(text(without)).contains("Choose a reason");
    assertThat(page("/certificates?state=revoked")).contains("No certificate fits");
    Reply done = send("root", revoke, "reason=keyCompromise");
    assertThat(done.status()).isEqualTo(303);
    assertThat(header(done, "location")).isEqualTo(path(certificate) + "?done=revoked");
    assertThat(page(path(certificate) + "?done=revoked"))
        .contains("Every door of ours refuses it")
        .contains("admin:root@192.0.2.7")
        .doesNotContain("/suspend\"");
    assertThat(send("root", path(certificate) + "/release", "").status()).isEqualTo(409);
  }

  @Test
  void a_form_from_another_site_changes_nothing() {
    Certificate certificate = console.issue("alice");
    Ask ask = Ask.post(path(certificate) + "/suspend", FORM, "");
    assertThat(console.ask("root", ask.with("sec-fetch-site", "same-site")).status())
        .isEqualTo(403);
    assertThat(page("/certificates?state=suspended")).contains("No certificate fits");
    assertThat(send("root", path(certificate) + "/suspend", "").status()).isEqualTo(303);
    assertThat(page("/certificates?state=suspended")).contains(path(certificate));
  }

  @Test
  void a_person_is_added_described_closed_and_opened() {
    assertThat(send("root", "/add-person", "name=bob&groups=staff%2C+dev").status()).isEqualTo(303);
    assertThat(console.ledger.users().named("bob").orElseThrow().groups())
        .containsExactlyInAnyOrder("staff", "dev");
    Reply again = send("root", "/add-person", "name=bob&displayName=Robert");
    assertThat(again.status()).isEqualTo(409);
    assertThat(text(again)).contains("There is a user bob already").contains("value=\"Robert\"");
    String version =
        page("/people/bob").replaceFirst("(?s).*name=\"version\" value=\"([^\"]*)\".*", "$1");
    version = version.replace("&#34;", "\"").replace("&quot;", "\"");
    String body = "displayName=Bobby&groups=staff&version=";
    assertThat(send("root", "/people/bob", body + Screen.escaped(version)).status()).isEqualTo(303);
    Reply late = send("root", "/people/bob", body + Screen.escaped(version));
    assertThat(late.status()).isEqualTo(412);
    assertThat(send("root", "/people/bob/disable", "").status()).isEqualTo(303);
    assertThat(console.ledger.users().named("bob").orElseThrow().state())
        .isEqualTo(User.State.DISABLED);
    assertThat(page("/people/bob")).contains("/people/bob/enable");
    assertThat(send("root", "/people/bob/enable", "").status()).isEqualTo(303);
    Reply self = send("root", "/people/root/disable", "");
    assertThat(self.status()).isEqualTo(409);
    assertThat(text(self)).contains(">You would lock yourself out;");
  }

  @Test
  void who_went_astray_finds_back_and_a_program_is_told_no_more_than_before() {
    for (String address : List.of("/nope", "/people/nobody", "/certificates?state=lost")) {
      Reply reply = console.ask("root", Ask.get(address).with("accept", "text/html"));
      assertThat(reply.status()).as(address).isBetween(400, 404);
      assertThat(text(reply)).as(address).contains("href=\"/\">Back to the overview<");
    }
    Reply stranger = console.ask("alice", Ask.get("/nope").with("accept", "text/html"));
    assertThat(text(stranger)).doesNotContain("Back to the overview");
    assertThat(text(console.get("/api/v1/nope"))).doesNotContain("help").contains("\"look for");
  }

  @Test
  void a_refusal_of_a_certificate_of_ours_names_its_user() {
    Certificate certificate = console.issue("alice");
    String serial = certificate.serialNumber().hex();
    record(serial, "not-permitted");
    record("0f".repeat(20), "revoked");
    record("0f".repeat(30), "expired");
    record(serial, "untrusted-issuer"); // anybody can write our number into theirs
    awaitSignIns(4);
    assertThat(page("/sign-ins")).doesNotContain("alice").doesNotContain("in grey");
    record(serial, "expired"); // likewise
    record(serial, "revoked"); // but it is not
    awaitSignIns(6);
    assertThat(page("/sign-ins")).doesNotContain("alice").doesNotContain("in grey");
    console
        .ledger
        .revocations()
        .change(
            List.of(certificate.serialNumber()),
            new StatusChange.Revoke(CrlReason.KEY_COMPROMISE),
            new Requester("cli:test"));
    console.signIns.close();
    assertThat(page("/sign-ins")).contains("<span class=\"soft\">alice</span>", "in grey");
  }

  private void record(String serial, String code) {
    console.signIns.record(
        new SignIn(
            console.now,
            code,
            "wiki.example.com",
            "/",
            "192.0.2.1",
            Optional.empty(),
            Optional.of(serial),
            false,
            "REF"));
  }

  private void awaitSignIns(int count) {
    Soon.within(
        Duration.ofSeconds(20),
        "sign-ins are taken in",
        () -> console.signIns.recent().size() == count);
  }

  @Test
  void an_invitation_is_shown_with_its_code() {
    Reply invited = send("root", "/people/alice/invite", "device=phone&validity=7d");
    assertThat(text(invited))
        .contains("https://enrol.example.com/i/SECRET")
        .contains("<svg")
        .contains("action=\"/people/alice/invitations/7/withdraw\"")
        .containsPattern("<button type=\"button\"[^>]* hidden[ >]");
    assertThat(header(invited, "content-security-policy"))
        .contains("script-src 'self'")
        .doesNotContain("unsafe");
    Matcher script =
        Pattern.compile("<script type=\"module\" src=\"(/[^\"]*)\">").matcher(text(invited));
    assertThat(script.results().map(each -> console.get(each.group(1)).status()))
        .containsExactly(200);
    assertThat(header(invited, "cache-control")).isEqualTo("no-store");
    Reply refused = send("root", "/people/alice/invite", "device=refused");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(text(refused)).contains("Not for this device.").doesNotContain("<script");
  }

  @Test
  void an_open_invitation_is_withdrawn_on_its_persons_page() {
    Invitation open = console.invited("alice", "phone", "1");
    Invitation used = console.used(console.invited("alice", "tablet", "2"), "2");
    String form = "/people/alice/invitations/" + open.id() + "/withdraw";
    assertThat(page("/people/alice"))
        .contains(form)
        .contains("its certificate")
        .doesNotContain("/invitations/" + used.id());
    assertThat(text(console.ask("audrey", Ask.get("/people/alice"))))
        .contains("phone")
        .doesNotContain("/withdraw");
    assertThat(send("audrey", form, "").status()).isEqualTo(403);
    assertThat(send("root", form.replace("alice", "root"), "").status()).isEqualTo(404);
    assertThat(send("root", form.replace(open.id(), "0"), "").status()).isEqualTo(404);
    assertThat(send("root", form.replace(open.id(), used.id()), "").status()).isEqualTo(409);
    assertThat(page("/people/alice")).contains(form);
    Reply done = send("root", form, "");
    assertThat(header(done, "location")).isEqualTo("/people/alice?done=withdrawn");
    assertThat(page("/people/alice?done=withdrawn"))
        .contains("worth nothing from now on")
        .doesNotContain(form);
    assertThat(page("/audit?kind=invitation.withdrawn")).contains("invitation withdrawn");
  }

  @Test
  void hostile_text_stays_text() {
    String sent = Screen.escaped(HOSTILE);
    console
        .ledger
        .users()
        .add(
            new User(
                "mallory",
                HOSTILE,
                Optional.of("m&m'@example.com"),
                Set.of("staff"),
                User.State.ENABLED),
            new Requester(HOSTILE));
    Certificate certificate = console.issue("mallory", HOSTILE, Duration.ofDays(30));
    console.invited("mallory", HOSTILE, "1");
    console.signIns.record(
        new SignIn(
            console.now,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            Optional.of(HOSTILE),
            Optional.of(HOSTILE),
            true,
            HOSTILE));
    console.signIns.close();
    for (String address :
        List.of(
            "/",
            "/certificates?text=" + sent + "&user=" + sent + "&profile=" + sent,
            "/certificates",
            path(certificate),
            path(certificate) + "/revoke",
            path(certificate) + "?done=saved",
            "/people?text=" + sent + "&group=" + sent,
            "/people",
            "/people/mallory",
            "/people/mallory/disable",
            "/sign-ins",
            "/sign-ins?live=1&only=" + sent,
            "/audit?subject=" + sent + "&who=" + sent + "&kind=" + sent,
            "/audit")) {
      assertThat(page(address)).as(address).doesNotContain("<script");
    }
    for (String address :
        List.of(
            "/sites?url=" + sent,
            "/sites?url=https://wiki.example.com/&user=" + sent,
            "/people/" + sent,
            "/certificates/" + sent,
            "/certificates?state=" + sent,
            "/audit?" + sent + "=1")) {
      Reply reply = console.ask("root", Ask.get(address).with("accept", "text/html"));
      assertThat(reply.status()).as(address).isBetween(400, 422);
      assertThat(text(reply)).as(address).doesNotContain("<script");
    }
    for (String field : List.of("name", "displayName", "email", "groups")) {
      Reply reply = send("root", "/add-person", field + "=" + sent);
      assertThat(text(reply)).as(field).doesNotContain("<script");
    }
  }

  @Test
  void only_our_own_sentences_are_notices() {
    assertThat(page("/people/alice?done=saved")).contains("role=\"status\"");
    assertThat(page("/people/alice?done=You+won")).doesNotContain("role=\"status\"");
  }

  @Test
  void charts_are_drawn_and_told() {
    console.signIns.record(
        new SignIn(
            console.now,
            SignIn.ADMITTED,
            "wiki.example.com",
            "/",
            "192.0.2.1",
            Optional.of("alice"),
            Optional.of("0a"),
            true,
            "REF"));
    console.signIns.close();
    assertThat(page("/"))
        .contains("<rect class=\"admitted\" x=\"690.0\" y=\"0.0\"")
        .contains("role=\"img\"")
        .contains("<td class=\"number\">1</td>");
  }
}
