package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.web.BindFailure;
import dev.postern.web.InternalHandler;
import dev.postern.web.Posture;
import dev.postern.web.Reply;
import dev.postern.web.TlsEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
@SuppressWarnings("StringConcatToTextBlock") // CRLF matters
class LifecycleTest {
  @Test
  void a_connection_stays_and_meets_new_rules_and_upstreams() throws Exception {
    try (FakeUpstream one =
            FakeUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
        FakeUpstream two =
            FakeUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
        TestDoor door = new TestDoor().relayTo(one.port()).open();
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/").body()).isEqualTo("one");
      door.gateway().replace(door.state(List.of(TestDoor.relayed("localhost", two.port()))));
      assertThat(client.get("/").body()).isEqualTo("two");
      Site closed = TestDoor.relayed("localhost", two.port()).with(List.of());
      door.gateway().replace(door.state(List.of(closed)));
      assertThat(client.get("/").status()).isEqualTo(403);
    }
  }

  @Test
  void a_new_server_certificate_is_shown_to_new_connections() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient old = RawClient.alice(door)) {
      var fresh = TestDoor.CA.server("localhost");
      Site site = door.sites().getFirst();
      door.gateway()
          .replace(
              door.state(
                  List.of(
                      Site.relayed(
                          site.host(),
                          fresh.keyManagers(),
                          site.rules(),
                          Upstream.parse("http://127.0.0.1:" + upstream.port()),
                          site.headers()))));
      assertThat(old.get("/").status()).isEqualTo(200);
      try (RawClient client = RawClient.alice(door)) {
        assertThat(client.socket().getSession().getPeerCertificates()[0])
            .isEqualTo(fresh.certificate());
        assertThat(client.get("/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void a_state_that_cannot_be_served_leaves_the_old_one() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      Site site = door.sites().getFirst();
      assertThatThrownBy(() -> door.state(List.of(site, site)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("same host");
      assertThat(client.get("/").status()).isEqualTo(200);
    }
  }

  @Test
  void closing_lets_a_request_finish_and_takes_no_more() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    try (FakeUpstream upstream =
        new FakeUpstream((peer, head) -> {
          asked.countDown();
          await(answer);
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          return true;
        })) {
      TestDoor door = new TestDoor().relayTo(upstream.port()).open();
      int port = door.port();
      RawClient busy = RawClient.alice(door);
      RawClient idle = RawClient.alice(door);
      busy.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await(asked);
      Thread closing = Thread.ofVirtual().start(door::close);
      assertThat(idle.isClosed()).isTrue();
      answer.countDown();
      var response = busy.receive();
      assertThat(response.body()).isEqualTo("ok");
      assertThat(response.header("connection")).hasValue("close");
      closing.join();
      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
          .isInstanceOf(IOException.class);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void an_address_in_use_is_named() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestDoor other = new TestDoor().relayTo(1)) {
      var config =
          GatewayConfig.of(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()));
      assertThatThrownBy(() ->
              Gateway.start(config, other.state(other.sites()), AccessLog.NONE, () -> TestDoor.NOW))
          .isInstanceOf(BindFailure.class)
          .hasMessage(
              "cannot listen on localhost:"
                  + taken.getLocalPort()
                  + ": another program listens there already");
      other.open();
    }
  }

  @Test
  void plain_http_sends_browsers_to_https_and_refuses_the_rest() throws Exception {
    try (TestDoor door = new TestDoor().relayTo(1).withHttp().open()) {
      int port = door.gateway().httpPort().orElseThrow();
      String redirect = plain(port, "GET /a?b=c HTTP/1.1\r\nHost: wiki.test:80\r\n\r\n");
      assertThat(redirect)
          .startsWith("HTTP/1.1 308")
          .contains("location: https://wiki.test:" + door.port() + "/a?b=c\r\n");
      assertThat(plain(port, "POST / HTTP/1.1\r\nHost: wiki.test\r\nContent-Length: 0\r\n\r\n"))
          .startsWith("HTTP/1.1 403");
      assertThat(plain(port, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))
          .startsWith("HTTP/1.1 400");
    }
  }

  private static String plain(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsEngine.class)
  void a_strict_host_refuses_inside_tls_and_says_why(TlsEngine engine) throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door =
            new TestDoor()
                .engine(engine)
                .withoutCaNames()
                .site(TestDoor.relayed("localhost", upstream.port(), Posture.STRICT))
                .open()) {
      try (RawClient client = RawClient.alice(door)) {
        assertThat(client.get("/").status()).isEqualTo(200);
      }
      var old = TestDoor.CA.client("alice", TestPki.START, Instant.parse("2026-02-01T00:00:00Z"));
      boolean boring = engine == TlsEngine.BORINGSSL; // the JDK has one alert for all of these
      assertThat(alert(door, old)).contains(boring ? "certificate_expired" : "certificate_unknown");
      assertThat(alert(door, null)).containsAnyOf("certificate_required", "bad_certificate");
      assertThat(alert(door, TestDoor.STRANGE_CA.client("alice")))
          .contains(boring ? "unknown_ca" : "certificate_unknown");
      door.revoke(TestDoor.ALICE.value());
      assertThat(alert(door, TestDoor.ALICE))
          .contains(boring ? "certificate_revoked" : "certificate_unknown");
    }
  }

  /**
   * What the client is told. A reset may overtake the alert on its way (TCP drops what was not
   * read), on a busy machine several times: then once more.
   */
  private static String alert(TestDoor door, TestPki.@Nullable Holder who) {
    String outcome = "";
    for (int attempt = 0; attempt < 50 && !outcome.contains("alert"); attempt++) {
      try (RawClient client =
          new RawClient(door.port(), TestDoor.CA.clientContext(who), "localhost")) {
        outcome =
            "no alert, closed: " + client.isClosed(); // TLS 1.3: the alert follows the handshake
      } catch (IOException e) {
        outcome = String.valueOf(e.getMessage());
      }
    }
    return outcome;
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void an_internal_site_answers_from_java(Version version) throws Exception {
    InternalHandler handler =
        exchange ->
            Reply.text(
                200,
                exchange.target().path()
                    + exchange.query()
                    + " for "
                    + exchange.identity().map(who -> who.user().name()).orElse("nobody"));
    try (TestDoor door =
        new TestDoor()
            .site(
                Site.internal(
                    "localhost", TestDoor.SERVER_KEYS, Posture.WANT, TestDoor.RULES, handler))
            .open()) {
      assertThat(AdmissionTest.get(door, TestDoor.ALICE, version, "/x?y").body())
          .isEqualTo("/x?y for alice");
      assertThat(AdmissionTest.get(door, null, version, "/x?y").statusCode()).isEqualTo(403);
      assertThat(AdmissionTest.get(door, null, version, "/public/").body())
          .isEqualTo("/public/ for nobody");
    }
  }

  @Test
  void a_page_that_fails_is_a_500_with_a_reference() throws Exception {
    try (TestDoor door =
        new TestDoor()
            .site(
                Site.internal(
                    "localhost",
                    TestDoor.SERVER_KEYS,
                    Posture.WANT,
                    TestDoor.RULES,
                    exchange -> {
                      throw new IllegalStateException("on purpose");
                    }))
            .open()) {
      var response = AdmissionTest.get(door, TestDoor.ALICE, Version.HTTP_1_1, "/");
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body())
          .contains(door.log.getFirst().reference())
          .doesNotContain("on purpose");
    }
  }

  @Test
  void a_slow_head_and_a_slow_body_are_not_waited_for() throws Exception {
    var brief = Duration.ofMillis(300);
    try (TestDoor door =
        new TestDoor()
            .timeouts(
                new GatewayConfig.Timeouts(
                    Duration.ofSeconds(5), brief, Duration.ofSeconds(5), brief, brief))
            .site(
                Site.internal(
                    "localhost",
                    TestDoor.SERVER_KEYS,
                    Posture.WANT,
                    TestDoor.RULES,
                    exchange -> Reply.text(200, "never")))
            .open()) {
      try (RawClient client = RawClient.alice(door)) {
        assertThat(client.send("GET / HTTP/1.1\r\nHo").receive().status()).isEqualTo(408);
      }
      try (RawClient client = RawClient.alice(door)) {
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nab");
        assertThat(client.receive().status()).isEqualTo(408);
      }
    }
  }

  @Test
  void who_chooses_a_certificate_is_given_time_and_who_says_nothing_is_not() throws Exception {
    var brief = Duration.ofMillis(300);
    var longer = Duration.ofSeconds(5);
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door =
            new TestDoor()
                .timeouts(new GatewayConfig.Timeouts(brief, longer, longer, longer, longer))
                .relayTo(upstream.port())
                .open()) {
      var reader = new Reading(TestDoor.ALICE, brief.multipliedBy(4));
      try (RawClient client =
          new RawClient(door.port(), TestDoor.CA.contextWith(reader), TestDoor.HOST)) {
        assertThat(client.get("/").status()).isEqualTo(200);
      }
      assertThat(reader.asked).isTrue();
      try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
        silent.setSoTimeout(5_000);
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  /** As a browser that shows a list of certificates to a person. */
  private static final class Reading extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager held;
    private final Duration time;
    private volatile boolean asked;

    Reading(TestPki.Holder who, Duration time) {
      this.held = (X509ExtendedKeyManager) who.keyManagers().getKeyManagers()[0];
      this.time = time;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      asked = true;
      try {
        Thread.sleep(time);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return held.chooseClientAlias(types, issuers, socket);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return held.getClientAliases(type, issuers);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return held.getServerAliases(type, issuers);
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return held.chooseServerAlias(type, issuers, socket);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return held.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return held.getPrivateKey(alias);
    }
  }

  @Test
  void a_body_that_drips_is_not_waited_for() throws Exception {
    var grace = Duration.ofMillis(500);
    var longer = Duration.ofSeconds(5);
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> !peer.readUntil("never").isEmpty());
        TestDoor door =
            new TestDoor()
                .timeouts(new GatewayConfig.Timeouts(longer, longer, longer, grace, longer))
                .relayTo(upstream.port())
                .open()) {
      for (String framing : new String[] {"Content-Length: 1000", "Transfer-Encoding: chunked"}) {
        boolean chunked = framing.startsWith("T");
        try (RawClient client = RawClient.alice(door)) {
          client.send("POST / HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n");
          long began = System.nanoTime();
          Thread drip =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      while (!client.socket().isClosed()) {
                        client.send(chunked ? "1\r\nx\r\n" : "x");
                        Thread.sleep(20); // never silent for as long as the grace
                      }
                    } catch (IOException | InterruptedException e) {
                      // the gateway has had enough
                    }
                  });
          assertThat(client.receive().status()).isEqualTo(408);
          assertThat(Duration.ofNanos(System.nanoTime() - began))
              .isBetween(grace, grace.multipliedBy(4));
          drip.interrupt();
          drip.join();
        }
      }
    }
  }
}
