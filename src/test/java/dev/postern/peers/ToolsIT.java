package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs sign in as {@code docs/tools.md}, {@code docs/smart-cards.md} and our pages say. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ToolsIT {
  private static final Recipes TOOLS = Recipes.of("tools.md");
  private static final Recipes CARDS = Recipes.of("smart-cards.md");
  private static final Pattern CODE =
      Pattern.compile("<pre><code>(.*?)</code></pre>", Pattern.DOTALL);
  private static final String HELLO = "Hello Alice";
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private static Path folder;

  private HttpServer repositories;
  private Installation installation;
  private Served served;
  private Path desk;

  @BeforeAll
  void install() throws IOException {
    installation = Installation.in(folder);
    Path shelf = Files.createDirectory(folder.resolve("shelf"));
    Program.in(shelf)
        .shell(
            """
            set -e
            git init -q work
            git -C work -c user.name=A -c user.email=a@example.test commit -q --allow-empty -m '%s'
            git clone -q --bare work project.git
            git -C project.git update-server-info
            """
                .formatted(HELLO))
        .succeeded();
    repositories =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), shelf, OutputLevel.NONE);
    repositories.start();
    installation.configureAtLocalhost(
        "http://127.0.0.1:" + repositories.getAddress().getPort(),
        "    - { allow: \"group:staff\" }\n");
    served = installation.serve();
  }

  @AfterAll
  void end() {
    served.close();
    repositories.stop(0);
  }

  /** Somewhere fresh, with what alice was given. */
  @BeforeEach
  void sitDown() throws IOException {
    desk = Files.createTempDirectory(folder, "desk");
    Files.copy(installation.root(), desk.resolve("root.pem"));
    for (String file : List.of("alice.p12", "passphrase")) {
      Files.copy(installation.path(file), desk.resolve(file));
    }
  }

  private Program.Outcome run(String script) {
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    return Program.in(desk)
        .with("HOME", desk.toString())
        .with("SOFTHSM2_CONF", desk.resolve("softhsm2.conf").toString())
        .with("PATH", java + ":" + System.getenv("PATH"))
        // Overrules git's configuration.
        .shell("set -e; unset GIT_SSL_CAINFO\n" + script);
  }

  /** What a guide or a page says, with the hosts, the file and the passwords that are here. */
  private String local(String text) {
    String password = "-in $1 -passin file:passphrase";
    return text.replace("me.example.com", "localhost:" + served.port())
        .replace("git.example.com", "git.localhost:" + served.port())
        .replaceAll("-in (\\w+\\.p12)", password)
        .replace("-out me.p12", "-out me.p12 -passout file:passphrase")
        .replace("the password of me.p12", Postern.PASSPHRASE);
  }

  private JsonNode invite() {
    return json("invite alice --json");
  }

  private JsonNode json(String command) {
    try {
      return new ObjectMapper().readTree(installation.postern.succeeds(command).out());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String state(JsonNode invitation) {
    for (JsonNode each : json("invitation list --json")) {
      if (each.path("id").equals(invitation.path("id"))) {
        return each.path("state").asText();
      }
    }
    throw new AssertionError("no invitation " + invitation);
  }

  private UnaryOperator<String> withLink(JsonNode invitation) {
    String link = invitation.path("link").asText();
    return text -> local(text.replace("https://enrol.example.com/i/CODE", link));
  }

  private void fromP12() {
    run(TOOLS.prepare("From a .p12 file", desk, this::local)).succeeded();
  }

  private static String said(Program.Outcome outcome) {
    return outcome.out() + outcome.err();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          curl   | ' --cert me.pem'
          wget   | ' --certificate=me.pem'
          git    | 'git config --global http.https://git.example.com/.sslCert "$PWD/me.pem"'
          HTTPie | ' --cert me.pem'
          Python | 'context.load_cert_chain("me.pem")'
          Java   | '-Djavax.net.ssl.keyStore=me.p12'
          Node   | ', cert: me, key: me'
          """)
  void a_program_signs_in_as_the_guide_says_and_not_without(String program, String certificate) {
    fromP12();
    String look = program.equals("git") ? "git -C project log" : "";
    assertThat(run(TOOLS.prepare(program, desk, this::local) + look).succeeded().out())
        .contains(HELLO);

    run("rm -rf project root.p12 .gitconfig").succeeded();
    var without = TOOLS.prepare(program, desk, text -> local(text.replace(certificate, "")));
    assertThat(said(run(without + look))).contains("403").doesNotContain(HELLO);
  }

  @Test
  void a_key_of_ones_own_gets_a_certificate_by_curl() {
    JsonNode invitation = invite();
    String script = TOOLS.prepare("A key of your own", desk, withLink(invitation));
    run(script).succeeded();
    assertThat(run("stat -c %a me.key me.pem").out()).isEqualTo("600\n600\n");
    assertThat(state(invitation)).isEqualTo("used");
    assertThat(run(TOOLS.prepare("curl", desk, this::local)).out()).contains(HELLO);
    run(TOOLS.prepare("A .p7b file", desk, withLink(invitation))).succeeded();
    assertThat(run("cat chain.pem").out())
        .contains(run("openssl x509 -in me.crt").succeeded().out());
    assertThat(run("cat chain.pem").out().split("BEGIN CERTIFICATE", -1)).hasSizeGreaterThan(2);

    // Another key is too late.
    assertThat(run(script).exit()).isEqualTo(22);
    assertThat(run("cat me.crt").out()).contains("409").doesNotContain("BEGIN CERTIFICATE");
  }

  @Test
  void names_in_a_request_count_for_nothing() {
    JsonNode invitation = invite();
    var script = TOOLS.prepare("A key of your own", desk, withLink(invitation));
    var greedy =
        "-subj /O=Other/CN=root/UID=bob -addext subjectAltName=email:bob@example.test,DNS:*.test";
    assertThat(script).contains("-subj /CN=me");
    run(script.replace("-subj /CN=me", greedy)).succeeded();
    assertThat(run("openssl req -in me.csr -noout -text").out()).contains("bob@", "*.test");
    assertThat(run("openssl x509 -in me.crt -noout -subject -ext subjectAltName").succeeded().out())
        .contains("O = Example", "CN = Alice", "UID = alice", "email:alice@example.test")
        .doesNotContain("Other", "root", "bob", "*.test");
  }

  /** On the enrolment host. */
  private String curl(String options, String path) {
    return run("curl -4sS --cacert root.pem %s 'https://enrol.localhost:%d%s'"
            .formatted(options, served.port(), path))
        .succeeded()
        .out();
  }

  @Test
  void a_reload_lets_nobody_guess_anew() throws IOException {
    String code = "/i/" + "a".repeat(25);
    String status = " -o /dev/null -w '%{http_code} '";
    String before = Files.readString(installation.config());
    String link = invite().path("link").asText().replaceFirst(".*/i/", "/i/");
    assertThat(curl("--interface 127.0.0.3" + status, code + "[a-v]"))
        .isEqualTo("404 ".repeat(20) + "429 429 ");
    try {
      installation.replaceConfig(before.replace("pages: {", "pages: { key: rsa2048,"));
      Soon.within(SOON, "it is reloaded", () -> curl("", link).contains("data-key=\"RSA\""));
      assertThat(curl("--interface 127.0.0.3" + status, code + "w")).isEqualTo("429 ");
      assertThat(curl("--interface 127.0.0.4" + status, code + "w")).isEqualTo("404 ");
    } finally {
      installation.replaceConfig(before);
    }
  }

  /** Settings on iPhone, iPad and Mac say "Verified" to what leads to a root they have. */
  @Test
  void the_profile_for_Apple_is_signed_and_holds_the_root_alone() {
    curl("-o root.mobileconfig", "/root.mobileconfig");
    run("openssl cms -verify -inform DER -in root.mobileconfig -CAfile root.pem -purpose sslserver"
            + " -out root.plist")
        .succeeded();
    assertThat(
            run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj"
                    + " /CN=Other -keyout /dev/null -out other.pem; openssl cms -verify -inform DER"
                    + " -in root.mobileconfig -CAfile other.pem -purpose sslserver -out other")
                .failed()
                .err())
        .as("by another root")
        .contains("Verification failure");
    // A plist is XML; what a property list reader makes of it, and that the root is the root.
    assertThat(
            run("""
            python3 - <<'END'
            import plistlib, ssl
            profile = plistlib.load(open('root.plist', 'rb'))
            print(profile['PayloadType'], [each['PayloadType'] for each in profile['PayloadContent']])
            print(profile['PayloadContent'][0]['PayloadContent'] == ssl.PEM_cert_to_DER_cert(open('root.pem').read()))
            END
            """)
                .succeeded()
                .out())
        .isEqualTo("Configuration ['com.apple.security.root']\nTrue\n");
    assertThat(run("cat root.plist").out()).doesNotContain("pkcs12", "PRIVATE KEY");
  }

  /** By OpenSSL and curl, as scripts do it; each sends its own request, all at once. */
  private Program.Outcome enrol(List<String> links, String request, String answer) {
    var line = new StringBuilder();
    for (int i = 0; i < links.size(); i++) {
      line.append(
          ("curl -4sS --max-time 60 --cacert root.pem --data-binary @%1$s-%2$d.csr"
                  + " -o %3$s-%2$d.crt -w '%%{http_code}' %4$s > %3$s-%2$d.status 2>/dev/null & ")
              .formatted(request, i, answer, links.get(i)));
    }
    return run(line + "wait");
  }

  private List<String> answers(String answer, int count, String ending) throws IOException {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = desk.resolve(answer + "-" + i + ending);
      answers.add(Files.exists(file) ? Files.readString(file) : "");
    }
    return answers;
  }

  /** Of the invitations of users so called. */
  private int count(String users, String condition) {
    return users(users, condition).size();
  }

  /** The users themselves: each here has one invitation. */
  private Set<String> users(String users, String condition) {
    String ledger = "jdbc:sqlite:" + installation.path("postern-data/ledger.db");
    try (var connection = DriverManager.getConnection(ledger);
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "select user_key from invitations where user_key like '"
                    + users
                    + "-%' and "
                    + condition)) {
      Set<String> found = new HashSet<>();
      while (result.next()) {
        found.add(result.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_server_killed_while_it_enrols_leaves_nothing_half_issued() throws Exception {
    int crowd = 16;
    var users = new StringBuilder("name,display_name,email,groups\n");
    for (int i = 0; i < crowd; i++) {
      users.append("crash-%02d,Crash,,crash\n".formatted(i));
      run(("for kind in own other; do openssl req -new -newkey ec -pkeyopt"
                  + " ec_paramgen_curve:P-256 -noenc -keyout /dev/null -subj /CN=x"
                  + " -out $kind-%d.csr; done")
              .formatted(i))
          .succeeded();
    }
    Files.writeString(folder.resolve("crash.csv"), users);
    installation.postern.succeeds("import crash.csv");
    installation.postern.succeeds("invite --all-of group:crash --out crash-links.csv");
    List<String> links =
        Files.readAllLines(folder.resolve("crash-links.csv")).stream()
            .skip(1)
            .map(each -> each.split(",")[3])
            .toList();
    assertThat(links).hasSize(crowd);

    Thread senders = Thread.ofPlatform().start(() -> enrol(links, "own", "first"));
    Soon.within(SOON, "the first is done", () -> count("crash", "serial is not null") > 0);
    served.close(); // kill -9
    assertThat(senders.join(Duration.ofMinutes(2))).isTrue();
    int done = count("crash", "serial is not null");
    Set<String> taken = users("crash", "key_hash is not null");
    int begun = taken.size() - done;
    List<String> before = answers("first", crowd, ".status");
    System.out.println(
        "ToolsIT: of %d, %d had their certificate when the server was killed, %d had begun"
            .formatted(crowd, done, begun));
    served = installation.serve();

    // Who loaded the page again has another key: too late, at once, or in a minute.
    enrol(links.subList(0, crowd / 2), "other", "reload");
    List<String> reloaded = answers("reload", crowd / 2, ".status");
    assertThat(reloaded)
        .as("only links that nobody had sent a key to take another")
        .isEqualTo(
            IntStream.range(0, crowd / 2)
                .mapToObj(i -> taken.contains("crash-%02d".formatted(i)) ? "409" : "200")
                .toList());
    assertThat(answers("reload", crowd / 2, ".crt"))
        .filteredOn(answer -> answer.contains("invitation-busy"))
        .as("only who had begun is told to wait")
        .hasSizeLessThanOrEqualTo(begun);
    // Whose script tries once more has the same.
    enrol(links, "own", "again");
    List<String> after = answers("again", crowd, ".status");
    for (int i = 0; i < crowd; i++) {
      boolean overtaken = i < crowd / 2 && reloaded.get(i).equals("200");
      assertThat(after.get(i)).as("link " + i).isEqualTo(overtaken ? "409" : "200");
      if (before.get(i).equals("200")) {
        assertThat(answers("again", crowd, ".crt").get(i))
            .as("the certificate that was received before")
            .isEqualTo(answers("first", crowd, ".crt").get(i));
      }
    }
    assertThat(count("crash", "serial is not null")).isEqualTo(crowd);
    List<String> owners = new ArrayList<>();
    new ObjectMapper()
        .readTree(installation.postern.succeeds("list crash --json --limit 1000").out())
        .forEach(each -> owners.add(each.path("user").asText()));
    assertThat(owners).as("one certificate a link").hasSize(crowd).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void ten_megabytes_are_refused_in_a_sentence_and_use_nothing_up(String version)
      throws IOException {
    JsonNode invitation = invite();
    int before = json("list --json").size();
    run("openssl req -new -newkey ed25519 -nodes -keyout me.key -subj /CN=me -out big.csr")
        .succeeded();
    try (var file = new RandomAccessFile(desk.resolve("big.csr").toFile(), "rw")) {
      file.setLength(10_000_000);
    }
    var send =
        "curl -sS %s --fail-with-body --cacert root.pem --data-binary @big.csr %s"
            .formatted(version, invitation.path("link").asText());
    var refused = run(send);
    assertThat(refused.exit()).as(said(refused)).isEqualTo(22);
    assertThat(refused.out())
        .contains("413", "The request is too large.", "at most 131072 bytes are taken here");
    assertThat(state(invitation)).isEqualTo("open");
    assertThat(json("list --json")).hasSize(before);

    run(TOOLS.prepare("A key of your own", desk, withLink(invitation))).succeeded();
    assertThat(json("list --json")).hasSize(before + 1);
  }

  @Test
  void the_page_of_an_invitation_says_it_right() {
    String link = invite().path("link").asText();
    String page = run("curl -sS --cacert root.pem " + link).succeeded().out();
    List<String> codes =
        CODE.matcher(page).results().map(found -> unescaped(found.group(1))).toList();
    assertThat(codes).hasSize(2);
    run(codes.get(1)).succeeded();
    assertThat(run("cat me.crt").out()).contains("BEGIN CERTIFICATE");

    TOOLS.prepare("Java", desk, this::local);
    String tools =
        local(codes.getFirst().replace("certificate.p12", "alice.p12"))
            .replace("the password above", Postern.PASSPHRASE)
            .replace("@me.options …", "@me.options Hello.java")
            .replace("clone https://…", local("clone https://git.example.com/project.git"));
    assertThat(tools).doesNotContain("…");
    Program.Outcome outcome = run(tools.replace("http --verify", "http --ignore-stdin --verify"));
    outcome.succeeded();
    // Python and Node print the status alone, git a folder.
    assertThat(outcome.out().split(HELLO, -1)).as(outcome.out()).hasSize(5);
    assertThat(outcome.out().lines().filter("200"::equals)).hasSize(3);
    assertThat(run("git -C project log").out()).contains(HELLO);
  }

  private static String unescaped(String html) {
    return html.replaceAll("<[^>]*>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  @Test
  void a_key_on_a_card_signs_in_with_its_pin_alone() throws IOException {
    Files.writeString(
        desk.resolve("softhsm2.conf"),
        "directories.tokendir = " + Files.createDirectory(desk.resolve("tokens")) + "\n");
    run(CARDS.prepare("A card to try it with", desk, this::local)).succeeded();
    JsonNode invitation = invite();
    var made = run(CARDS.prepare("From the key to the certificate", desk, withLink(invitation)));
    assertThat(made.succeeded().out()).contains("never extractable", "UID=alice, CN=Alice");
    assertThat(state(invitation)).isEqualTo("used");

    String signIn = CARDS.prepare("Sign in with it", desk, this::local);
    var signedIn = run(signIn + "git -C project log");
    assertThat(signedIn.succeeded().out().split(HELLO, -1)).as(signedIn.out()).hasSize(3);

    run("rm -rf project .gitconfig").succeeded();
    assertThat(signIn).contains("pin-value=123456");
    var wrong = run(signIn.replace("pin-value=123456", "pin-value=654321"));
    assertThat(said(wrong.failed())).contains("403").doesNotContain(HELLO);
    // Git by itself: the script above ended with wget.
    String git = signIn.substring(signIn.indexOf("git config"));
    assertThat(said(run(git.replace("pin-value=123456", "pin-value=654321")).failed()))
        .contains("error reading X.509 key");
    run("test ! -e project").succeeded();
  }
}
