package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From an empty folder to a site before nginx, by the commands of the README, judged by curl. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServeIT {
  /** The promise is "the next request"; this much is for a busy machine. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private static final Duration RELOAD = Duration.ofSeconds(10);
  private static final Pattern REFERENCE = Pattern.compile("\"reference\": \"(\\w+)\"");

  private static final List<String> ALICE_P12 = Served.p12("alice");
  private static final List<String> BOB_P12 = Served.p12("bob");

  @TempDir private static Path folder;

  private Installation installation;
  private Nginx nginx;
  private Served served;

  @BeforeAll
  void install() {
    installation = Installation.in(folder);
    installation.pem("alice", "alice-pem");
    installation.pem("bob", "bob-pem");
    installation.signed("alice", "alice-csr");
    installation.signed("bob", "bob-csr");
    nginx = Nginx.in(folder);
    installation.configure(nginx.url(), SITE_RULES);
    served = installation.serve();
  }

  @AfterAll
  void end() {
    served.close();
    nginx.close();
  }

  private static List<String> issuedPem(String who) {
    return List.of(
        "--cert", who + "-pem.pem", "--key", who + "-pem.key", "--pass", Postern.PASSPHRASE);
  }

  private static List<String> signedPem(String who) {
    return List.of("--cert", who + "-csr.pem", "--key", who + "-csr.key");
  }

  static Stream<Arguments> waysIn() {
    return Stream.of("--http1.1", "--http2")
        .flatMap(version ->
            Stream.of(
                argumentSet("P12 " + version, version, ALICE_P12, BOB_P12),
                argumentSet("issued PEM " + version, version, issuedPem("alice"), issuedPem("bob")),
                argumentSet(
                    "signed CSR " + version, version, signedPem("alice"), signedPem("bob"))));
  }

  @ParameterizedTest
  @MethodSource("waysIn")
  void alice_is_in_and_bob_is_out(String version, List<String> alice, List<String> bob) {
    String format = "%{http_code} HTTP/%{http_version}";
    Program.Outcome in = served.curl(alice, "/", version, "-w", format).succeeded();
    assertThat(in.out())
        .isEqualTo(
            "nginx greets [alice] of [staff]\n200 HTTP/"
                + (version.equals("--http2") ? "2" : "1.1"));
    Program.Outcome out = served.curl(bob, "/", version, "-w", format).succeeded();
    assertThat(out.out())
        .contains("\"code\": \"not-permitted\"", "UID=bob", "403 HTTP/")
        .doesNotContain("nginx");
  }

  @Test
  void a_port_that_somebody_has_is_named_with_its_setting() throws IOException {
    String config = Files.readString(folder.resolve("postern.yaml"));
    int port = URI.create(nginx.url()).getPort();
    String mine = "https: \"127.0.0.1:0\"";
    assertThat(config).contains(mine);
    Files.writeString(
        folder.resolve("taken.yaml"), config.replace(mine, mine.replace("0\"", port + "\"")));
    Program.Outcome outcome =
        installation.postern.run("serve --config taken.yaml --passphrase-file passphrase");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.err())
        .endsWith(port + ": another program listens there already; it is listen.https\n");
  }

  /** Anybody can do this all day, without a certificate. */
  @Test
  void connections_that_are_reset_leave_no_line_on_the_terminal() throws Exception {
    for (String hello : List.of("", "\u0016\u0003\u0001\u0002\u0000\u0001")) {
      reset(served.plainSocket(), hello);
    }
    for (String protocol : List.of("http/1.1", "h2")) {
      String begun =
          protocol.equals("h2")
              ? "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
              : "GET /health HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";
      Socket plain = served.plainSocket();
      try (var socket = KeptConnection.tls(served, plain, protocol)) {
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(socket.getInputStream().read()).isNotNegative();
        reset(plain, "");
      }
    }
    assertThat(served.status("alice", "/")).isEqualTo("200");
    assertThat(served.running().output()).doesNotContain("WARN").doesNotContain("xception");
  }

  private static void reset(Socket socket, String beginning) throws IOException {
    try (socket) {
      socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
      socket.setSoLinger(true, 0);
    }
  }

  @Test
  void a_public_path_is_open_and_the_others_are_not() {
    assertThat(served.curl(List.of(), "/health").out()).isEqualTo("nginx greets [] of []\n");
    assertThat(served.status(null, "/")).isEqualTo("403");
    assertThat(served.status("alice", "/admin/")).isEqualTo("403");
  }

  @Test
  void programs_learn_in_json_why_nobody_is_let_in_and_the_log_knows_the_case() {
    Program.Outcome refused =
        served.curl(List.of(), "/", "-w", "%{http_code} %{content_type}").succeeded();
    assertThat(refused.out())
        .contains("\"code\": \"no-certificate\"", "You need a certificate to enter here")
        .endsWith("403 application/problem+json");
    Matcher reference = REFERENCE.matcher(refused.out());
    assertThat(reference.find()).isTrue();
    served.running().awaitOutput(reference.group(1));
    assertThat(served.running().output().lines())
        .filteredOn(line -> line.contains(reference.group(1)))
        .singleElement()
        .asString()
        .contains("\"verdict\":\"no-certificate\"", "\"status\":403");
  }

  @Test
  void browsers_learn_it_from_a_page() {
    Program.Outcome refused =
        served.curl(
            List.of(),
            "/",
            "-H",
            "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
            "-w",
            "%{http_code} %{content_type}");
    assertThat(refused.out())
        .startsWith("<!doctype html>")
        .contains("<h1>You need a certificate to enter here, and none was shown.</h1>")
        .endsWith("403 text/html; charset=utf-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void identities_that_a_client_claims_never_reach_nginx(String version) {
    String[] lies = {
      version,
      "-H",
      "Remote-User: root",
      "-H",
      "REMOTE-USER: root",
      "-H",
      "remote_user: root",
      "-H",
      "Remote_User: root",
      "-H",
      "X-Forwarded-User: root",
      "-H",
      "X_Forwarded_User: root",
      "-H",
      "X-Forwarded-Groups: admins",
      "-H",
      "X-Forwarded-Email: root@example.test",
      "-H",
      "Client-Cert: :AAAA:",
    };
    nginx.forget();
    assertThat(served.curl(ALICE_P12, "/", lies).succeeded().out())
        .isEqualTo("nginx greets [alice] of [staff]\n");
    assertThat(nginx.arrived("remote-user")).singleElement().asString().endsWith(": alice");
    assertThat(nginx.arrived("x-forwarded-user")).singleElement().asString().endsWith(": alice");
    assertThat(nginx.arrived("x-forwarded-groups")).singleElement().asString().endsWith(": staff");
    assertThat(nginx.arrived("x-forwarded-email"))
        .singleElement()
        .asString()
        .endsWith(": alice@example.test");
    assertThat(nginx.arrived("client-cert")).singleElement().asString().contains(": :MII");
  }

  @Test
  void not_even_where_anyone_may_enter() {
    nginx.forget();
    String[] lies = {"-H", "Remote-User: root", "-H", "remote_user: root", "-H", "Harmless: yes"};
    assertThat(served.curl(List.of(), "/health", lies).succeeded().out())
        .isEqualTo("nginx greets [] of []\n");
    assertThat(nginx.arrived("remote-user")).isEmpty();
    assertThat(nginx.arrived("harmless")).hasSize(1);
  }

  @Test
  void a_disabled_user_is_refused_on_the_connection_that_let_her_in() {
    installation.user("carol", " --group staff");
    try (var carol = KeptConnection.open(served, "carol")) {
      assertThat(carol.get("/")).startsWith("HTTP/1.1 200").contains("[carol]");
      assertThat(carol.get("/")).startsWith("HTTP/1.1 200").contains("[carol]");

      installation.postern.succeeds("user disable carol");

      Soon.within(
          AT_ONCE,
          "carol is refused",
          () -> {
            String answer = carol.get("/");
            return answer.startsWith("HTTP/1.1 403") && answer.contains("user-disabled");
          });
    }
    assertThat(served.status("carol", "/")).isEqualTo("403");
    assertThat(served.status("alice", "/")).isEqualTo("200");
    installation.postern.succeeds("user enable carol");
    Soon.within(AT_ONCE, "carol is in again", () -> served.status("carol", "/").equals("200"));
  }

  @ParameterizedTest
  @CsvSource({
    "tls1_2, user disable, user-disabled",
    "tls1_3, user disable, user-disabled",
    "tls1_2, revoke, revoked",
    "tls1_3, revoke, revoked"
  })
  void a_resumed_session_does_not_outlive_its_user_or_certificate(
      String version, String command, String code) {
    String user = code + "-" + version.replace('_', '-');
    installation.postern.succeeds("user add " + user + " --group staff");
    installation.signed(user, user);
    assertThat(openssl(version, user, "-sess_out session-" + user))
        .contains("New, TLS", "HTTP/1.1 200", "nginx greets [" + user + "]");
    String resume = "-sess_in session-" + user;
    assertThat(openssl(version, user, resume))
        .contains("Reused, TLS", "HTTP/1.1 200", "nginx greets [" + user + "]");

    installation.postern.succeeds(command + " " + user);

    Soon.within(
        AT_ONCE, "the session is refused", () -> openssl(version, user, resume).contains(" 403 "));
    assertThat(openssl(version, user, resume))
        .contains("Reused, TLS", "HTTP/1.1 403", code)
        .doesNotContain("nginx");
  }

  /** What OpenSSL's client prints for a GET. */
  private String openssl(String version, String who, String options) {
    String line =
        """
        printf 'GET / HTTP/1.1\\r\\nHost: %1$s\\r\\nConnection: close\\r\\n\\r\\n' |
        openssl s_client -connect 127.0.0.1:%2$d -servername %1$s -CAfile %3$s -verify_return_error \
          -cert %4$s.pem -key %4$s.key -ign_eof -%5$s %6$s\
        """
            .formatted(HOST, served.port(), installation.root(), who, version, options);
    Program.Outcome outcome = Program.in(folder).within(Duration.ofSeconds(20)).shell(line);
    return outcome.out() + outcome.err();
  }

  @Test
  void a_changed_rule_holds_without_a_restart_and_a_broken_file_changes_nothing() {
    try (var own = installation.serve();
        var alice = KeptConnection.open(own, "alice")) {
      assertThat(alice.get("/")).startsWith("HTTP/1.1 200");

      installation.configure(nginx.url(), "      - { allow: \"group:admins\" }\n");
      own.running().awaitOutput("was read again and is in force");
      assertThat(alice.get("/")).startsWith("HTTP/1.1 403").contains("not-permitted");

      installation.replaceConfig(
          "name: Example\ndomain: example.test\nsights: []\nlisten: {https: x}\n");
      own.running().awaitOutput("the configuration in force stays as it was");
      assertThat(own.running().output())
          .contains("postern.yaml: line 3: sights: ", "postern.yaml: line 4: listen.https: ");
      assertThat(own.status("alice", "/")).isEqualTo("403");

      installation.configure(nginx.url(), SITE_RULES);
      Soon.within(RELOAD, "alice is in again", () -> own.status("alice", "/").equals("200"));
    } finally {
      installation.configure(nginx.url(), SITE_RULES);
      Soon.within(
          RELOAD,
          "the others' gateway has it too",
          () -> served.status("alice", "/").equals("200"));
    }
  }

  @Test
  void a_hangup_reads_the_file_again_though_it_did_not_change() {
    String sign = "was read again and is in force";
    try (var own = installation.serve()) {
      assertThat(own.running().output()).doesNotContain(sign);
      own.running().signal("HUP");
      own.running().awaitOutput(sign);
      assertThat(own.status("alice", "/")).isEqualTo("200");
      assertThat(own.status("bob", "/")).isEqualTo("403");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void termination_lets_a_slow_download_finish(String version) throws Exception {
    Path slow = folder.resolve("slow" + version);
    try (var own = installation.serve()) {
      Process download =
          new ProcessBuilder(
                  Stream.of(
                          List.of(
                              "curl", "-sS", "--cacert", installation.root().toString(), version),
                          List.of("--resolve", HOST + ":" + own.port() + ":127.0.0.1"),
                          ALICE_P12,
                          List.of("-o", slow.toString(), "--no-buffer", own.url("/slow")))
                      .flatMap(List::stream)
                      .toList())
              .directory(folder.toFile())
              .inheritIO()
              .start();
      Soon.within(Duration.ofSeconds(10), "the first bytes", () -> size(slow) > 0);

      own.running().signal("TERM");

      Soon.within(Duration.ofSeconds(5), "a closed door", () -> !Postern.isOpen(own.port()));
      assertThat(size(slow)).as("still under way").isLessThan(Nginx.SLOW_BYTES);
      assertThat(own.running().exitCode()).isZero();
      assertThat(download.waitFor()).as("curl").isZero();
      assertThat(size(slow)).isEqualTo(Nginx.SLOW_BYTES);
    }
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
