package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

/**
 * Certificates over the API, with curl: root is an administrator, audrey an auditor, alice neither.
 * And {@code docs/issuing.md}, as it is written.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssueIT {
  private static final Recipes GUIDE = Recipes.of("issuing.md");
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ISSUE = "/api/v1/certificates";

  /** More than can be issued before the kill. */
  private static final int LOAD = 3000;

  @TempDir private static Path folder;

  private Installation installation;
  private Served served;

  @BeforeAll
  void install() throws IOException {
    installation = Installation.in(folder);
    installation.user("root", " --group postern-admins");
    installation.user("audrey", " --group postern-auditors");
    installation.postern.succeeds("user add carol");
    installation.postern.succeeds("user disable carol");
    installation.configureWithPages(
        "http://127.0.0.1:9", "http://127.0.0.1:9", Installation.SITE_RULES);
    request("good", "ec -pkeyopt ec_paramgen_curve:P-256", "");
    request("short", "rsa:1024", "");
    request("server", "ec -pkeyopt ec_paramgen_curve:P-256", " -addext subjectAltName=DNS:a.test");
    Files.copy(installation.root(), folder.resolve("root.pem"));
    shell("openssl pkcs12 -in root.p12 -nodes -passin file:passphrase -out admin.pem");
    served = installation.serve();
  }

  @AfterAll
  void end() {
    served.close();
  }

  private static Program.Outcome shell(String line) {
    return Program.in(folder).shell("set -e\n" + line).succeeded();
  }

  private static void request(String name, String key, String further) {
    shell(
        "openssl req -new -newkey %2$s -noenc -subj /CN=b.test -keyout %1$s.key -out %1$s.csr%3$s"
            .formatted(name, key, further));
  }

  private record Answer(int status, String body, String location) {
    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(body, e);
      }
    }

    List<String> fields() {
      return json().path("errors").findValuesAsText("field");
    }
  }

  private Answer issue(String who, Map<String, ?> order) {
    return issue(who, json(order));
  }

  private static String json(Map<String, ?> order) {
    try {
      return MAPPER.writeValueAsString(order);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer issue(String who, String body, String... further) {
    try {
      Files.writeString(folder.resolve("body.json"), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> words = curl(who);
    words.addAll(List.of("--json", "@body.json", "-w", "\n%{http_code} %header{location}"));
    words.addAll(List.of(further));
    words.add(served.own("admin", ISSUE));
    String out = Program.in(folder).run(words.toArray(String[]::new)).succeeded().out();
    int end = out.lastIndexOf('\n');
    String[] last = out.substring(end + 1).split(" ", 2);
    return new Answer(Integer.parseInt(last[0]), out.substring(0, end), last[1]);
  }

  private List<String> curl(String who) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
    words.addAll(List.of("--resolve", "*:" + served.port() + ":127.0.0.1"));
    words.addAll(List.of("--cacert", "root.pem"));
    words.addAll(Served.p12(who));
    return words;
  }

  private JsonNode get(String address) {
    List<String> words = curl("root");
    words.add(served.own("admin", address));
    try {
      return MAPPER.readTree(Program.in(folder).run(words.toArray(String[]::new)).out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String csr(String name) {
    try {
      return Files.readString(folder.resolve(name + ".csr"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> client(String user) {
    return Map.of("csr", csr("good"), "profile", "client", "user", user);
  }

  @Test
  void what_was_issued_signs_in_and_stands_in_the_audit_trail() throws Exception {
    Answer answer = issue("root", client("alice"));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    JsonNode made = answer.json();
    Files.writeString(
        folder.resolve("good.pem"), made.get("pem").textValue() + made.get("chain").textValue());
    List<String> who = List.of("--cert", "good.pem", "--key", "good.key");
    assertThat(served.curl(who, "/", "-o", "/dev/null", "-w", "%{http_code}").out())
        .as("admitted, to a site that is down")
        .isEqualTo("502");
    assertThat(answer.location()).isEqualTo(ISSUE + "/" + made.get("serial").textValue());
    JsonNode shown = get(answer.location());
    assertThat(shown.get("user").textValue()).isEqualTo("alice");
    assertThat(shown.get("requester").textValue()).startsWith("admin:root@");
    assertThat(shown.get("history").findValuesAsText("kind"))
        .containsExactly("certificate.intended", "certificate.issued");
  }

  @Test
  void whoever_is_no_administrator_issues_nothing() {
    long before = get("/api/v1/events?limit=1").at("/items/0/position").longValue();
    assertThat(issue("audrey", client("alice")).status()).isEqualTo(403);
    assertThat(issue("alice", client("alice")).status()).isEqualTo(403);
    assertThat(issue("root", json(client("alice")), "-H", "Origin: https://else.test").status())
        .isEqualTo(403);
    assertThat(get("/api/v1/events?limit=1").at("/items/0/position").longValue()).isEqualTo(before);
  }

  @Test
  void a_server_is_certified_as_by_the_command() {
    Answer answer = issue("root", Map.of("csr", csr("server"), "profile", "server"));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().get("names").get(0).textValue()).isEqualTo("DNS:a.test");
    Answer named =
        issue(
            "root",
            Map.of("csr", csr("good"), "profile", "server", "names", List.of("dns:c.test")));
    assertThat(named.json().get("names").get(0).textValue()).isEqualTo("DNS:c.test");
    Answer old = issue("root", Map.of("csr", csr("good"), "profile", "server"));
    assertThat(old.json().get("names").get(0).textValue()).isEqualTo("DNS:b.test");
    Answer users =
        issue("root", Map.of("csr", csr("server"), "profile", "server", "user", "alice"));
    assertThat(users.status()).isEqualTo(422);
    assertThat(users.fields()).containsExactly("user");
  }

  @Test
  void what_is_bad_is_named_all_at_once() {
    Answer weak =
        issue(
            "root",
            Map.of("csr", csr("short"), "profile", "client", "user", "alice", "validity", "10y"));
    assertThat(weak.status()).isEqualTo(422);
    assertThat(weak.fields()).contains("publicKey", "validity");
    Answer much = issue("root", Map.of("csr", "MAA=", "profile", "root", "names", List.of("x:y")));
    assertThat(much.fields()).containsExactly("csr", "profile", "names");
    for (String user : List.of("nobody", "carol")) {
      Answer answer = issue("root", client(user));
      assertThat(answer.status()).as(user).isEqualTo(422);
      assertThat(answer.fields()).containsExactly("user");
    }
    assertThat(issue("root", "{\"csr\":").status()).isEqualTo(400);
    assertThat(issue("root", "{\"csr\":\"" + "A".repeat(200_000) + "\"}").status()).isEqualTo(413);
  }

  @Test
  void with_a_key_it_is_done_once() {
    String order = json(client("bob"));
    Answer first = issue("root", order, "-H", "Idempotency-Key: once");
    Answer again = issue("root", order, "-H", "Idempotency-Key: once");
    assertThat(again).isEqualTo(first);
    assertThat(issue("root", order).body()).isNotEqualTo(first.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"A server certificate", "A certificate for a user"})
  void the_guide_is_true(String heading) throws Exception {
    Path desk = Files.createTempDirectory(folder, "desk");
    for (String file : List.of("root.pem", "admin.pem")) {
      Files.copy(folder.resolve(file), desk.resolve(file));
    }
    String here = served.own("admin", "");
    String script =
        GUIDE
            .prepare(heading, desk, text -> text.replace("https://admin.example.com", here))
            .replace("curl ", "curl --resolve '*:" + served.port() + ":127.0.0.1' ");
    Program.in(desk).shell("set -e\n" + script).succeeded();
    String made = heading.contains("server") ? "wiki.pem" : "alice.pem";
    String verify = "openssl verify -CAfile root.pem -untrusted %1$s %1$s".formatted(made);
    Program.in(desk).shell(verify).succeeded();
    assertThat(
            Program.in(desk)
                .shell("set -e\n" + script.replace("--cert admin.pem ", ""))
                .failed()
                .exit())
        .as("without a certificate, curl says so")
        .isEqualTo(22);
  }

  /** Thousands are asked for at once, and the server is killed in the middle of it. */
  @Test
  void kill_9_loses_nothing_that_was_answered() throws Exception {
    var other = Installation.in(Files.createDirectory(folder.resolve("killed")));
    other.user("root", " --group postern-admins");
    other.configureWithPages("http://127.0.0.1:9", "http://127.0.0.1:9", Installation.SITE_RULES);
    Set<String> answered;
    try (Served victim = other.serve()) {
      answered = answeredUntilKilled(other, victim);
    }
    assertThat(answered).hasSizeBetween(100, LOAD - 1);
    try (Served next = other.serve()) {
      String list = other.postern.succeeds("list --json --limit 1000").out();
      Set<String> known = new HashSet<>(MAPPER.readTree(list).findValuesAsText("serial"));
      for (String location : answered) {
        String serial = location.substring(location.lastIndexOf('/') + 1);
        assertThat(
                known.contains(serial)
                    || other.postern.run("show " + serial + " --json").exit() == 0)
            .as(serial)
            .isTrue();
      }
      assertThat(next.status("alice", "/health")).isEqualTo("502");
    }
  }

  private Set<String> answeredUntilKilled(Installation other, Served victim) throws Exception {
    Path config = other.path("load");
    Path body = other.path("body.json");
    Files.writeString(body, json(client("alice")));
    var text = new StringBuilder();
    for (int i = 0; i < LOAD; i++) {
      text.append(i == 0 ? "" : "next\n")
          .append("url = \"%s\"\n".formatted(victim.own("admin", ISSUE)))
          .append("resolve = \"*:%d:127.0.0.1\"\n".formatted(victim.port()))
          .append("cacert = \"%s\"\n".formatted(other.root()))
          .append("cert-type = \"P12\"\ncert = \"root.p12:%s\"\n".formatted(Postern.PASSPHRASE))
          .append("json = \"@body.json\"\noutput = \"/dev/null\"\nhttp1.1\nsilent\n")
          .append("write-out = \"%{http_code} %header{location}\\n\"\n");
    }
    Files.writeString(config, text);
    Path answers = other.path("answers");
    Process load =
        new ProcessBuilder("curl", "--parallel", "--parallel-max", "16", "--config", "load")
            .directory(other.path("").toFile())
            .redirectOutput(answers.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      while (!Files.exists(answers) || Files.readAllLines(answers).size() < 200) {
        assertThat(load.isAlive() || Files.readAllLines(answers).size() >= 200).isTrue();
        Soon.pause();
      }
      victim.running().process().destroyForcibly().waitFor();
      assertThat(load.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      load.destroyForcibly();
    }
    Set<String> answered = new HashSet<>();
    for (String line : Files.readAllLines(answers)) {
      if (line.startsWith("201 ")) {
        assertThat(answered.add(line.substring(4))).as("twice: %s", line).isTrue();
      }
    }
    return answered;
  }
}
