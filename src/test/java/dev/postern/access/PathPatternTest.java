package dev.postern.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PathPatternTest {
  @ParameterizedTest
  @CsvSource({
    "/health, /health",
    "/, /",
    "/admin/**, /admin",
    "/admin/**, /admin/",
    "/admin/**, /admin/a/b",
    "/img/*, /img/a.png",
    "/*, /a",
    "/**, /",
    "/**, /a/b/c",
    "/ü/**, /ü/a"
  })
  void a_path_inside_matches(String pattern, String path) {
    assertThat(new PathPattern(pattern).matches(path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/health, /health/",
    "/health, /healthy",
    "/health, /",
    "/, /a",
    "/admin/**, /administrator",
    "/admin/**, /",
    "/admin/**, /a/admin",
    "/img/*, /img",
    "/img/*, /img/",
    "/img/*, /img/a/b",
    "/img/*, /img/a/",
    "/img/*, /imga",
    "/*, /",
    "/Admin, /admin"
  })
  void a_path_outside_does_not_match(String pattern, String path) {
    assertThat(new PathPattern(pattern).matches(path)).isFalse();
  }

  @Test
  void case_can_be_overlooked() {
    assertThat(new PathPattern("/Admin/**").matchesInAnyCase("/aDMIN/x")).isTrue();
    assertThat(new PathPattern("/Admin/**").matchesInAnyCase("/administrator")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "admin",
        "*",
        "/a/*/b",
        "/a*",
        "/a/*.png",
        "/a/***",
        "/a/*/**",
        "/a/**/*",
        "/a?b",
        "/a#b",
        "/admin/",
        "//",
        "/a//b",
        "/a/../b",
        "/a/..",
        "/./a/**",
        "/a%20b",
        "/a;b",
        "/a\\b"
      })
  void a_pattern_that_could_never_match_is_refused(String pattern) {
    assertThatThrownBy(() -> new PathPattern(pattern)).isInstanceOf(IllegalArgumentException.class);
  }
}
