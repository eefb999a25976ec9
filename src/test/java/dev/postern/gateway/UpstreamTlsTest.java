package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An https upstream is believed only with the right name from the right CA. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class UpstreamTlsTest {
  private static final TestPki BACK = new TestPki("Back End CA");
  private static final Instant PAST = Instant.parse("2026-02-01T00:00:00Z");
  private static final Site.Limits BRIEF =
      new Site.Limits(
          1 << 20, Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofSeconds(5));

  private static Site site(String host, int port) {
    return new Site(
        TestDoor.HOST,
        TestDoor.SERVER_KEYS,
        dev.postern.web.Posture.WANT,
        TestDoor.RULES,
        new Site.Destination.Relayed(
            Upstream.parse("https://" + host + ":" + port, List.of(BACK.root()))),
        java.util.Set.of(IdentityHeaders.REMOTE_USER),
        BRIEF,
        Site.Expiry.PLAIN);
  }

  private static TestDoor door(String host, int port) {
    return new TestDoor().site(site(host, port)).open();
  }

  /** An https server that writes down which name it was asked for. */
  private static FakeUpstream serving(TestPki.Holder holder, Queue<String> names)
      throws IOException {
    return new FakeUpstream(
        holder.serverContext(),
        (peer, head) -> {
          names.add(serverName((SSLSocket) peer.socket()));
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          return true;
        });
  }

  private static String serverName(SSLSocket socket) {
    return ((ExtendedSSLSession) socket.getSession())
        .getRequestedServerNames().stream()
            .map(name -> ((SNIHostName) name).getAsciiName())
            .findFirst()
            .orElse("none");
  }

  @Test
  void a_server_with_the_right_name_is_asked_by_it() throws Exception {
    Queue<String> names = new ConcurrentLinkedQueue<>();
    try (FakeUpstream upstream = serving(BACK.server("localhost"), names);
        TestDoor door = door("localhost", upstream.port());
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/").body()).isEqualTo("ok");
      assertThat(client.get("/again").body()).isEqualTo("ok");
      assertThat(names).containsExactly("localhost", "localhost");
      assertThat(upstream.connections).hasValue(1);
      assertThat(upstream.heads.getFirst()).contains("Remote-User: alice\r\n");
    }
  }

  @Test
  void a_server_with_the_right_address_is_asked_without_a_name() throws Exception {
    Queue<String> names = new ConcurrentLinkedQueue<>();
    try (FakeUpstream upstream = serving(BACK.server("127.0.0.1"), names);
        TestDoor door = door("127.0.0.1", upstream.port());
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/").body()).isEqualTo("ok");
      assertThat(names).containsExactly("none"); // RFC 6066 §3: no literal addresses
    }
  }

  static Stream<Arguments> impostors() {
    return Stream.of(
        Arguments.argumentSet(
            "from another CA", "localhost", TestDoor.STRANGE_CA.server("localhost")),
        Arguments.argumentSet("from the clients' CA", "localhost", TestDoor.CA.server("localhost")),
        Arguments.argumentSet("for another name", "localhost", BACK.server("other.test")),
        Arguments.argumentSet(
            "for the name instead of the address", "127.0.0.1", BACK.server("localhost")),
        Arguments.argumentSet(
            "for the address instead of the name", "localhost", BACK.server("127.0.0.1")),
        Arguments.argumentSet("expired", "localhost", BACK.server(PAST, "localhost")),
        Arguments.argumentSet("a client's", "localhost", BACK.client("localhost")));
  }

  @ParameterizedTest
  @MethodSource("impostors")
  void an_impostor_sees_nothing_of_the_request(String host, TestPki.Holder holder)
      throws Exception {
    try (FakeUpstream upstream = serving(holder, new ConcurrentLinkedQueue<>());
        TestDoor door = door(host, upstream.port());
        RawClient client = RawClient.alice(door)) {
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nsecret");
      var response = client.receive();
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.header("content-type")).hasValue("application/problem+json");
      assertThat(response.body()).contains("\"code\": \"bad-gateway\"").contains("TLS");
      assertThat(upstream.connections).hasValue(1);
      assertThat(upstream.heads).isEmpty();
      assertThat(door.log.getFirst().verdict()).isEqualTo("bad-gateway");
    }
  }

  /** RFC 5246 §7.4.1.3, with version 3.2: what a server does that knows nothing newer. */
  private static final byte[] TLS_1_1_SERVER_HELLO =
      HexFormat.of()
          .parseHex("160302002a" + "02000026" + "0302" + "5a".repeat(32) + "00" + "c013" + "00");

  /** RFC 5246 §7.2: fatal, protocol_version. */
  private static final byte[] PROTOCOL_VERSION_ALERT = HexFormat.of().parseHex("15030200020246");

  static Stream<Arguments> strangers() {
    return Stream.of(
        Arguments.argumentSet(
            "plain HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
        Arguments.argumentSet("TLS 1.1, chosen", TLS_1_1_SERVER_HELLO),
        Arguments.argumentSet("TLS 1.1, insisted on", PROTOCOL_VERSION_ALERT));
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void a_server_without_today_s_tls_sees_nothing_of_the_request(byte[] answer) throws Exception {
    try (Stranger stranger = new Stranger(answer);
        TestDoor door = door("localhost", stranger.port());
        RawClient client = RawClient.alice(door)) {
      var response = client.get("/secret");
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.body()).contains("bad-gateway");
      assertThat(stranger.heard()).isNotEmpty().doesNotContain("secret").doesNotContain("alice");
    }
  }

  @Test
  void a_server_that_does_not_shake_hands_is_a_504() throws Exception {
    try (Stranger silent = new Stranger(new byte[0]);
        TestDoor door = door("localhost", silent.port());
        RawClient client = RawClient.alice(door)) {
      long began = System.nanoTime();
      assertThat(client.get("/").status()).isEqualTo(504);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
  }

  /** Reads what comes, answers the first of it with some bytes, and remembers it. */
  private static final class Stranger implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);

    Stranger(byte[] answer) throws IOException {
      Thread.ofVirtual().start(() -> serve(answer));
    }

    private void serve(byte[] answer) {
      byte[] buffer = new byte[16384];
      try (Socket socket = listener.accept()) {
        for (int read; (read = socket.getInputStream().read(buffer)) > 0; ) {
          if (heard.isEmpty()) {
            socket.getOutputStream().write(answer);
          }
          heard.add(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
      } catch (IOException e) {
        // the gateway hung up
      } finally {
        over.countDown();
      }
    }

    String heard() throws InterruptedException {
      assertThat(over.await(5, TimeUnit.SECONDS)).isTrue();
      return String.join("", heard);
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
