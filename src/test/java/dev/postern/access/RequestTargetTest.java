package dev.postern.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestTargetTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a",
        "/a/b.html",
        "/a-b_c~d",
        "/A9",
        "/a%20b",
        "/%C3%BC",
        "/a,b",
        "/v1/x:y@z/+=",
        "/!$&'()*"
      })
  void an_ordinary_path_has_one_reading(String path) {
    assertThat(of(path).orElseThrow().readings()).hasSize(1);
    assertThat(of(path).orElseThrow().path()).isEqualTo(path);
  }

  @Test
  void escapes_are_decoded_as_utf_8() {
    assertThat(of("/%C3%BC%20a").orElseThrow().readings()).containsExactly("/ü a");
  }

  @ParameterizedTest
  @CsvSource({
    "/a%2Fb, /a/b",
    "/a%2fb, /a/b",
    "/admin;x/b, /admin/b",
    "/admin;x=1, /admin",
    "/admin%3Bx/b, /admin/b",
    "/;x/admin, /admin",
    "//admin, /admin",
    "/a///b, /a/b",
    "/a%2F%2Fb, /a/b",
    "/admin/, /admin",
    "/admin/;x, /admin",
    "/%2561dmin, /admin",
    "/a%252Fb, /a/b",
    "/a%255Cb, /a/b",
    "/%61dmin, /admin"
  })
  void a_path_that_back_ends_read_differently_has_each_reading(String path, String reading) {
    assertThat(of(path).orElseThrow().readings()).contains(reading);
  }

  @Test
  void the_plain_reading_stays_among_the_others() {
    assertThat(of("/admin;x/b").orElseThrow().readings()).contains("/admin;x/b");
    assertThat(of("/admin/").orElseThrow().readings()).containsExactly("/admin/", "/admin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "a",
        "http://x/a",
        "/.",
        "/..",
        "/a/../b",
        "/a/./b",
        "/a/..",
        "/%2e%2e/b",
        "/%2E./b",
        "/a%2F..%2Fb",
        "/a%2f%2e%2e",
        "/..;/b",
        "/..;x=1/b",
        "/.%3B./b",
        "/.;/b",
        "/%252e%252e/b",
        "/a%252F..",
        "/a%255C..%255Cb",
        "/a\\b",
        "/a%5Cb",
        "/a%5c..%5cb",
        "/a%00",
        "/a%0d%0ab",
        "/a%7F",
        "/a\u0000",
        "/a\tb",
        "/a\r\nb",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%-1",
        "/a%+1",
        "/%C0%AF",
        "/%C0%AE%C0%AE/b",
        "/%E0%80%AF",
        "/%F0%80%80%AF",
        "/%ED%A0%80",
        "/%FF",
        "/%C3",
        "/a?b",
        "/a#b",
        "/a\u0161",
        "/\uff0e\uff0e/b"
      })
  void what_no_honest_client_sends_has_none(String path) {
    assertThat(of(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/a..b", "/...", "/a.", "/.well-known/x", "/100%25", "/100%25abc", "/a+b"})
  void what_only_looks_odd_is_read(String path) {
    assertThat(of(path)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "M-SEARCH", "PROPFIND"})
  void methods_are_capitals(String method) {
    assertThat(RequestTarget.of(method, "h", "/")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "Post", "", "GET ", "-", "GÉT"})
  void other_methods_have_no_target(String method) {
    assertThat(RequestTarget.of(method, "h", "/")).isEmpty();
  }

  @Test
  void an_endless_path_is_read_in_no_time() {
    assertThat(of("/" + "%2f;".repeat(4000) + "a").orElseThrow().readings())
        .hasSizeLessThanOrEqualTo(16);
    assertThat(of("/" + "%25".repeat(4000)).orElseThrow().readings()).hasSize(1);
  }

  private static Optional<RequestTarget> of(String path) {
    return RequestTarget.of("GET", "site.example", path);
  }
}
