package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.access.PathPattern;
import dev.postern.access.Rule;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
@SuppressWarnings("StringConcatToTextBlock") // CRLF matters
class RelayTest {
  private static TestDoor door(FakeUpstream upstream) {
    return new TestDoor().relayTo(upstream.port()).open();
  }

  @Test
  void spoofed_identity_headers_are_stripped_in_every_spelling() throws Exception {
    String[] spoofed = {
      "Remote-User: root",
      "remote_user: root",
      "REMOTE.USER: root",
      "X-Remote-User: root",
      "X-Forwarded-User: root",
      "X_Forwarded_Groups: admins",
      "x-forwarded-email: root@x",
      "Client-Cert: :AAAA:",
      "Client_Cert_Chain: :AAAA:",
      "X-Forwarded-Client-Cert: Hash=0",
      "X-SSL-Client-Verify: SUCCESS",
      "X_SSL_CLIENT_S_DN: CN=root",
      "X-Postern-Anything: x",
      "Postern-Certificate-Ends: root",
      "Postern_Certificate_Renew: https://root.test/",
      "X-Forwarded-For: 6.6.6.6",
      "Forwarded: for=6.6.6.6",
      "X-Original-URL: /admin",
      "X-Original-Method: root",
      "X-Forwarded-Prefix: /root",
      "X_Forwarded_Uri: /root"
    };
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream);
        RawClient alice = RawClient.alice(door)) {
      alice.get("/", spoofed);
      alice.get("/public/x", spoofed);
      try (RawClient nobody =
          new RawClient(door.port(), TestDoor.CA.clientContext(null), TestDoor.HOST)) {
        nobody.get("/public/x", spoofed);
      }
      assertThat(upstream.heads).hasSize(3).noneMatch(head -> head.contains("root"));
      assertThat(upstream.heads).noneMatch(head -> head.contains("6.6.6.6"));
      assertThat(upstream.heads.get(0))
          .contains("Remote-User: alice\r\n")
          .contains("X-Forwarded-Groups: staff\r\n")
          .contains("X-Forwarded-Email: alice@example.test\r\n")
          .contains("Client-Cert: :MII")
          .contains("X-SSL-Client-S-DN: CN=alice (laptop),UID=alice\r\n")
          .contains("X-Forwarded-Client-Cert: Hash=")
          .contains("X-Forwarded-For: 127.0.0.1\r\n")
          .contains("Forwarded: for=127.0.0.1;host=\"localhost\";proto=https\r\n")
          .contains("X-Forwarded-Proto: https\r\n")
          .contains("via: 1.1 postern\r\n");
      assertThat(upstream.heads.get(2).toLowerCase(Locale.ROOT))
          .doesNotContain("user:")
          .doesNotContain("client-cert")
          .doesNotContain("ssl");
    }
  }

  @Test
  void a_method_cannot_be_overridden_where_rules_name_methods() throws Exception {
    String[] overrides = {
      "X-HTTP-Method-Override: DELETE",
      "x-http-method: DELETE",
      "X_METHOD_OVERRIDE: DELETE",
      "X_Http_Method_Override: DELETE"
    };
    var rule =
        new Rule(PathPattern.EVERYTHING, Set.of("GET"), List.of(Rule.Who.parse("group:staff")));
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door =
            new TestDoor()
                .site(TestDoor.relayed("localhost", upstream.port()).with(List.of(rule)))
                .site(TestDoor.relayed("wiki.test", upstream.port()))
                .open();
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/", overrides).status()).isEqualTo(200);
      client.send(
          "GET / HTTP/1.1\r\nHost: wiki.test\r\n" + String.join("\r\n", overrides) + "\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(200);
      client.send("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(403);
      assertThat(upstream.heads).hasSize(2);
      assertThat(upstream.heads.getFirst()).doesNotContain("DELETE");
      assertThat(upstream.heads.getLast()).contains(overrides); // no rule there to walk around
    }
  }

  @Test
  void hop_by_hop_headers_end_here_both_ways() throws Exception {
    try (FakeUpstream upstream =
            FakeUpstream.answering(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, X-Secret\r\n"
                    + "X-Secret: 1\r\nKeep-Alive: timeout=5\r\nX-Kept: 1\r\n\r\nok");
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      var response =
          client.get(
              "/",
              "Connection: keep-alive",
              "Connection: X-Mine",
              "X-Mine: 1",
              "Keep-Alive: 1",
              "Upgrade: h2c",
              "HTTP2-Settings: x",
              "Proxy-Authorization: x",
              "X-Yours: 1");
      assertThat(response.header("X-Kept")).hasValue("1");
      assertThat(response.head()).doesNotContain("X-Secret").doesNotContain("Keep-Alive");
      assertThat(upstream.heads.getFirst())
          .contains("X-Yours: 1")
          .doesNotContain("X-Mine")
          .doesNotContain("Keep-Alive")
          .doesNotContain("h2c")
          .doesNotContain("HTTP2-Settings")
          .doesNotContain("Proxy-Authorization");
    }
  }

  @Test
  void a_name_in_a_certificate_is_one_field_of_the_certificate_header() throws Exception {
    for (String name : new String[] {"a\";URI=spiffe://root;Subject=\"", "a\\"}) {
      try (FakeUpstream upstream = FakeUpstream.ok();
          TestDoor door = door(upstream);
          RawClient client =
              new RawClient(
                  door.port(),
                  TestDoor.CA.clientContext(TestDoor.CA.client("alice", name)),
                  TestDoor.HOST)) {
        assertThat(client.get("/").status()).isEqualTo(200);
        String xfcc =
            upstream
                .heads
                .getFirst()
                .lines()
                .filter(line -> line.startsWith("X-Forwarded-Client-Cert: "))
                .findFirst()
                .orElseThrow();
        // However a reader takes backslashes, there is one quoted string.
        assertThat(xfcc).doesNotContain("\\\\").matches("[^\"]*\"[^\"]*[^\"\\\\]\"");
      }
    }
  }

  @Test
  void connections_to_the_upstream_are_kept() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/" + i).body()).isEqualTo("ok");
      }
      assertThat(upstream.connections).hasValue(1);
    }
  }

  @Test
  void a_stale_connection_is_tried_once_more_with_a_fresh_one() throws Exception {
    AtomicInteger served = new AtomicInteger();
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              // the second request on a connection is met with its end
              if (served.incrementAndGet() == 2) {
                return false;
              }
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              return true;
            });
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/1").status()).isEqualTo(200);
      assertThat(client.get("/2").status()).isEqualTo(200);
      assertThat(upstream.connections).hasValue(2);
    }
  }

  @Test
  void a_post_on_a_stale_connection_is_not_repeated() throws Exception {
    try (FakeUpstream silent =
            new FakeUpstream((peer, head) -> head.startsWith("GET") && answer(peer));
        TestDoor door = door(silent);
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/1").status()).isEqualTo(200);
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
      assertThat(client.receive().status()).isEqualTo(502);
      assertThat(silent.heads).hasSize(2);
    }
  }

  private static boolean answer(FakeUpstream.Peer peer) throws IOException {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    return true;
  }

  @Test
  void an_upstream_that_is_not_there_is_a_502() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    try (TestDoor door = new TestDoor().relayTo(free).open();
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/").status()).isEqualTo(502);
      assertThat(client.get("/").status()).isEqualTo(502); // the connection goes on
      assertThat(door.log.getFirst().verdict()).isEqualTo("bad-gateway");
    }
  }

  @Test
  void an_upstream_that_says_nothing_is_a_504() throws Exception {
    var limits =
        new Site.Limits(1000, Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofSeconds(5));
    try (FakeUpstream upstream = new FakeUpstream((peer, head) -> true);
        TestDoor door =
            new TestDoor()
                .site(TestDoor.relayed("localhost", upstream.port()).with(limits))
                .open();
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/").status()).isEqualTo(504);
    }
  }

  @Test
  void an_upstream_that_speaks_no_http_is_a_502() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.answering("220 smtp ready\r\n\r\n");
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      assertThat(client.get("/").status()).isEqualTo(502);
    }
  }

  @Test
  void an_answer_that_breaks_off_is_not_passed_for_whole() throws Exception {
    for (String response :
        new String[] {
          "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
        }) {
      try (FakeUpstream upstream =
              new FakeUpstream((peer, head) -> {
                peer.write(response);
                return false;
              });
          TestDoor door = door(upstream);
          RawClient client = RawClient.alice(door)) {
        try {
          assertThat(client.get("/").whole()).isFalse();
        } catch (IOException reset) {
          assertThat(reset).hasMessageContaining("eset");
        }
        assertThatThrownBy(() -> AdmissionTest.get(door, TestDoor.ALICE, Version.HTTP_2, "/"))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void an_answer_that_ends_with_its_connection_is_whole() throws Exception {
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              peer.write("HTTP/1.0 200 OK\r\n\r\nall of it");
              return false;
            });
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      var response = client.get("/");
      assertThat(response.body()).isEqualTo("all of it");
      assertThat(response.header("transfer-encoding")).hasValue("chunked");
      assertThat(client.get("/").whole()).isTrue();
    }
  }

  @Test
  void head_204_and_304_have_no_content() throws Exception {
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              String path = head.split(" ", 3)[1].substring(1);
              peer.write(
                  "HTTP/1.1 "
                      + path
                      + " X\r\n"
                      + (path.equals("204") ? "" : "Content-Length: 5\r\n")
                      + "\r\n");
              return true;
            });
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      client.send("HEAD /200 HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.head()).contains("200").containsIgnoringCase("content-length: 5");
      assertThat(client.get("/204").status()).isEqualTo(204);
      assertThat(client.get("/304").status()).isEqualTo(304);
      assertThat(AdmissionTest.get(door, TestDoor.ALICE, Version.HTTP_2, "/204").statusCode())
          .isEqualTo(204);
      assertThat(upstream.connections.get()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void trailers_pass_both_ways_and_forged_ones_do_not() throws Exception {
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              String body = peer.readUntil("\r\n\r\n");
              peer.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + Integer.toHexString(body.length())
                      + "\r\n"
                      + body
                      + "\r\n0\r\nX-Sum: 2\r\nConnection: x\r\n\r\n");
              return true;
            });
        TestDoor door = door(upstream);
        RawClient client = RawClient.alice(door)) {
      client.send(
          "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n"
              + "2\r\nhi\r\n0\r\nX-Mine: 1\r\nRemote_User: root\r\n\r\n");
      var response = client.receive();
      assertThat(response.body()).contains("hi").contains("X-Mine: 1").doesNotContain("root");
      assertThat(response.head()).contains("X-Sum: 2").doesNotContain("Connection: x");
    }
  }

  @Test
  void continue_is_relayed_and_a_refusal_comes_without_the_body() throws Exception {
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              peer.write("HTTP/1.1 100 Continue\r\n\r\n");
              String body = new String(peer.read(5), java.nio.charset.StandardCharsets.US_ASCII);
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body);
              return true;
            });
        TestDoor door = door(upstream)) {
      String post =
          " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
      try (RawClient client = RawClient.alice(door)) {
        assertThat(client.send("POST /" + post).receive().status()).isEqualTo(100);
        assertThat(client.send("hello").receive().body()).isEqualTo("hello");
      }
      try (RawClient client = RawClient.alice(door)) {
        assertThat(client.send("POST /admin" + post).receive().status()).isEqualTo(403);
        assertThat(client.isClosed()).isTrue();
      }
      assertThat(upstream.heads).hasSize(1);
    }
  }

  @Test
  void a_body_over_the_limit_is_refused_declared_or_not() throws Exception {
    var limits =
        new Site.Limits(10, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5));
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> !peer.readUntil("never").isEmpty());
        TestDoor door =
            new TestDoor()
                .site(TestDoor.relayed("localhost", upstream.port()).with(limits))
                .open()) {
      try (RawClient client = RawClient.alice(door)) {
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n");
        assertThat(client.receive().status()).isEqualTo(413);
      }
      try (RawClient client = RawClient.alice(door)) {
        client.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "b\r\n12345678901\r\n");
        assertThat(client.receive().status()).isEqualTo(413);
      }
    }
  }

  @Test
  void a_client_that_goes_away_takes_its_upstream_connection_along() throws Exception {
    var gone = new java.util.concurrent.CountDownLatch(1);
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              assertThat(peer.readUntil("never")).isEmpty();
              gone.countDown();
              return false;
            });
        TestDoor door = door(upstream)) {
      RawClient client = RawClient.alice(door);
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      while (upstream.heads.isEmpty()) {
        Thread.onSpinWait();
      }
      client.close();
      assertThat(gone.await(5, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }
  }
}
