package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.postern.gateway.SampleApp;
import dev.postern.peers.Installation.Served;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many connections at once, of bad and of idle people: honest ones are served meanwhile, memory is
 * bounded, and everything is given back. What was measured is printed; speed is nobody's fault.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class PressureIT {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";

  /** Of an HTTP request's head that never ends. */
  private static final String BEGUN = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\nX-Drip: ";

  /** Of honest people: more than the machine's, however busy it is. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int HANDSHAKES_AT_ONCE = 64;

  /** Postern keeps a quarter of its files for other things, and so does this program. */
  private static final double FILES = 0.7;

  /** What connections to the back end and SQLite's files come to. */
  private static final int OTHER_FILES = 100;

  @TempDir private static Path folder;

  private SampleApp app;
  private Installation installation;
  private SSLContext alice;

  @BeforeAll
  void install() throws IOException {
    app = SampleApp.start();
    installation = Installation.in(folder);
    installation.user("carol", " --group staff");
    String upstream = "http://127.0.0.1:" + app.port();
    installation.configure(upstream, SITE_RULES);
    installation.replaceConfig(
        Files.readString(installation.config())
            + "timeouts: { idle: 10m }\nlimits: { connections: 52000 }\naccess-log: off\n");
    alice = KeptConnection.context(installation, "alice");
  }

  @AfterAll
  void end() {
    app.close();
  }

  /** BoringSSL's client, with the P12 file of {@code who}. */
  private SslContext as(String who) {
    try (InputStream in = Files.newInputStream(installation.path(who + ".p12"))) {
      char[] password = Postern.PASSPHRASE.toCharArray();
      var store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      var keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, password);
      return SslContextBuilder.forClient()
          .sslProvider(SslProvider.OPENSSL)
          .keyManager(new OpenSslCachingX509KeyManagerFactory(keys))
          .trustManager(installation.root().toFile())
          .build();
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** How many connections, {@code wanted} or what the machine allows a process. */
  private static int allowed(int wanted) {
    long files =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : 1024;
    return (int) Math.min(wanted, (long) (files * FILES));
  }

  private static long files(Served served) {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid(served) + "/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long pid(Served served) {
    return served.running().process().pid();
  }

  private static void givenBack(Served served, long before) {
    Soon.within(
        Duration.ofMinutes(1), "files given back", () -> files(served) <= before + OTHER_FILES);
  }

  private static void unharmed(Served served) {
    assertThat(served.running().output())
        .doesNotContain("xception", "OutOfMemory", "Too many open files");
  }

  /** Asks on a new connection each time, as alice, until told to end. */
  private final class Honest implements AutoCloseable {
    private final Served served;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Long> millis = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);

    Honest(Served served) {
      this.served = served;
      thread.start();
    }

    private void run() {
      while (!over.get()) {
        long began = System.nanoTime();
        try (var connection = KeptConnection.open(served, alice, PATIENCE)) {
          String answer = connection.get("/");
          if (!answer.startsWith("HTTP/1.1 200")) {
            failures.add(answer);
          }
        } catch (AssertionError e) {
          failures.add(String.valueOf(e.getCause()));
        }
        millis.add((System.nanoTime() - began) / 1_000_000);
        Soon.pause();
      }
    }

    String report() {
      long[] sorted = millis.stream().mapToLong(Long::longValue).sorted().toArray();
      return "%d honest requests, %d lost, p50 %d ms, p99 %d ms, slowest %d ms"
          .formatted(
              sorted.length,
              failures.size(),
              sorted[sorted.length / 2],
              sorted[sorted.length * 99 / 100],
              sorted[sorted.length - 1]);
    }

    @Override
    public void close() {
      end();
    }

    void end() {
      over.set(true);
      try {
        thread.join(PATIENCE.multipliedBy(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void say(String what) {
    System.out.println("PressureIT: " + what);
  }

  @Test
  void ten_thousand_who_drip_and_a_flood_of_handshakes_keep_nobody_out() {
    int count = allowed(10_000);
    int heads = count / 20; // few, or the first are gone before the last have come
    try (var served = installation.serve()) {
      assertThat(served.status("alice", "/")).isEqualTo("200");
      long before = files(served);
      try (var honest = new Honest(served);
          var hello = new Swarm(served.port(), 2);
          var silent = new Swarm(served.port(), 3);
          var head = new Swarm(served.port(), 4);
          var flood = new Swarm(served.port(), 5)) {
        head.connect(heads, HANDSHAKES_AT_ONCE, Swarm.Opening.begun(as("alice"), BEGUN));
        hello.connect((count - heads) / 2, 256, Swarm.Opening.NONE);
        silent.connect((count - heads) / 2, 256, Swarm.Opening.NONE);
        byte[] clientHello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3};
        hello.drip(clientHello, Duration.ofSeconds(1));
        head.drip("x".getBytes(StandardCharsets.US_ASCII), Duration.ofSeconds(1));
        say(
            "%d of %d drip, %d at this moment, %d MB"
                .formatted(
                    hello.settled() + silent.settled() + head.settled(),
                    count,
                    hello.open() + silent.open() + head.open(),
                    served.running().peakMegabytes()));

        BooleanSupplier gone = () -> hello.open() + silent.open() + head.open() == 0;
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!gone.getAsBoolean() && System.nanoTime() < end) {
          flood.connect(HANDSHAKES_AT_ONCE, HANDSHAKES_AT_ONCE, Swarm.Opening.begun(as("bob"), ""));
          flood.hangUp();
        }
        assertThat(gone.getAsBoolean()).as("the timeouts end whoever drips").isTrue();
        honest.end();
        say(
            "%s; %d handshakes of the flood, %d MB"
                .formatted(honest.report(), flood.settled(), served.running().peakMegabytes()));
        assertThat(honest.failures).isEmpty();
        assertThat(honest.millis).isNotEmpty();
      }
      givenBack(served, before);
      unharmed(served);
    }
  }

  @Test
  void fifty_thousand_idle_connections_stay_and_a_revocation_finds_them() {
    int count = allowed(50_000);
    try (var served = installation.serve(installation.postern.with("POSTERN_HEAP=512m"))) {
      assertThat(served.status("alice", "/")).isEqualTo("200");
      long before = files(served);
      long megabytes = served.running().peakMegabytes();
      long began = System.nanoTime();
      List<KeptConnection> sample = new ArrayList<>();
      SSLContext carol = KeptConnection.context(installation, "carol");
      try (var idle = new Swarm(served.port(), 7)) {
        for (int i = 0; i < 100; i++) {
          sample.add(KeptConnection.open(served, carol, PATIENCE));
          assertThat(sample.getLast().get("/")).startsWith("HTTP/1.1 200");
        }
        idle.connect(count, HANDSHAKES_AT_ONCE, Swarm.Opening.answered(as("alice"), REQUEST));
        long grown = served.running().peakMegabytes() - megabytes;
        say(
            "%d idle connections (50000 wanted) in %d s; %d MB more, %d KB each"
                .formatted(
                    idle.open(),
                    Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                    grown,
                    grown * 1024 / count));
        assertThat(idle.open()).as("lost").isEqualTo(count);
        assertThat(grown * 1024 / count).as("KB each").isLessThan(32);
        assertThat(served.status("alice", "/")).as("who comes now").isEqualTo("200");
        assertThat(served.status("bob", "/")).isEqualTo("403");

        installation.postern.succeeds("revoke carol");
        Soon.within(
            Duration.ofSeconds(5), "carol is out", () -> served.status("carol", "/").equals("403"));
        for (KeptConnection each : sample) {
          assertThat(each.get("/")).startsWith("HTTP/1.1 403").contains("revoked");
        }
        assertThat(idle.open()).as("lost").isEqualTo(count);
      }
      sample.forEach(KeptConnection::close);
      givenBack(served, before);
      unharmed(served);
    }
  }

  @Test
  void more_connections_than_there_is_room_for_close_the_quiet_ones_and_let_people_in() {
    int limit = 1_000;
    Path config = installation.config();
    String text = config(config);
    installation.replaceConfig(text.replace("connections: 52000", "connections: " + limit));
    try (var served = installation.serve()) {
      assertThat(served.status("alice", "/")).isEqualTo("200");
      long before = files(served);
      try (var honest = new Honest(served);
          var idle = new Swarm(served.port(), 11)) {
        idle.connect(3 * limit, HANDSHAKES_AT_ONCE, Swarm.Opening.answered(as("alice"), REQUEST));
        assertThat(idle.failed()).isZero();
        assertThat(idle.settled()).isEqualTo(3 * limit);
        assertThat(files(served)).isLessThan(before + limit + OTHER_FILES);
        Soon.within(Duration.ofSeconds(20), "the first are gone", () -> idle.open() < limit);
        honest.end();
        say("3000 where 1000 may be: " + honest.report());
        assertThat(honest.failures).isEmpty();
      }
      givenBack(served, before);
      served.running().awaitOutput("limits.connections is 1000");
      unharmed(served);
    } finally {
      installation.replaceConfig(text);
    }
  }

  private static String config(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
