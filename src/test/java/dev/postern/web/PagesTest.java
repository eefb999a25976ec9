package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Denial;
import dev.postern.fakes.TestAuthority;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus;
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
    var ways = new Pages.Ways(Optional.empty(), "/");
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

  private static Problem page(CrlReason reason) {
    var how = new RevocationStatus.Revoked(Instant.parse("2026-06-01T12:00:00Z"), reason);
    var denial = new Denial.Revoked(TestAuthority.root("Root").clientOf("alice"), how);
    return new Pages()
        .explain(denial, new Pages.Ways(Optional.empty(), "/"), "REF", "en")
        .problem();
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
