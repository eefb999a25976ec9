package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Denial;
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

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
