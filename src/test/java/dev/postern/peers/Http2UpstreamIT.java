package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Back ends that speak HTTP/2, asked by curl through the gateway in either HTTP. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http2UpstreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration RELOAD = Duration.ofSeconds(20);
  private static final long UPLOAD = 256L << 20;
  private static final int MEGABYTES_ALLOWED = 300;
  private static final List<String> ALICE = Served.p12("alice");

  @TempDir private static Path folder;

  private Installation installation;
  private NodeHttp2 upstream;
  private Served served;

  @BeforeAll
  void install() throws IOException {
    installation = Installation.in(folder);
    upstream = NodeHttp2.in(folder);
    installation.configure(upstream.url(), SITE_RULES);
    served = installation.serve();
    try (var file = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
      file.setLength(UPLOAD);
      for (long at = 0; at < UPLOAD; at += 1 << 16) {
        file.seek(at);
        file.writeLong(at);
      }
    }
  }

  @AfterAll
  void end() {
    served.close();
    upstream.close();
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return JSON.readTree(text);
  }

  private JsonNode state() throws JsonProcessingException {
    return json(served.curl(ALICE, "/state").succeeded().out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void what_a_back_end_is_told_is_ours_whichever_http_it_speaks(String version) throws Exception {
    String[] words = {
      version,
      "-H",
      "Remote-User: root",
      "-H",
      "remote_user: root",
      "-H",
      "X-Forwarded-Groups: root",
      "-H",
      "Client-Cert: :root:",
      "-H",
      "TE: trailers",
      "-H",
      "Keep-Alive: root",
      "-H",
      "X-Yours: 1"
    };
    JsonNode said = json(served.curl(ALICE, "/headers?a=1", words).succeeded().out());
    assertThat(said.get("version").asText()).isEqualTo("2.0");
    JsonNode headers = said.get("headers");
    assertThat(headers.toString()).doesNotContain("root");
    assertThat(headers.get(":method").asText()).isEqualTo("GET");
    assertThat(headers.get(":scheme").asText()).isEqualTo("http");
    assertThat(headers.get(":path").asText()).isEqualTo("/headers?a=1");
    assertThat(headers.get(":authority").asText()).isEqualTo(HOST + ":" + served.port());
    assertThat(headers.get("remote-user").asText()).isEqualTo("alice");
    assertThat(headers.get("x-forwarded-groups").asText()).isEqualTo("staff");
    assertThat(headers.get("client-cert").asText()).startsWith(":MII");
    assertThat(headers.get("x-forwarded-proto").asText()).isEqualTo("https");
    assertThat(headers.get("forwarded").asText()).contains("for=127.0.0.1", "proto=https");
    assertThat(headers.get("via").asText())
        .isEqualTo(version.equals("--http2") ? "2.0 postern" : "1.1 postern");
    assertThat(headers.get("te").asText()).isEqualTo("trailers");
    assertThat(headers.get("x-yours").asText()).isEqualTo("1");
    assertThat(headers.has("connection") || headers.has("host") || headers.has("transfer-encoding"))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void whoever_may_not_enter_is_refused_before_the_back_end_hears_of_it(String version)
      throws Exception {
    int before = state().get("streams").asInt();
    assertThat(served.curl(Served.p12("bob"), "/headers", version, "-w", "%{http_code}").out())
        .contains("not-permitted")
        .endsWith("403");
    assertThat(served.curl(List.of(), "/headers", version, "-w", "%{http_code}").out())
        .contains("no-certificate")
        .endsWith("403");
    assertThat(state().get("streams").asInt()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void answers_arrive_as_they_were_given(String version) throws Exception {
    assertThat(served.curl(ALICE, "/empty", version, "-i").out()).contains(" 204").contains("2.0 ");
    assertThat(served.curl(ALICE, "/headers", version, "-I").out()).contains(" 200");
    assertThat(served.curl(ALICE, "/nothing", version).out()).isEqualTo("nothing here");
    assertThat(served.curl(ALICE, "/hints", version, "-i").out())
        .contains(" 103", "/style.css", "hinted");
    assertThat(served.curl(ALICE, "/cookies", version, "-i", "-H", "Cookie: x=1; y=2").out())
        .contains("set-cookie: a=1", "set-cookie: b=2")
        .endsWith("x=1; y=2");
    assertThat(served.curl(ALICE, "/trailers", version, "-i").out())
        .contains("body")
        .contains("x-sum: 2");
  }

  @Test
  void trailers_of_the_request_pass_and_forged_ones_do_not() throws Exception {
    try (var alice = KeptConnection.open(served, "alice")) {
      alice.send(
          "POST /trailers HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\nX-Mine: 1\r\nRemote_User: root\r\n\r\n"
              .formatted(HOST));
      StringBuilder answer = new StringBuilder();
      while (!answer.toString().contains("x-came")) {
        answer.append(alice.nextLine()).append('\n');
      }
      assertThat(answer.toString()).contains("x-mine").doesNotContain("root");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void much_passes_both_ways_in_little_memory(String version) {
    String sum = Program.in(folder).run("sha256sum", "big").succeeded().out().split(" ")[0];
    assertThat(served.curl(ALICE, "/up", version, "-T", "big").succeeded().out())
        .isEqualTo(UPLOAD + " " + sum);
    String[] slow = {version, "--limit-rate", "64k", "-o", "/dev/null", "--max-time", "5"};
    served.curl(ALICE, "/down", slow);
    String[] fast = {version, "-o", "/dev/null", "-w", "%{size_download}"};
    assertThat(served.curl(ALICE, "/down", fast).succeeded().out()).isEqualTo("1073741824");
    assertThat(served.running().peakMegabytes()).isLessThan(MEGABYTES_ALLOWED);
  }

  @Test
  void a_connection_that_is_full_gets_a_second_one() throws Exception {
    List<Process> holding = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      holding.add(start("/hold", "--http2"));
    }
    try {
      Soon.within(Duration.ofSeconds(20), "seven at once", () -> atOnce() >= 7);
      assertThat(state().get("sessions").asInt()).isGreaterThanOrEqualTo(4);
      assertThat(served.curl(ALICE, "/release").out()).isEqualTo("released");
      for (Process each : holding) {
        assertThat(each.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(each.exitValue()).isZero();
      }
    } finally {
      holding.forEach(Process::destroy);
    }
  }

  private int atOnce() {
    try {
      return state().get("open").asInt();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_client_that_goes_away_cancels_its_stream() throws Exception {
    int before = state().get("cancelled").asInt();
    Process silent = start("/silent", "--http2");
    Soon.within(Duration.ofSeconds(20), "one is open", () -> atOnce() >= 1);
    silent.destroy();
    Soon.within(
        Duration.ofSeconds(20),
        "it is cancelled",
        () -> {
          try {
            return state().get("cancelled").asInt() == before + 1;
          } catch (JsonProcessingException e) {
            throw new AssertionError(e);
          }
        });
  }

  private Process start(String path, String... words) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--max-time",
                "100",
                "--cacert",
                installation.root().toString(),
                "--resolve",
                HOST + ":" + served.port() + ":127.0.0.1"));
    line.addAll(ALICE);
    line.addAll(List.of(words));
    line.add(served.url(path));
    return new ProcessBuilder(line)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/refuse-once", "/go-away-once"})
  void what_was_not_begun_is_asked_once_more_and_what_was_is_not(String path) {
    assertThat(served.curl(ALICE, path, "-X", "POST", "-w", " %{http_code}").out())
        .isEqualTo("taken 200");
    // REFUSED_STREAM each time, CANCEL, and INTERNAL_ERROR: an answer of ours each
    for (String code : List.of("7", "8", "2")) {
      assertThat(served.curl(ALICE, "/reset?" + code, "-w", " %{http_code}").out())
          .contains("bad-gateway")
          .endsWith(" 502");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void an_answer_that_breaks_off_is_not_passed_for_whole(String version) {
    Program.Outcome half = served.curl(ALICE, "/break?8", version);
    assertThat(half.exit()).isIn(18, 56, 92);
    if (version.equals("--http2")) {
      assertThat(half.err()).contains("CANCEL");
    }
  }

  @Test
  void there_is_no_web_socket_over_http_2_alone() {
    String[] upgrade = {"--http1.1", "-i", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket"};
    assertThat(served.curl(ALICE, "/", upgrade).out()).contains(" 501", "not-implemented");
  }

  /** One back end each over TLS, and one that is not what it should be. */
  @Test
  void over_tls_the_back_end_chooses_and_its_certificate_is_verified() {
    certificate("up");
    certificate("other");
    try (var http2 = NodeHttp2.in(folder, "up", 2);
        var http1 = NodeHttp2.in(folder, "up", 1)) {
      var own = new OwnGateway();
      try (own) {
        own.ask(http2, "up", "\":scheme\":\"https\"");
        String[] upgrade = {
          "--http1.1",
          "-i",
          "--max-time",
          "20",
          "-H",
          "Connection: Upgrade",
          "-H",
          "Upgrade: websocket"
        };
        assertThat(own.gateway.curl(ALICE, "/", upgrade).out())
            .contains("101 Switching Protocols")
            .endsWith("bytes");
        own.ask(http1, "up", "\"version\":\"1.1\"");
        own.configure(http2.url(), "other");
        Soon.within(
            RELOAD,
            "the impostor is refused",
            () -> own.gateway.curl(ALICE, "/headers").out().contains("could not be verified"));
      }
    }
  }

  @Test
  void a_server_that_speaks_no_http_2_is_a_502_that_says_so() {
    try (var http1 = NodeUpstream.in(folder);
        var own = new OwnGateway()) {
      own.configure("h2c://127.0.0.1:" + http1.port, null);
      Soon.within(
          RELOAD,
          "it is found out",
          () -> {
            String said = own.gateway.curl(ALICE, "/headers").out();
            return said.contains("bad-gateway") && said.contains("does not speak HTTP/2");
          });
    }
  }

  /** A gateway for back ends that change. */
  private final class OwnGateway implements AutoCloseable {
    final Served gateway = installation.serve();

    void ask(NodeHttp2 upstream, String root, String sign) {
      configure(upstream.url(), root);
      Soon.within(
          RELOAD,
          sign,
          () -> {
            String said = gateway.curl(ALICE, "/headers").out();
            return said.contains(sign) && said.contains("alice");
          });
    }

    void configure(String url, @Nullable String root) {
      installation.configure(
          url, SITE_RULES + (root == null ? "" : "  upstream-ca: " + root + ".pem\n"));
    }

    @Override
    public void close() {
      gateway.close();
      installation.configure(upstream.url(), SITE_RULES);
      Soon.within(
          RELOAD,
          "the others have theirs again",
          () -> served.curl(ALICE, "/headers").out().contains("\":scheme\":\"http\""));
    }
  }

  private void certificate(String name) {
    Program.in(folder)
        .shell(
            ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2"
                    + " -subj /CN=%1$s -addext subjectAltName=IP:127.0.0.1 -keyout %1$s.key"
                    + " -out %1$s.pem")
                .formatted(name))
        .succeeded();
  }
}
