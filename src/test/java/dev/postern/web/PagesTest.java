package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Denial;
import dev.postern.fakes.TestAuthority;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PagesTest {
  private static final int LANGUAGES = 10_000;
  private static final long MEGABYTE = 1 << 20;

  @Test
  void a_stranger_s_languages_are_not_remembered() {
    Pages pages = new Pages();
    var ways = Pages.Ways.back("/");
    pages.explain(new Denial.NoCertificate(), ways, "REF", "de");
    long before = used();
    for (int i = 0; i < LANGUAGES; i++) {
      String language = "en-Latn-US-a" + (1000 + i % 1000) + "-b" + (1000 + i / 1000);
      assertThat(pages.explain(new Denial.NoCertificate(), ways, "REF", language).problem().title())
          .isNotEmpty();
    }
    assertThat(used() - before).isLessThan(4 * MEGABYTE);
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

  @Test
  void the_button_leads_to_what_helps() {
    var ways =
        new Pages.Ways(
            Optional.of(URI.create("https://enrol.test/")),
            Optional.of("mailto:help@example.com"),
            "/x?y");
    assertThat(action(new Denial.NoCertificate(), ways)).isEqualTo("https://enrol.test/");
    assertThat(action(revoked(CrlReason.KEY_COMPROMISE), ways)).isEqualTo("https://enrol.test/");
    String ask = "mailto:help@example.com?subject=I%20cannot%20enter%20%28reference%20REF%29";
    assertThat(action(revoked(CrlReason.CERTIFICATE_HOLD), ways)).isEqualTo(ask);
    var page = new Pages.Ways(Optional.empty(), Optional.of("https://help.test/?to=it"), "/x?y");
    assertThat(action(revoked(CrlReason.CERTIFICATE_HOLD), page))
        .isEqualTo("https://help.test/?to=it&reference=REF");
    assertThat(action(new Denial.NoCertificate(), page)).isEqualTo("/x?y");
    assertThat(action(revoked(CrlReason.CERTIFICATE_HOLD), Pages.Ways.back("/z"))).isEqualTo("/z");
  }

  private static String action(Denial denial, Pages.Ways ways) {
    return new Pages().explain(denial, ways, "REF", "en").action().orElseThrow().address();
  }

  private static Denial revoked(CrlReason reason) {
    var how = new RevocationStatus.Revoked(Instant.parse("2026-06-01T12:00:00Z"), reason);
    return new Denial.Revoked(TestAuthority.root("Root").clientOf("alice"), how);
  }

  private static Problem page(CrlReason reason) {
    return new Pages().explain(revoked(reason), Pages.Ways.back("/"), "REF", "en").problem();
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
