package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.access.User;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.Collections;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // CRLF matters
@Tag("slow")
class StreamingTest {
  private static final int MEGABYTE = 1 << 20;

  /**
   * What may be on its way between two sockets whose ends do not read: buffers, ours and the
   * kernel's.
   */
  private static final long IN_FLIGHT = 24L * MEGABYTE;

  private static final String SSE =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  @Test
  void an_event_arrives_before_the_next_is_made() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (FakeUpstream upstream = eventStream(events);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.head();
      for (String event : new String[] {"one", "two", "three"}) {
        events.add(event);
        client.line();
        assertThat(client.line()).isEqualTo(event);
      }
    }
  }

  private static FakeUpstream eventStream(BlockingQueue<String> events) throws IOException {
    return new FakeUpstream((peer, head) -> {
      peer.write(SSE);
      try {
        while (true) {
          String event = events.take();
          peer.write(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    });
  }

  @Test
  void an_event_stream_ends_when_its_user_is_disabled_and_others_go_on() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (FakeUpstream upstream = eventStream(events);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.head();
      door.users.put("bob", TestDoor.user("bob", User.State.DISABLED));
      door.gateway().replace(door.state(door.sites()));
      events.add("still here");
      client.line();
      assertThat(client.line()).isEqualTo("still here");

      door.users.put("alice", TestDoor.user("alice", User.State.DISABLED, "staff"));
      door.gateway().replace(door.state(door.sites()));
      assertEnds(client);
      assertThat(door.log.getLast().verdict()).isEqualTo("user-disabled");
    }
  }

  @Test
  void an_exchange_ends_when_its_certificate_is_revoked() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (FakeUpstream upstream = eventStream(events);
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.head();
      door.revoke(TestDoor.BOB.value());
      door.gateway().reconsider();
      events.add("still here");
      client.line();
      assertThat(client.line()).isEqualTo("still here");
      door.revoke(TestDoor.ALICE.value());
      door.gateway().reconsider();
      assertEnds(client);
      assertThat(door.log.getLast().verdict()).isEqualTo("revoked");
    }
  }

  private static void assertEnds(RawClient client) throws IOException {
    try {
      assertThat(client.isClosed()).isTrue();
    } catch (java.net.SocketException reset) {
      assertThat(reset).hasMessageContaining("eset");
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void a_large_upload_arrives_whole(Version version) throws Exception {
    long size = 64L * MEGABYTE;
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              byte[] buffer = new byte[65536];
              long left = size;
              while (left > 0) {
                int read = peer.read((int) Math.min(left, buffer.length)).length;
                if (read == 0) {
                  return false;
                }
                left -= read;
              }
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
              return true;
            });
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(TestDoor.CA.clientContext(TestDoor.ALICE))
                .version(version)
                .build()) {
      byte[] piece = new byte[MEGABYTE];
      var body =
          HttpRequest.BodyPublishers.fromPublisher(
              HttpRequest.BodyPublishers.ofByteArrays(Collections.nCopies(64, piece)), size);
      var response =
          client.send(
              HttpRequest.newBuilder(door.uri("/")).POST(body).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.body()).isEqualTo("done");
      assertThat(door.log.getLast().bytesIn()).isEqualTo(size);
    }
  }

  @Test
  void an_upstream_that_does_not_read_stops_the_client() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              await(enough);
              return false;
            });
        TestDoor door = new TestDoor().relayTo(upstream.port()).open()) {
      RawClient client = RawClient.alice(door);
      AtomicLong sent = new AtomicLong();
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                byte[] piece = new byte[65536];
                try {
                  while (true) {
                    client.send(piece, piece.length);
                    sent.addAndGet(piece.length);
                  }
                } catch (IOException e) {
                  // the test is over
                }
              });
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(IN_FLIGHT);
      assertThat(PlatformDependent.usedDirectMemory()).isLessThan(64L * MEGABYTE);
      enough.countDown();
      sender.join(); // the gateway closes, since the upstream went away
      client.close();
    }
  }

  @Test
  void bytes_after_a_request_to_upgrade_wait_outside_until_it_is_answered() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              await(enough);
              return false;
            });
        TestDoor door = new TestDoor().relayTo(upstream.port()).open()) {
      RawClient client = RawClient.alice(door);
      AtomicLong sent = new AtomicLong();
      client.send(
          "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                byte[] piece = new byte[65536];
                try {
                  while (sent.get() < 4 * IN_FLIGHT) {
                    client.send(piece, piece.length);
                    sent.addAndGet(piece.length);
                  }
                } catch (IOException e) {
                  // the test is over
                }
              });
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(IN_FLIGHT);
      enough.countDown();
      client.close();
      sender.join();
    }
  }

  @Test
  void a_client_that_does_not_read_stops_the_upstream() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
              byte[] piece = new byte[65536];
              while (true) {
                peer.write(piece);
                sent.addAndGet(piece.length);
              }
            });
        TestDoor door = new TestDoor().relayTo(upstream.port()).open();
        RawClient client = RawClient.alice(door)) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.head();
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(IN_FLIGHT);
      client.read(32 * MEGABYTE);
      assertThat(sent.get()).isGreaterThan(32L * MEGABYTE);
    }
  }

  /** Until the count has not moved for a while: looks, and does not guess how long that takes. */
  private static void awaitStandstill(AtomicLong count) throws InterruptedException {
    long before = -1;
    while (count.get() == 0 || count.get() != before) {
      before = count.get();
      TimeUnit.MILLISECONDS.timedJoin(NEVER, 300);
    }
  }

  private static final Thread NEVER =
      Thread.ofVirtual().start(java.util.concurrent.locks.LockSupport::park);

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void a_web_socket_echoes_and_ends_with_its_user() throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open();
        HttpClient client =
            HttpClient.newBuilder().sslContext(TestDoor.CA.clientContext(TestDoor.ALICE)).build()) {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .buildAsync(URI.create("wss://localhost:" + door.port() + "/ws"), listener(heard))
              .get(10, TimeUnit.SECONDS);
      String large = "x".repeat(200_000);
      socket.sendText("hello", true).get(5, TimeUnit.SECONDS);
      socket.sendText(large, true).get(5, TimeUnit.SECONDS);
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("hello");
      StringBuilder echo = new StringBuilder();
      while (echo.length() < 60_000) {
        echo.append(heard.poll(5, TimeUnit.SECONDS));
      }
      door.users.remove("alice");
      door.gateway().replace(door.state(door.sites()));
      String last = heard.poll(5, TimeUnit.SECONDS);
      while (last != null && !last.startsWith("end")) {
        last = heard.poll(5, TimeUnit.SECONDS);
      }
      assertThat(last).isNotNull();
    }
  }

  @Test
  void a_web_socket_without_a_certificate_is_refused() throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open();
        HttpClient client =
            HttpClient.newBuilder().sslContext(TestDoor.CA.clientContext(null)).build()) {
      assertThatThrownBy(() ->
              client
                  .newWebSocketBuilder()
                  .buildAsync(
                      URI.create("wss://localhost:" + door.port() + "/ws"),
                      listener(new LinkedBlockingQueue<>()))
                  .get(10, TimeUnit.SECONDS))
          .hasRootCauseMessage("Unexpected HTTP response status code 403");
    }
  }

  private static WebSocket.Listener listener(BlockingQueue<String> heard) {
    return new WebSocket.Listener() {
      @Override
      public @Nullable CompletionStage<?> onText(
          WebSocket socket, CharSequence data, boolean last) {
        heard.add(data.toString());
        socket.request(1);
        return null;
      }

      @Override
      public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        heard.add("end");
        return null;
      }

      @Override
      public void onError(WebSocket socket, Throwable error) {
        heard.add("end: " + error);
      }
    };
  }
}
