package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A widely copied guide makes a CA and certificates with four openssl commands: X.509 version 1,
 * without names or purpose. Whoever followed it is told what is wrong, keeps their users, and gets
 * what the guide promised.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class GuideIT {
  @TempDir private static Path folder;
  private HttpServer upstream;

  @BeforeAll
  void follow_the_guide() throws IOException {
    followGuide(folder);
    upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    upstream.createContext(
        "/",
        exchange -> {
          byte[] answer =
              ("hello " + exchange.getRequestHeaders().get("Remote-User"))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          try (var body = exchange.getResponseBody()) {
            body.write(answer);
          }
        });
    upstream.start();
  }

  @AfterAll
  void close_the_upstream() {
    upstream.stop(0);
  }

  /** Its commands, with {@code -subj} in place of its questions. */
  private static void followGuide(Path folder) throws IOException {
    for (String part : List.of("rootCA", "server", "client", "stranger")) {
      Files.createDirectories(folder.resolve(part));
    }
    var guide = Program.in(folder);
    guide.shell("openssl genrsa -out rootCA/private.key 2048").succeeded();
    guide
        .shell(
            "openssl req -x509 -new -nodes -key rootCA/private.key -sha256 -days 3650"
                + " -subj '/C=DE/O=Guide/CN=Guide Root' -out rootCA/rootCA.pem")
        .succeeded();
    leaf(guide, "server", "localhost");
    leaf(guide, "client", "alice");
    leaf(guide, "stranger", "mallory");
  }

  private static void leaf(Program guide, String name, String commonName) {
    guide.shell("openssl genrsa -out " + name + "/private.key 2048").succeeded();
    guide
        .shell(
            "openssl req -new -key %1$s/private.key -sha256 -subj '/C=DE/O=Guide/CN=%2$s' -out %1$s.csr"
                .formatted(name, commonName))
        .succeeded();
    guide
        .shell(
            "openssl x509 -req -in %1$s.csr -CA rootCA/rootCA.pem -CAkey rootCA/private.key -CAcreateserial -days 365 -sha256 -out %1$s/%1$s.pem"
                .formatted(name))
        .succeeded();
  }

  private static Postern postern(String name) throws IOException {
    return Postern.in(Files.createDirectories(folder.resolve(name)));
  }

  @Test
  void inspect_says_what_is_wrong_with_each_file() throws Exception {
    Files.writeString(folder.resolve("passphrase"), "unused");
    var postern = Postern.in(folder);
    assertThat(postern.succeeds("inspect client/client.pem").out())
        .contains("X.509 version 1", "accept: [legacy-v1]", "no extended key usage");
    assertThat(postern.succeeds("inspect server/server.pem").out())
        .contains("X.509 version 1", "no subject alternative name", "postern issue server");
    assertThat(postern.succeeds("inspect rootCA/rootCA.pem").out())
        .contains("Root CA certificate \"Guide Root\"", "a CA without key usage");
    assertThat(postern.succeeds("inspect server.csr").out()).contains("no subject alternative");
    assertThat(postern.succeeds("inspect rootCA/private.key client/private.key").out())
        .containsSubsequence("is not encrypted", "is not encrypted");
    assertThat(postern.succeeds("inspect --json client/client.pem").out())
        .contains("\"version-1\"", "\"no-san\"", "\"no-eku\"");
  }

  /** {@code inspect rootCA/*} meets the serial counter that {@code -CAcreateserial} leaves. */
  @Test
  void inspect_goes_on_after_a_file_that_is_nothing_it_knows() {
    var outcome = Postern.in(folder).run("inspect rootCA/rootCA.srl rootCA/rootCA.pem");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out()).contains("Root CA certificate \"Guide Root\"");
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).contains("rootCA/rootCA.srl cannot be read");
  }

  @Test
  void what_the_guide_made_signs_in_where_it_is_accepted_and_nowhere_else() throws Exception {
    Postern postern = postern("trusting");
    postern.succeeds("init --name Example --passphrase-file passphrase");
    postern.succeeds("user add alice --group staff");
    int port = Postern.freePort();
    configure(postern, port, "accept: [legacy-v1]");
    try (var serving = postern.start("Serving", "serve --passphrase-file passphrase")) {
      var answer = curl(postern, port, folder.resolve("client/client.pem"));
      assertThat(answer.out()).endsWith("hello [alice]200");

      assertThat(curl(postern, port, folder.resolve("stranger/stranger.pem")).out())
          .contains("unknown-user")
          .endsWith("403");

      // The same names from another CA, whose own name is the same too.
      Path other = Files.createDirectories(folder.resolve("other"));
      followGuide(other);
      assertThat(curl(postern, port, other.resolve("client/client.pem")).out())
          .contains("\"code\": \"")
          .doesNotContain("hello")
          .endsWith("403");

      configure(postern, port, "accept: []");
      serving.awaitOutput("was read again and is in force");
      assertThat(curl(postern, port, folder.resolve("client/client.pem")).out())
          .contains("invalid-path", "could not be verified", "CN=alice")
          .endsWith("403");
      // The administrator, to whom the page refers, finds the cause beside the reference.
      serving.awaitOutput("version 1");
      assertThat(serving.stop()).isZero();
    }
  }

  private void configure(Postern postern, int port, String accept) throws IOException {
    Files.writeString(
        postern.path("postern.yaml"),
        """
        name: Example
        domain: localhost
        data: postern-data
        listen: { https: "127.0.0.1:%d", http: off }
        sites:
          - host: localhost
            upstream: http://127.0.0.1:%d
            headers: [remote-user]
            rules:
              - { path: /health, allow: anyone }
              - { allow: users }
        trust:
          - { name: guide, roots: %s, identity: subject.cn, %s }
        """
            .formatted(
                port,
                upstream.getAddress().getPort(),
                folder.resolve("rootCA/rootCA.pem"),
                accept));
  }

  /** The answer's body, then its status, as somebody with a certificate of the guide. */
  private static Program.Outcome curl(Postern postern, int port, Path certificate) {
    return Program.in(postern.path(""))
        .run(
            "curl",
            "-sS",
            "--max-time",
            "20",
            "--cacert",
            "postern-data/ca/root.pem",
            "--cert",
            certificate.toString(),
            "--key",
            certificate.resolveSibling("private.key").toString(),
            "-w",
            "%{http_code}",
            "https://localhost:" + port + "/");
  }

  @Test
  void users_of_the_guide_stay_while_the_new_CA_below_its_root_takes_over() throws Exception {
    Postern postern = imported("both", "root");
    int port = Postern.freePort();
    configure(postern, port, "accept: [legacy-v1]");
    issueClient(postern);
    try (var serving = postern.start("Serving", "serve --passphrase-file passphrase")) {
      assertThat(curl(postern, port, folder.resolve("client/client.pem")).out())
          .endsWith("hello [alice]200");
      assertThat(curlWithP12(postern, port, Postern.PASSPHRASE).succeeded().out())
          .contains("hello [alice]");
      assertThat(curl(postern, port, folder.resolve("stranger/stranger.pem")).out())
          .endsWith("403");
      assertThat(serving.stop()).isZero();
    }
  }

  /** {@code init} with the guide's CA as root, or as the issuing CA itself; and a user. */
  private static Postern imported(String name, String role) throws IOException {
    Postern postern = postern(name);
    postern.succeeds(
        "init --name Guide --passphrase-file passphrase --import-%1$s ../rootCA/rootCA.pem --import-%1$s-key ../rootCA/private.key"
            .formatted(role));
    postern.succeeds("user add alice --email alice@example.com --group staff");
    return postern;
  }

  private static void issueClient(Postern postern) {
    postern.succeeds(
        "issue client alice --out alice.p12 --password-file passphrase --passphrase-file passphrase");
  }

  private static Program.Outcome curlWithP12(Postern postern, int port, String password) {
    return Program.in(postern.path(""))
        .run(
            "curl",
            "-sS",
            "--max-time",
            "20",
            "--cacert",
            folder.resolve("rootCA/rootCA.pem").toString(),
            "--cert-type",
            "P12",
            "--cert",
            "alice.p12:" + password,
            "https://localhost:" + port + "/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "issuer"})
  void the_imported_CA_gives_what_the_guide_promised(String role) throws Exception {
    Postern postern = imported("imported-" + role, role);
    postern.succeeds(
        "issue server localhost --out server.pem --password-file passphrase --passphrase-file passphrase");
    issueClient(postern);
    judgeServerCertificate(postern, role);
    judgePkcs12(postern);
    connect(postern);
  }

  private void judgeServerCertificate(Postern postern, String role) {
    var here = Program.in(postern.path(""));
    String verify =
        "openssl verify -purpose sslserver -CAfile ../rootCA/rootCA.pem -untrusted server.pem ";
    here.shell(verify + "-verify_hostname localhost server.pem").succeeded();
    assertThat(here.shell(verify + "-verify_hostname wiki.example server.pem").failed().err())
        .contains("hostname mismatch");
    here.shell(verify.replace("sslserver", "sslclient") + "server.pem").failed();
    // Strictly, all that is wrong is the guide's own root, and inspect says so.
    int depthOfRoot = role.equals("root") ? 2 : 1;
    assertThat(here.shell(verify + "-x509_strict server.pem").failed().err().lines())
        .filteredOn(line -> line.startsWith("error ") && line.contains(" depth lookup"))
        .containsExactly(
            "error 92 at %d depth lookup: CA cert does not include key usage extension"
                .formatted(depthOfRoot));
    if (role.equals("root")) {
      here.shell(
              "openssl verify -x509_strict -partial_chain -purpose sslserver -verify_hostname localhost"
                  + " -CAfile postern-data/ca/issuing.pem server.pem")
          .succeeded();
    }
    assertThat(
            here.shell(
                    "certtool --verify --verify-hostname localhost --load-ca-certificate ../rootCA/rootCA.pem --infile server.pem")
                .succeeded()
                .out())
        .contains("The certificate is trusted.");
    here.shell(
            "certtool --verify --verify-hostname wiki.example --load-ca-certificate ../rootCA/rootCA.pem --infile server.pem")
        .failed();
  }

  private static void judgePkcs12(Postern postern) throws IOException {
    var here = Program.in(postern.path(""));
    assertThat(
            here.shell("openssl pkcs12 -in alice.p12 -nodes -passin file:passphrase")
                .succeeded()
                .out())
        .contains("CN = Alice", "BEGIN PRIVATE KEY", "BEGIN CERTIFICATE");
    Files.writeString(postern.path("wrong"), "battery staple");
    assertThat(here.shell("openssl pkcs12 -in alice.p12 -nodes -passin file:wrong").failed().err())
        .contains("invalid password");
    here.shell(
            "openssl pkcs12 -in alice.p12 -nodes -passin file:passphrase -clcerts -nokeys -out alice.pem")
        .succeeded();
    here.shell(
            "openssl pkcs12 -in alice.p12 -passin file:passphrase -cacerts -nokeys -out above.pem")
        .succeeded();
    String untrusted =
        Files.readString(postern.path("above.pem")).contains("BEGIN")
            ? "-untrusted above.pem "
            : "";
    here.shell(
            "openssl verify -purpose sslclient -CAfile ../rootCA/rootCA.pem "
                + untrusted
                + "alice.pem")
        .succeeded();
    here.shell(
            "openssl verify -purpose sslserver -CAfile ../rootCA/rootCA.pem "
                + untrusted
                + "alice.pem")
        .failed();
  }

  /** An OpenSSL server with our certificate asks for one; curl, and Chromium, talk to it. */
  private void connect(Postern postern) throws Exception {
    int port = Postern.freePort();
    Process server =
        new ProcessBuilder(
                ("openssl s_server -accept 127.0.0.1:%d -cert server.pem -cert_chain server.pem"
                        + " -key server.key -pass file:passphrase -CAfile ../rootCA/rootCA.pem"
                        + " -verify 3 -verify_return_error -www")
                    .formatted(port)
                    .split(" "))
            .directory(postern.path("").toFile())
            .redirectErrorStream(true)
            .redirectOutput(postern.path("server.txt").toFile())
            .start();
    try (var serving = new Postern.Running(server, postern.path("server.txt"))) {
      serving.awaitOutput("ACCEPT");
      assertThat(curlWithP12(postern, port, Postern.PASSPHRASE).succeeded().out())
          .contains("Client certificate", "email:alice@example.com");
      assertThat(curlWithP12(postern, port, "battery staple").failed().err())
          .contains("PKCS12", "mac verify failure");
      assertThat(
              Program.in(postern.path(""))
                  .run("curl", "-sS", "--max-time", "20", "https://localhost:" + port + "/")
                  .failed()
                  .err())
          .contains("SSL certificate problem");
      assertThat(chromium(postern, "stranger", port)).doesNotContain("s_server");
      Program.in(Files.createDirectories(postern.path("friend/.pki/nssdb")))
          .shell(
              "certutil -N -d sql:. --empty-password && certutil -A -d sql:. -n guide -t C,, -i '%s'"
                  .formatted(folder.resolve("rootCA/rootCA.pem")))
          .succeeded();
      assertThat(chromium(postern, "friend", port)).contains("s_server");
    }
  }

  /** The page as Chromium shows it to a person with that home folder. */
  private static String chromium(Postern postern, String home, int port) throws IOException {
    Files.createDirectories(postern.path(home));
    return Program.in(postern.path(""))
        .with("HOME", postern.path(home).toString())
        .run(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--user-data-dir=" + postern.path(home).resolve("profile"),
            "--dump-dom",
            "https://localhost:" + port + "/")
        .out();
  }
}
