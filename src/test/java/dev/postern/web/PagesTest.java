package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Denial;
import dev.postern.fakes.TestAuthority;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus;
import dev.postern.x509.Certificate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PagesTest {
  private static final int LANGUAGES = 10_000;
  private static final long MEGABYTE = 1 << 20;

  @Test
  void a_stranger_s_languages_are_not_remembered() {
    Pages pages = new Pages();
    var ways = Pages.Ways.NONE;
    pages.explain(new Denial.NoCertificate(), ways, "/", "REF", "de");
    long before = used();
    for (int i = 0; i < LANGUAGES; i++) {
      String language = "en-Latn-US-a" + (1000 + i % 1000) + "-b" + (1000 + i / 1000);
      assertThat(
              pages
                  .explain(new Denial.NoCertificate(), ways, "/", "REF", language)
                  .problem()
                  .title())
          .isNotEmpty();
    }
    assertThat(used() - before).isLessThan(4 * MEGABYTE);
  }

  @Test
  void a_translation_is_one_file() {
    Pages pages = new Pages();
    Explanation denied =
        pages.explain(new Denial.NoCertificate(), Pages.Ways.NONE, "/", "REF", "eo");
    assertThat(html(pages, denied, "eo")).contains("<html lang=\"eo\">", "Vi bezonas atestilon.");
    Explanation gone =
        Explanation.of(Problem.of(502, "bad-gateway", "Not reached.", "it is gone"), "REF");
    assertThat(html(pages, gone, "eo-XX, en"))
        .contains("La servilo ne respondas.", "Provu denove poste. (it is gone)");
    assertThat(html(pages, gone, "fr")).contains("Not reached.", "It is gone");
  }

  @ParameterizedTest
  @CsvSource({
    "'de, eo;q=0.8, en;q=0.5', eo",
    "'en;q=0.5, eo-XX', eo",
    "'en, eo;q=0.9', en",
    "'eo;q=0.9, en;q=0.9', eo",
    "'eo;q=0, en;q=0.1', en",
    "'eo;q=much', en",
    "'*', en",
    "',;,-', en"
  })
  void the_language_is_the_one_that_the_reader_likes_best(String accepted, String chosen) {
    Texts texts = Texts.of("dev.postern.web.pages");
    assertThat(texts.in(accepted).text("lang")).isEqualTo(chosen);
  }

  /** What is told of a code in the file's words has them there, and a translation its own. */
  @Test
  void every_problem_of_the_wire_has_its_words_in_the_file() throws IOException {
    Pattern made =
        Pattern.compile(
            "Problem\\s*\\.(?:of|worded)\\(\\s*\\d+,\\s*(?:\"[a-z-]+\",\\s*)?\"([a-z-]+)\",");
    Language english = Texts.of("dev.postern.web.pages").in("en");
    Set<String> keys = new TreeSet<>(Set.of("bad-request", "bad-gateway", "gateway-timeout"));
    for (String room : List.of("web", "gateway")) {
      try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/postern", room))) {
        for (Path file : files.toList()) {
          made.matcher(Files.readString(file)).results().forEach(each -> keys.add(each.group(1)));
        }
      }
    }
    assertThat(keys).hasSizeGreaterThan(15).contains("wrong-connection");
    assertThat(keys)
        .allSatisfy(key -> {
          assertThat(english.knows("problem." + key + ".title")).isTrue();
          assertThat(english.knows("problem." + key + ".detail")).isTrue();
        });
    Problem found = Problem.worded(421, "misdirected", "wrong-connection", "the site is gone");
    assertThat(found.title()).isEqualTo("This request came to the wrong connection.");
    assertThat(html(new Pages(), Explanation.of(found, "REF"), "eo"))
        .contains("This request came to the wrong connection.", "The site is gone");
  }

  private static String html(Pages pages, Explanation explanation, String language) {
    return new String(
        pages.render(explanation, "text/html", language).body().toArray(), StandardCharsets.UTF_8);
  }

  @Test
  void a_revoked_certificate_s_page_says_when_and_a_suspended_one_s_that_it_can_end() {
    assertThat(page(CrlReason.KEY_COMPROMISE).title()).contains("revoked");
    assertThat(page(CrlReason.KEY_COMPROMISE).detail())
        .startsWith("It was revoked on 1 June 2026, 12:00 UTC.")
        .doesNotContain("keyCompromise");
    assertThat(page(CrlReason.CERTIFICATE_HOLD).title()).contains("suspended");
    assertThat(page(CrlReason.CERTIFICATE_HOLD).code()).isEqualTo("revoked");
  }

  private static final Optional<URI> DOOR = Optional.of(URI.create("https://enrol.test/"));
  private static final Optional<URI> ME = Optional.of(URI.create("https://me.test/"));
  private static final Optional<String> CONTACT = Optional.of("mailto:help@example.com");
  private static final String ASK =
      "mailto:help@example.com?subject=I%20cannot%20enter%20%28reference%20REF%29";
  private static final Certificate ALICE = TestAuthority.root("Root").clientOf("alice");

  @Test
  void the_button_leads_to_what_helps() {
    var ways = new Pages.Ways(DOOR, ME, CONTACT);
    assertThat(action(new Denial.NoCertificate(), ways)).isEqualTo("https://enrol.test/");
    assertThat(action(revoked(CrlReason.CERTIFICATE_HOLD), ways)).isEqualTo(ASK);
    var page =
        new Pages.Ways(Optional.empty(), Optional.empty(), Optional.of("https://help.test/?to=it"));
    assertThat(action(revoked(CrlReason.CERTIFICATE_HOLD), page))
        .isEqualTo("https://help.test/?to=it&reference=REF");
    assertThat(action(new Denial.NoCertificate(), page)).isEqualTo("/x?y");
    assertThat(action(revoked(CrlReason.CERTIFICATE_HOLD), Pages.Ways.NONE)).isEqualTo("/x?y");
  }

  @Test
  void whoever_comes_to_try_a_new_certificate_and_shows_none_is_told_what_is_likely() {
    var trying = new Pages.Ways(DOOR, ME, CONTACT).fromEnrolment();
    Explanation page = explain(new Denial.NoCertificate(), trying);
    assertThat(page.problem().code()).isEqualTo("no-certificate");
    assertThat(page.likely()).hasSize(4);
    assertThat(page.action().orElseThrow()).isEqualTo(new Explanation.Action("Try again", "/x?y"));
    assertThat(html(new Pages(), page, "en"))
        .contains("Your new certificate did not come along.", "<li>It is in another browser")
        .doesNotContain("If your browser does not ask, it remembers");
    assertThat(explain(new Denial.NoCertificate(), new Pages.Ways(DOOR, ME, CONTACT)).likely())
        .isEmpty();
    assertThat(explain(revoked(CrlReason.KEY_COMPROMISE), trying).likely()).isEmpty();
  }

  @Test
  void whoever_may_renew_is_led_there() {
    Instant until = Instant.parse("2026-12-01T12:00:00Z");
    Denial renewable = new Denial.Expired(ALICE, Optional.of(until));
    assertThat(action(renewable, new Pages.Ways(DOOR, ME, CONTACT))).isEqualTo("https://me.test/");
    var problem = explain(renewable, new Pages.Ways(DOOR, ME, CONTACT)).problem();
    assertThat(problem.code()).isEqualTo("expired");
    assertThat(problem.detail()).startsWith("Until 1 December 2026, 12:00 UTC you can");
    var closed = new Pages.Ways(DOOR, Optional.empty(), CONTACT);
    assertThat(action(renewable, closed)).isEqualTo(ASK);
    assertThat(explain(renewable, closed).problem().detail()).contains("needs an invitation");
  }

  /** The door takes links alone: who has none needs somebody who can make one. */
  @Test
  void where_only_an_invitation_helps_it_leads_to_who_can_give_one() {
    for (Denial each : List.of(new Denial.Expired(ALICE), revoked(CrlReason.KEY_COMPROMISE))) {
      assertThat(action(each, new Pages.Ways(DOOR, ME, CONTACT))).as(each.code()).isEqualTo(ASK);
      var withoutContact = new Pages.Ways(DOOR, ME, Optional.empty());
      var page = explain(each, withoutContact);
      assertThat(page.problem().detail())
          .contains("A new one needs an invitation, which the administrator sends you.");
      assertThat(page.action().orElseThrow())
          .isEqualTo(new Explanation.Action("I have an invitation", "https://enrol.test/"));
      assertThat(action(each, Pages.Ways.NONE)).isEqualTo("/x?y");
    }
  }

  private static String action(Denial denial, Pages.Ways ways) {
    return explain(denial, ways).action().orElseThrow().address();
  }

  private static Explanation explain(Denial denial, Pages.Ways ways) {
    return new Pages().explain(denial, ways, "/x?y", "REF", "en");
  }

  @ParameterizedTest
  @CsvSource({
    "P12DT1H,ends in 12 days",
    "P1DT23H,ends in one day",
    "PT23H,ends in less than a day"
  })
  void a_notice_counts_the_days_and_leads_on(String left, String expected) {
    String html = notice(Duration.parse(left), "/x?y=\"><script>&z");
    assertThat(html)
        .contains("<h1>Your certificate on this device " + expected + ".</h1>")
        .contains("href=\"https://me.test/\"")
        .contains("Not now, go on to wiki.test")
        .doesNotContain("<script");
  }

  private static String notice(Duration left, String onward) {
    var notice =
        new NoticePage.Notice(
            ALICE, ALICE.notAfter().minus(left), ME.orElseThrow(), "wiki.test", onward);
    Reply reply = new Pages().notice(notice, "en");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).contains(new Reply.Header("cache-control", "no-store"));
    return new String(reply.body().toArray(), StandardCharsets.UTF_8);
  }

  private static Denial revoked(CrlReason reason) {
    var how = new RevocationStatus.Revoked(Instant.parse("2026-06-01T12:00:00Z"), reason);
    return new Denial.Revoked(ALICE, how);
  }

  private static Problem page(CrlReason reason) {
    return explain(revoked(reason), Pages.Ways.NONE).problem();
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
