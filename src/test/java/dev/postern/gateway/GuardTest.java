package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.web.Posture;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Raw requests over TLS: what is not unmistakably HTTP never reaches an upstream. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
@SuppressWarnings("StringConcatToTextBlock") // CRLF matters
class GuardTest {
  private static FakeUpstream upstream;
  private static TestDoor door;

  @BeforeAll
  static void open() throws Exception {
    upstream = FakeUpstream.ok();
    door =
        new TestDoor()
            .relayTo(upstream.port())
            .site(TestDoor.relayed("other.test", upstream.port()))
            .site(TestDoor.relayed("never.test", upstream.port(), Posture.NEVER))
            .site(TestDoor.relayed("strict.test", upstream.port(), Posture.STRICT))
            .open();
  }

  @AfterAll
  static void shut() throws Exception {
    door.close();
    upstream.close();
  }

  private static Arguments refused(String name, int status, String... lines) {
    return Arguments.argumentSet(name, status, String.join("\r\n", lines) + "\r\n\r\n");
  }

  static Stream<Arguments> probes() {
    String get = "GET / HTTP/1.1";
    String post = "POST / HTTP/1.1";
    String host = "Host: localhost";
    String[] many = new String[103];
    Arrays.fill(many, "X-A: b");
    many[0] = get;
    many[1] = host;
    return Stream.of(
        refused("no host", 400, get),
        refused("two hosts", 400, get, host, "Host: other.test"),
        refused("two equal hosts", 400, get, host, host),
        refused("empty host", 400, get, "Host:"),
        refused("host with user info", 400, get, "Host: localhost@evil"),
        refused("host with a path", 400, get, "Host: localhost/x"),
        refused("unknown host", 421, get, "Host: unknown.test"),
        refused("folded line", 400, get, host, "X-A: b", " c"),
        refused("folded first line", 400, get, " " + host),
        refused("bare LF", 400, get, host + "\nX-A: b"),
        refused("bare CR", 400, get, host, "X-A: b\rX-B: c"),
        refused("NUL", 400, get, host, "X-A: b\0c"),
        refused("empty header name", 400, get, host, ": x"),
        refused("space before colon", 400, get, host, "X-A : b"),
        refused("no colon", 400, get, host, "X-A"),
        refused("two spaces in the request line", 400, "GET  / HTTP/1.1", host),
        refused("tab in the request line", 400, "GET\t/ HTTP/1.1", host),
        refused("no version", 400, "GET /", host),
        refused("HTTP/2.0 in words", 505, "GET / HTTP/2.0", host),
        refused("fragment", 400, "GET /#x HTTP/1.1", host),
        refused("absolute form of another host", 400, "GET http://other.test/ HTTP/1.1", host),
        refused("absolute form without slashes", 400, "GET https:/x HTTP/1.1", host),
        refused("asterisk", 400, "OPTIONS * HTTP/1.1", host),
        refused("CONNECT", 405, "CONNECT localhost:443 HTTP/1.1", host),
        refused("TRACE", 405, "TRACE / HTTP/1.1", host),
        refused(
            "length and chunks",
            400,
            post,
            host,
            "Content-Length: 5",
            "Transfer-Encoding: chunked"),
        refused("two lengths", 400, post, host, "Content-Length: 5", "Content-Length: 6"),
        refused("two equal lengths", 400, post, host, "Content-Length: 5", "Content-Length: 5"),
        refused("listed lengths", 400, post, host, "Content-Length: 5, 5"),
        refused("signed length", 400, post, host, "Content-Length: +5"),
        refused("huge length", 400, post, host, "Content-Length: 99999999999999999999"),
        refused("other coding", 501, post, host, "Transfer-Encoding: gzip, chunked"),
        refused(
            "chunked twice",
            501,
            post,
            host,
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: chunked"),
        refused("obscured coding", 400, post, host, "Transfer-Encoding\0: chunked"),
        refused("chunks in HTTP/1.0", 400, "POST / HTTP/1.0", host, "Transfer-Encoding: chunked"),
        refused(
            "chunk size that is none", 400, post, host, "Transfer-Encoding: chunked", "", "xyz"),
        refused("chunk size with a sign", 400, post, host, "Transfer-Encoding: chunked", "", "-1"),
        refused("chunk size with LF", 400, post, host, "Transfer-Encoding: chunked", "", "1\na"),
        refused(
            "chunk longer than said",
            400,
            post,
            host,
            "Transfer-Encoding: chunked",
            "",
            "1",
            "abc",
            "0"),
        refused("long address", 414, "GET /" + "a".repeat(9000) + " HTTP/1.1", host),
        refused("large headers", 431, get, host, "X-A: " + "a".repeat(40_000)),
        refused("many headers", 431, many),
        refused("dot segment", 400, "GET /public/../admin/x HTTP/1.1", host),
        refused("encoded dot segment", 400, "GET /public/%2e%2e/admin HTTP/1.1", host),
        refused("dot segment with parameter", 400, "GET /public/..;/admin HTTP/1.1", host),
        refused("dot segment after encoded slash", 400, "GET /public%2f..%2fadmin HTTP/1.1", host),
        refused("backslash", 400, "GET /public\\..\\admin HTTP/1.1", host),
        refused("encoded NUL", 400, "GET /public/%00 HTTP/1.1", host),
        refused("bad percent", 400, "GET /public/%zz HTTP/1.1", host),
        refused("encoded slash into a closed path", 403, "GET /admin%2fx HTTP/1.1", host),
        refused("parameter into a closed path", 403, "GET /admin;x/y HTTP/1.1", host),
        refused("doubled slash into a closed path", 403, "GET //admin/x HTTP/1.1", host));
  }

  @ParameterizedTest
  @MethodSource("probes")
  void a_probe_is_refused_and_the_connection_ends(int status, String request) throws Exception {
    int before = upstream.heads.size();
    try (RawClient client = RawClient.alice(door)) {
      client.send(request);
      assertThat(client.receive().status()).isEqualTo(status);
      assertThat(client.isClosed()).isTrue();
    }
    boolean hasBody = request.indexOf("\r\n\r\n") < request.length() - 4;
    if (!hasBody) { // where only the body breaks, its beginning is on its way already
      assertThat(upstream.heads).hasSize(before);
    }
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        Arguments.argumentSet("plain", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.argumentSet("with a port", "GET / HTTP/1.1\r\nHost: LOCALHOST:8443\r\n\r\n"),
        Arguments.argumentSet(
            "absolute form", "GET https://localhost/x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.argumentSet(
            "encoded slash in an open path", "GET /a%2Fb HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.argumentSet(
            "an empty line before", "\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.argumentSet(
            "chunks with an extension",
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"),
        Arguments.argumentSet("HTTP/1.0", "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void an_honest_request_is_answered(String request) throws Exception {
    try (RawClient client = RawClient.alice(door)) {
      assertThat(client.send(request).receive().body()).isEqualTo("ok");
    }
  }

  @Test
  void requests_in_one_breath_are_answered_in_order() throws Exception {
    try (RawClient client = RawClient.alice(door)) {
      String get = "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n";
      client.send(get.repeat(20) + "GET /admin/ HTTP/1.1\r\nHost: localhost\r\n\r\n" + get);
      for (int i = 0; i < 20; i++) {
        assertThat(client.receive().body()).isEqualTo("ok");
      }
      assertThat(client.receive().status()).isEqualTo(403);
      assertThat(client.isClosed()).isTrue(); // the last one is not answered
    }
  }

  @Test
  void a_request_that_trickles_in_is_understood() throws Exception {
    try (RawClient client = RawClient.alice(door)) {
      for (char c : "\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void another_site_of_the_same_posture_may_share_the_connection() throws Exception {
    try (RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void a_site_of_another_posture_is_misdirected() throws Exception {
    for (String[] pair :
        new String[][] {
          {"localhost", "never.test"},
          {"never.test", "localhost"},
          {"localhost", "strict.test"},
          {"unknown.test", "never.test"},
          {"", "never.test"}
        }) {
      var context =
          TestDoor.CA.clientContext(TestDoor.ALICE); // fresh: a resumed SNI is the old one
      try (RawClient client = new RawClient(door.port(), context, pair[0])) {
        client.send("GET /public/ HTTP/1.1\r\nHost: " + pair[1] + "\r\n\r\n");
        assertThat(client.receive().status()).as(String.join(" → ", pair)).isEqualTo(421);
      }
    }
  }

  @Test
  void a_host_that_never_asks_gets_no_certificate() throws Exception {
    var context = TestDoor.CA.clientContext(TestDoor.ALICE);
    try (RawClient client = new RawClient(door.port(), context, "never.test")) {
      client.send("GET /public/ HTTP/1.1\r\nHost: never.test\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(200);
      client.send("GET / HTTP/1.1\r\nHost: never.test\r\n\r\n");
      assertThat(client.receive().body()).contains("no-certificate");
    }
  }
}
