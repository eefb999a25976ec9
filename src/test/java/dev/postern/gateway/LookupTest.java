package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A request waits while its client's CA is asked, and loses nothing by it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class LookupTest {
  /** As long as it takes a client to send what it may without being read. */
  private static void slowly() {
    try {
      assertThat(new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads a body of {@code size} and says so. */
  private static FakeUpstream counting(int size) throws Exception {
    return new FakeUpstream((peer, head) -> {
      int left = size;
      while (left > 0) {
        int read = peer.read(left).length;
        if (read == 0) {
          return false;
        }
        left -= read;
      }
      String all = "all " + size;
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + all.length() + "\r\n\r\n" + all);
      return true;
    });
  }

  private static HttpClient alice(Version version) {
    return HttpClient.newBuilder()
        .sslContext(TestDoor.CA.clientContext(TestDoor.ALICE))
        .version(version)
        .build();
  }

  private static HttpRequest.Builder request(TestDoor door) {
    return HttpRequest.newBuilder(door.uri("/")).timeout(Duration.ofSeconds(15));
  }

  static Stream<Arguments> bodies() {
    return Stream.of(Version.values())
        .flatMap(version ->
            Stream.of(0, 3, 40_000, 3_000_000)
                .map(size -> Arguments.argumentSet(version + " " + size, version, size)));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void a_body_that_comes_meanwhile_arrives_whole(Version version, int size) throws Exception {
    try (FakeUpstream upstream = counting(size);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        HttpClient client = alice(version)) {
      door.ask(LookupTest::slowly);
      var body = HttpRequest.BodyPublishers.ofByteArray(new byte[size]);
      var response = client.send(request(door).POST(body).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("all " + size);
      var again = client.send(request(door).POST(body).build(), BodyHandlers.ofString());
      assertThat(again.body()).as("the connection goes on").isEqualTo("all " + size);
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void whoever_turns_out_to_be_revoked_is_refused(Version version) throws Exception {
    try (FakeUpstream upstream = counting(3);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        HttpClient client = alice(version)) {
      door.ask(() -> door.revoke(TestDoor.ALICE.value()));
      var body = HttpRequest.BodyPublishers.ofByteArray(new byte[3]);
      var response = client.send(request(door).POST(body).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.body()).contains("\"revoked\"");
      assertThat(upstream.heads).isEmpty();
    }
  }

  @Test
  void a_rule_that_changed_meanwhile_counts() throws Exception {
    try (FakeUpstream upstream = counting(0);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        HttpClient client = alice(Version.HTTP_1_1)) {
      door.ask(() -> {
        Site site = door.sites().getFirst();
        door.gateway()
            .replace(door.state(List.of(site.with(List.of(TestDoor.rule("/**", "user:bob"))))));
      });
      var response = client.send(request(door).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.body()).contains("not-permitted");
    }
  }

  /** Sends a first line, and a second one when {@code more} says so. */
  private static FakeUpstream twoLines(CountDownLatch more) throws Exception {
    return new FakeUpstream((peer, head) -> {
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nfirst\n");
      try {
        more.await();
      } catch (InterruptedException e) {
        return false;
      }
      peer.write("second\n");
      return false;
    });
  }

  @Test
  void an_open_exchange_goes_on_when_asking_again_says_good() throws Exception {
    var answered = new CountDownLatch(1);
    try (FakeUpstream upstream = twoLines(answered);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.head();
      assertThat(client.line()).isEqualTo("first");
      door.ask(answered::countDown);
      door.gateway().reconsider();
      assertThat(client.line()).isEqualTo("second");
    }
  }

  @Test
  void an_open_exchange_ends_when_asking_again_says_revoked() throws Exception {
    try (FakeUpstream upstream = twoLines(new CountDownLatch(1));
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.head();
      assertThat(client.line()).isEqualTo("first");
      door.ask(() -> door.revoke(TestDoor.ALICE.value()));
      door.gateway().reconsider();
      assertThat(client.isClosed()).isTrue();
      assertThat(door.log.getLast().verdict()).isEqualTo("revoked");
    }
  }
}
