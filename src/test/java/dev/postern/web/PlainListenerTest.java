package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.RequestTarget;
import dev.postern.x509.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain HTTP, byte by byte. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
@SuppressWarnings("StringConcatToTextBlock") // CRLF matters
class PlainListenerTest {
  private static final int LARGE = 3 * 1024 * 1024 + 17;

  private static EventLoops loops;
  private static InetSocketAddress address;

  @BeforeAll
  static void listen() {
    loops = new EventLoops("test", 1);
    var channel =
        loops.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new PlainListener(8443, Duration.ofMillis(700), new Echo()));
    address = (InetSocketAddress) channel.localAddress();
  }

  @AfterAll
  static void close() {
    loops.close();
  }

  /** Answers below {@code /ours}: with the body, with many bytes, or not at all well. */
  private static final class Echo implements PlainHandler {
    @Override
    public boolean covers(RequestTarget target) {
      return target.path().startsWith("/ours");
    }

    @Override
    public Reply answer(Exchange exchange) {
      return switch (exchange.target().path()) {
        case "/ours/large" -> Reply.of(200, "application/octet-stream", Bytes.of(new byte[LARGE]));
        case "/ours/bug" -> throw new IllegalStateException("on purpose");
        case "/ours/same" -> new Reply(304, List.of(), Bytes.of(new byte[0]));
        default -> Reply.of(200, "text/plain", exchange.body());
      };
    }
  }

  private static String sent(String request) throws IOException {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static String request(String line, String... headers) {
    return line + " HTTP/1.1\r\nHost: pki.test\r\n" + String.join("", headers) + "\r\n";
  }

  @Test
  void a_body_reaches_the_handler_whole() throws IOException {
    assertThat(sent(request("POST /ours", "Content-Length: 5\r\n") + "hello"))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\nhello");
    String chunks = "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    assertThat(sent(request("POST /ours", "Transfer-Encoding: chunked\r\n") + chunks))
        .endsWith("\r\n\r\nhello");
  }

  @Test
  void a_connection_is_kept_for_the_next_request_and_for_one_at_a_time() throws IOException {
    String hello = request("POST /ours", "Content-Length: 5\r\n") + "hello";
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(10_000);
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write(hello.getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nhello")) {
          int next = socket.getInputStream().read();
          assertThat(next).as(answer.toString()).isNotNegative();
          answer.append((char) next);
        }
        assertThat(answer.toString()).doesNotContain("connection: close");
      }
    }
    assertThat(sent(hello + hello)).containsOnlyOnce("HTTP/1.1 200").contains("connection: close");
    for (String last :
        List.of(
            hello.replace("Host", "Connection: close\r\nHost"),
            hello.replace("HTTP/1.1", "HTTP/1.0"),
            request("GET /elsewhere"))) {
      assertThat(sent(last)).contains("connection: close");
    }
  }

  @Test
  void a_body_that_is_too_long_is_refused_announced_or_not() throws IOException {
    int most = PlainHandler.MAX_BODY;
    String full = "x".repeat(most);
    assertThat(sent(request("POST /ours", "Content-Length: " + most + "\r\n") + full))
        .startsWith("HTTP/1.1 200");
    assertThat(sent(request("POST /ours", "Content-Length: " + (most + 1) + "\r\n")))
        .startsWith("HTTP/1.1 413");
    String chunk = Integer.toHexString(most + 1) + "\r\n" + full + "x\r\n0\r\n\r\n";
    assertThat(sent(request("POST /ours", "Transfer-Encoding: chunked\r\n") + chunk))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void a_body_that_does_not_come_is_408() throws IOException {
    assertThat(sent(request("POST /ours", "Content-Length: 5\r\n") + "he"))
        .startsWith("HTTP/1.1 408");
  }

  @Test
  void a_long_answer_arrives_whole_and_HEAD_has_its_length_alone() throws IOException {
    String large = sent(request("GET /ours/large"));
    assertThat(large.length() - large.indexOf("\r\n\r\n") - 4).isEqualTo(LARGE);
    assertThat(sent(request("HEAD /ours/large")))
        .contains("content-length: " + LARGE + "\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void not_modified_has_neither_body_nor_length() throws IOException {
    assertThat(sent(request("GET /ours/same")))
        .startsWith("HTTP/1.1 304")
        .doesNotContain("content-length")
        .endsWith("\r\n\r\n");
  }

  @Test
  void a_bug_is_500_and_the_rest_goes_to_https() throws IOException {
    assertThat(sent(request("GET /ours/bug"))).startsWith("HTTP/1.1 500").doesNotContain("purpose");
    assertThat(sent(request("GET /elsewhere?a=b")))
        .startsWith("HTTP/1.1 308")
        .contains("location: https://pki.test:8443/elsewhere?a=b\r\n");
    assertThat(sent(request("POST /elsewhere", "Content-Length: 1\r\n") + "x"))
        .startsWith("HTTP/1.1 403");
    assertThat(sent("GET /ours HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
  }
}
