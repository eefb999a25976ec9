package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP/2 could smuggle into HTTP/1.1, where no decoder of ours has looked before. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestGuardTest {
  private static RequestGuard.Verdict check(String target, String... hosts) {
    var request =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/") {
          @Override
          public String uri() {
            return target; // Netty's own checks stay out of the way
          }
        };
    for (String host : hosts) {
      request.headers().add("host", host);
    }
    return RequestGuard.check(request);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a b",
        "/?a b",
        "/ HTTP/1.1\r\nX: y",
        "/?q\r\nX: y",
        "/\0",
        "/é",
        "/a#b",
        "",
        "*",
        "a"
      })
  void a_target_that_is_none_is_refused(String target) {
    assertThat(check(target, "a.test")).isInstanceOf(RequestGuard.Verdict.Unsound.class);
  }

  @Test
  void a_target_has_the_length_that_http_1_allows() {
    assertThat(check("/" + "a".repeat(8000), "a.test"))
        .isInstanceOf(RequestGuard.Verdict.Sound.class);
    assertThat(check("/" + "a".repeat(9000), "a.test"))
        .isInstanceOfSatisfying(
            RequestGuard.Verdict.Unsound.class,
            unsound -> assertThat(unsound.problem().status()).isEqualTo(414));
  }

  @Test
  void a_plain_target_with_a_query_is_sound() {
    assertThat(check("/a?b=c&d", "a.test")).isInstanceOf(RequestGuard.Verdict.Sound.class);
  }

  @Test
  void two_hosts_are_one_too_many_even_when_they_agree() {
    assertThat(check("/", "a.test")).isInstanceOf(RequestGuard.Verdict.Sound.class);
    assertThat(check("/", "a.test", "a.test")).isInstanceOf(RequestGuard.Verdict.Unsound.class);
    assertThat(check("/")).isInstanceOf(RequestGuard.Verdict.Unsound.class);
  }
}
