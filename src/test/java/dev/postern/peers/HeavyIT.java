package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.postern.gateway.SampleApp;
import dev.postern.peers.Installation.Served;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Much, and for long: the gateway passes it on and keeps none of it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class HeavyIT {
  private static final long GIBIBYTE = 1L << 30;
  private static final int MARK_EVERY = 1 << 16;
  private static final int MEGABYTES_ALLOWED = 300;

  @TempDir private static Path folder;

  private final List<HttpClient> clients = new ArrayList<>();
  private NodeUpstream upstream;
  private SampleApp echo;
  private Installation installation;
  private Served served;
  private String sum;

  @BeforeAll
  void install() throws IOException {
    upstream = NodeUpstream.in(folder);
    echo = SampleApp.start();
    installation = Installation.in(folder);
    installation.user("carol", " --group staff");
    installation.configure(upstream.url(), "http://127.0.0.1:" + echo.port(), SITE_RULES);
    served = installation.serve();
    try (var file = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
      file.setLength(GIBIBYTE);
      for (long at = 0; at < GIBIBYTE; at += MARK_EVERY) {
        file.seek(at);
        file.writeLong(at);
      }
    }
    sum = Program.in(folder).run("sha256sum", "big").succeeded().out().split(" ")[0];
  }

  @AfterEach
  void hangUp() {
    clients.forEach(HttpClient::shutdownNow);
    clients.clear();
  }

  @AfterAll
  void end() {
    served.close();
    echo.close();
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void a_gibibyte_goes_up_whole_in_little_memory(String version) {
    Program.Outcome upload = served.curl(Served.p12("alice"), "/up", version, "-T", "big");
    assertThat(upload.succeeded().out()).isEqualTo(GIBIBYTE + " " + sum);
    assertThat(served.running().peakMegabytes()).isLessThan(MEGABYTES_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void a_gibibyte_comes_down_whole_in_little_memory(String version) {
    String line =
        "curl -sS --max-time 100 %s --cacert %s --resolve %s:%d:127.0.0.1 --cert-type P12 --cert 'alice.p12:%s' %s | sha256sum"
            .formatted(
                version,
                installation.root(),
                HOST,
                served.port(),
                Postern.PASSPHRASE,
                served.url("/down"));
    Program.Outcome download =
        Program.in(folder).within(Duration.ofSeconds(110)).shell(line).succeeded();
    assertThat(download.out()).startsWith(sum);
    assertThat(served.running().peakMegabytes()).isLessThan(MEGABYTES_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void a_slow_reader_holds_the_sender_back_and_not_in_our_memory(String version) throws Exception {
    Process reader =
        start(version, "/down", "--limit-rate", "64k", "-o", "/dev/null", "--max-time", "5");
    assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.exitValue()).as("curl's time ran out, as it should").isEqualTo(28);
    assertThat(served.running().peakMegabytes()).isLessThan(MEGABYTES_ALLOWED);
    assertThat(served.status("alice", "/nothing-here")).isEqualTo("404");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void whoever_may_not_enter_uploads_nothing(String version) {
    String format = "%{http_code} %{size_upload}";
    String[] words = {version, "-T", "big", "-o", "/dev/null", "-w", format};
    String out = served.curl(Served.p12("bob"), "/up", words).out();
    assertThat(out).startsWith("403 ");
    assertThat(Long.parseLong(out.split(" ")[1])).isLessThan(GIBIBYTE / 64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void events_arrive_one_by_one(String version) throws IOException {
    Process curl = start(version, "/events", "-N", "--max-time", "20");
    try (var lines =
        new BufferedReader(new InputStreamReader(curl.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 1; i <= 5; i++) {
        // The next one is not even written before this one is here.
        assertThat(lines.readLine()).isEqualTo("data: " + i);
        assertThat(lines.readLine()).isEmpty();
        if (i < 5) {
          Program.in(folder).run("curl", "-sS", upstream.url() + "/next").succeeded();
        }
      }
      assertThat(lines.readLine()).isNull();
    } finally {
      curl.destroy();
    }
  }

  @Test
  void a_web_socket_echoes_many_messages_for_whoever_may_enter() {
    var messages = new Messages();
    WebSocket socket = open("alice", messages);
    String longText = "€".repeat(200_000);
    for (int i = 0; i < 1_000; i++) {
      socket.sendText("message " + i, true).join();
    }
    socket.sendText(longText, true).join();
    socket.sendBinary(ByteBuffer.wrap(new byte[500_000]), true).join();
    for (int i = 0; i < 1_000; i++) {
      assertThat(messages.next()).isEqualTo("message " + i);
    }
    assertThat(messages.next()).isEqualTo(longText);
    assertThat(messages.next()).isEqualTo("500000 bytes");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "done").join();
    assertThat(messages.next()).isEqualTo("closed 1000");
  }

  @Test
  void a_web_socket_is_refused_without_a_certificate_and_for_bob() {
    for (String who : new String[] {"", "bob"}) {
      Throwable refusal = catchThrowable(() -> open(who, new Messages()));
      assertThat(refusal)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }
  }

  @Test
  void an_open_web_socket_ends_when_its_certificate_is_revoked() {
    installation.user("dora", " --group staff");
    var ofDora = new Messages();
    var ofAlice = new Messages();
    open("dora", ofDora).sendText("before", true).join();
    WebSocket staying = open("alice", ofAlice);
    assertThat(ofDora.next()).isEqualTo("before");

    installation.postern.succeeds("revoke dora");

    assertThat(ofDora.next()).isIn("failed", "closed 1006");
    staying.sendText("after", true).join();
    assertThat(ofAlice.next()).isEqualTo("after");
  }

  @Test
  void an_open_web_socket_ends_when_its_user_is_disabled() {
    var ofCarol = new Messages();
    var ofAlice = new Messages();
    open("carol", ofCarol).sendText("before", true).join();
    WebSocket staying = open("alice", ofAlice);
    assertThat(ofCarol.next()).isEqualTo("before");

    installation.postern.succeeds("user disable carol");

    assertThat(ofCarol.next()).isIn("failed", "closed 1006");
    staying.sendText("after", true).join();
    assertThat(ofAlice.next()).isEqualTo("after");
  }

  /** Curl's words for a transfer by alice that goes on beside the test. */
  private Process start(String version, String path, String... further) throws IOException {
    return new ProcessBuilder(
            Stream.of(
                    List.of("curl", "-sS", version, "--cacert", installation.root().toString()),
                    List.of("--resolve", HOST + ":" + served.port() + ":127.0.0.1"),
                    Served.p12("alice"),
                    List.of(further),
                    List.of(served.url(path)))
                .flatMap(List::stream)
                .toList())
        .directory(folder.toFile())
        .start();
  }

  /** By Java's own client; the installation's site has no name in DNS, so it asks localhost. */
  private WebSocket open(String who, Messages messages) {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(KeptConnection.context(installation, who.isEmpty() ? null : who))
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    clients.add(client);
    return client
        .newWebSocketBuilder()
        .connectTimeout(Duration.ofSeconds(20))
        .buildAsync(URI.create("wss://localhost:" + served.port() + "/ws"), messages)
        .join();
  }

  /** Collects what comes, message by message. */
  private static final class Messages implements WebSocket.Listener {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private int bytes;

    String next() {
      try {
        String next = received.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a message in time").isNotNull();
        return String.valueOf(next);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        received.add(text.toString());
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      bytes += data.remaining();
      if (last) {
        received.add(bytes + " bytes");
        bytes = 0;
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      received.add("closed " + status);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      received.add("failed");
    }
  }
}
