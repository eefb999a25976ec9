package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class PlacesTest {
  /** So few that one place is made free at a time. */
  private static final int LIMIT = 16;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void hangUp() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private RawClient alice(TestDoor door) throws IOException {
    RawClient client = RawClient.alice(door);
    open.add(client);
    return client;
  }

  @Test
  void up_to_the_limit_everybody_stays() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().relayTo(upstream.port()).connections(LIMIT).open()) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < LIMIT; i++) {
        clients.add(alice(door));
      }
      for (RawClient each : clients) {
        assertThat(each.get("/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void at_the_limit_who_has_been_quiet_the_longest_makes_room() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().relayTo(upstream.port()).connections(LIMIT).open()) {
      RawClient awake = alice(door);
      RawClient asleep = alice(door);
      assertThat(asleep.get("/").status()).isEqualTo(200);
      for (int i = 2; i < LIMIT; i++) {
        assertThat(alice(door).get("/").status()).isEqualTo(200);
      }
      assertThat(awake.get("/").status()).isEqualTo(200);
      assertThat(alice(door).get("/").status()).isEqualTo(200);
      assertThat(asleep.isClosed()).isTrue();
      assertThat(awake.get("/").status()).isEqualTo(200);
    }
  }

  @Test
  void who_never_shakes_hands_makes_room_too() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().relayTo(upstream.port()).connections(LIMIT).open()) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 2 * LIMIT; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
        open.add(socket);
        silent.add(socket);
      }
      silent.getFirst().setSoTimeout(10_000);
      assertThat(silent.getFirst().getInputStream().read()).isNegative();
      assertThat(soon(door)).isEqualTo(200);
    }
  }

  /** Those who are sent away take a moment to go, and whoever comes meanwhile may be refused. */
  private int soon(TestDoor door) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        return alice(door).get("/").status();
      } catch (IOException e) {
        if (attempt == 100) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  @Test
  void plain_http_takes_of_the_same_places() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door =
            new TestDoor().relayTo(upstream.port()).withHttp().connections(LIMIT).open()) {
      var first =
          new Socket(InetAddress.getLoopbackAddress(), door.gateway().httpPort().orElseThrow());
      open.add(first);
      for (int i = 0; i < LIMIT; i++) {
        assertThat(alice(door).get("/").status()).isEqualTo(200);
      }
      first.setSoTimeout(10_000);
      assertThat(first.getInputStream().read()).isNegative();
    }
  }

  @Test
  void a_request_under_way_is_never_asked_to_go_and_who_comes_then_is_refused() throws Exception {
    var asked = new CountDownLatch(LIMIT);
    var answer = new CountDownLatch(1);
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              asked.countDown();
              await(answer);
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              return true;
            });
        TestDoor door = new TestDoor().relayTo(upstream.port()).connections(LIMIT).open()) {
      List<RawClient> busy = new ArrayList<>();
      for (int i = 0; i < LIMIT; i++) {
        busy.add(alice(door).send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        int expected = LIMIT - i - 1;
        while (asked.getCount() > expected) {
          Thread.onSpinWait();
        }
      }
      await(asked);
      assertThatThrownBy(() -> alice(door)).isInstanceOf(IOException.class);
      answer.countDown();
      for (RawClient each : busy) {
        assertThat(each.receive().body()).isEqualTo("ok");
      }
      assertThat(alice(door).get("/").status()).isEqualTo(200);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
