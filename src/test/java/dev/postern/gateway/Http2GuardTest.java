package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What HTTP/2 can carry and HTTP/1.1 towards the upstream would read as something else. */
@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class Http2GuardTest {
  private static FakeUpstream upstream;
  private static TestDoor door;

  @BeforeAll
  static void open() throws Exception {
    upstream = FakeUpstream.ok();
    door = new TestDoor().relayTo(upstream.port()).open();
  }

  @AfterAll
  static void shut() throws Exception {
    door.close();
    upstream.close();
  }

  private static RawHttp2 alice() throws Exception {
    return new RawHttp2(door, TestDoor.CA.clientContext(TestDoor.ALICE), 65535);
  }

  private static String[] get(String... more) {
    return request("GET", "/", "localhost", more);
  }

  private static String[] request(String method, String path, String authority, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(":method", method, ":scheme", "https", ":path", path, ":authority", authority));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  static Stream<Arguments> probes() {
    return Stream.of(
        probe("CRLF in a value", get("x-a", "b\r\nx-smuggled: 1")),
        probe("LF in a value", get("x-a", "b\nx-smuggled: 1")),
        probe("NUL in a value", get("x-a", "b\0c")),
        probe("CRLF in a name", get("x-a\r\nx-smuggled", "1")),
        probe("colon in a name", get("x-smuggled:a", "1")),
        probe("space in a name", get("x-smuggled ", "1")),
        probe("capitals in a name", get("X-Smuggled", "1")),
        probe("no name", get("", "1")),
        probe("letters beyond ASCII in a name", get("remote-usér", "1")),
        probe("transfer-encoding", get("transfer-encoding", "chunked")),
        probe("connection", get("connection", "x-a")),
        probe("upgrade", get("upgrade", "websocket")),
        probe("te of another kind", get("te", "gzip, trailers")),
        probe("another host", get("host", "other.test")),
        probe("two hosts", get("host", "localhost", "host", "other.test")),
        probe("two paths", get(":path", "/public/x")),
        probe("a pseudo header after others", get("x-a", "b", ":scheme", "http")),
        probe("an unknown pseudo header", get(":smuggled", "x")),
        probe("length without content", get("content-length", "5")),
        probe("two lengths", get("content-length", "0", "content-length", "5")),
        probe("signed length", get("content-length", "+0")),
        probe("space in the path", request("GET", "/ HTTP/1.1", "localhost")),
        probe("CRLF in the path", request("GET", "/ HTTP/1.1\r\nx-a: b", "localhost")),
        probe("fragment in the path", request("GET", "/#a", "localhost")),
        probe("no path", request("GET", "", "localhost")),
        probe("CRLF in the method", request("GET / HTTP/1.1\r\nx-a: b\r\n", "/", "localhost")),
        probe("a method in small letters", request("get", "/", "localhost")),
        probe("CRLF in the authority", request("GET", "/", "localhost\r\nx-a: b")),
        probe("user in the authority", request("GET", "/", "alice@localhost")),
        probe("no authority", request("GET", "/", "")),
        probe("CONNECT", request("CONNECT", "/", "localhost")),
        probe("a web socket", request("CONNECT", "/", "localhost", ":protocol", "websocket")));
  }

  private static Arguments probe(String name, String[] headers) {
    return Arguments.argumentSet(name, (Object) headers);
  }

  @ParameterizedTest
  @MethodSource("probes")
  void a_probe_never_reaches_the_upstream(String[] headers) throws Exception {
    int before = upstream.heads.size();
    try (RawHttp2 client = alice()) {
      assertThat(client.headers(1, RawHttp2.END, headers).answer(1))
          .isIn("400", "405", "421", "reset", "goaway", "closed");
    }
    assertThat(upstream.heads).hasSize(before);
  }

  @Test
  void an_honest_request_is_answered_and_its_forged_headers_are_not_believed() throws Exception {
    String[] forged = {
      "remote-user",
      "root",
      "remote_user",
      "root",
      "x-http2-path",
      "/root",
      "x-http2-scheme",
      "root"
    };
    try (RawHttp2 client = alice()) {
      assertThat(client.headers(1, RawHttp2.END, get(forged)).answer(1)).isEqualTo("200");
    }
    assertThat(upstream.heads.getLast()).contains("Remote-User: alice\r\n").doesNotContain("root");
  }

  @Test
  void a_body_of_another_length_than_declared_ends_the_stream() throws Exception {
    String[] five = request("POST", "/", "localhost", "content-length", "5");
    for (String body : new String[] {"abc", "abcdefg"}) {
      try (RawHttp2 client = alice()) {
        client.headers(1, RawHttp2.OPEN, five).data(1, RawHttp2.END, body);
        assertThat(client.answer(1)).isIn("reset", "goaway");
      }
    }
  }

  @Test
  void trailers_hold_no_second_request() throws Exception {
    String[] post = request("POST", "/admin-not", "localhost");
    for (String[] trailers :
        new String[][] {get(), {":path", "/admin/"}, {"x-a", "b\r\n\r\nGET /admin/ HTTP/1.1"}}) {
      try (RawHttp2 client = alice()) {
        client.headers(1, RawHttp2.OPEN, post).data(1, 0, "abc").headers(1, RawHttp2.END, trailers);
        client.answer(1);
      }
    }
    assertThat(upstream.heads).noneMatch(head -> head.contains("/admin/"));
  }

  @Test
  void a_reader_that_opens_no_window_does_not_stay() throws Exception {
    var brief = Duration.ofMillis(300);
    var timeouts =
        new GatewayConfig.Timeouts(
            Duration.ofSeconds(5), brief, Duration.ofSeconds(2), brief, brief);
    try (TestDoor other = new TestDoor().timeouts(timeouts).relayTo(upstream.port()).open()) {
      for (String path : new String[] {"/", "/admin/"}) { // an answer, and a refusal
        try (RawHttp2 client = new RawHttp2(other, TestDoor.CA.clientContext(TestDoor.ALICE), 0)) {
          client.headers(1, RawHttp2.END, request("GET", path, "localhost"));
          client.untilClosed();
        }
      }
    }
  }
}
