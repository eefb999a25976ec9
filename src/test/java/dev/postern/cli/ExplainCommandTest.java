package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.fakes.TestAuthority;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over the configuration that init writes: /health for anyone, /admin for admins, users else. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExplainCommandTest {
  private static final String WIKI = "https://wiki.example.com";

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void setUp() throws IOException {
    shell = Shell.initialised(folder);
  }

  private String certificateOf(String user) throws Exception {
    shell.run("issue", "client", user, "--out", shell.path(user + ".p12").toString()).succeeded();
    JsonNode list = new ObjectMapper().readTree(shell.run("list", "--json").succeeded().out());
    String serial = list.findValuesAsText("serial").getFirst();
    String text = shell.run("show", "--pem", serial).succeeded().out();
    return Files.writeString(shell.path(user + ".pem"), text).toString();
  }

  private String denied(String... words) {
    var outcome = shell.run(words);
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.out()).startsWith("Denied");
    return outcome.out();
  }

  @Test
  void it_says_which_rule_lets_whom_in() throws Exception {
    String cert = certificateOf("alice");
    assertThat(shell.run("explain", "--cert", cert, WIKI + "/page").succeeded().out())
        .startsWith("Allowed")
        .contains("alice (groups staff)", "/** → users", "GET wiki.example.com/page");
    assertThat(denied("explain", "--cert", cert, WIKI + "/admin/x"))
        .contains(
            "not-permitted",
            "/admin/** → group:admins",
            "You are signed in, but not permitted to enter here.");
  }

  @Test
  void it_tells_the_words_of_the_refusal_page() throws Exception {
    assertThat(denied("explain", WIKI + "/"))
        .contains("no-certificate", "You need a certificate to enter here, and none was shown.");
    assertThat(shell.run("explain", WIKI + "/health").succeeded().out()).contains("→ anyone");
    String stranger = shell.path("stranger.pem").toString();
    Files.writeString(Path.of(stranger), Pem.write(TestAuthority.root("Root").clientOf("alice")));
    assertThat(denied("explain", "--cert", stranger, WIKI + "/")).contains("untrusted-issuer");
  }

  @Test
  void what_the_page_advises_depends_on_who_can_help() throws Exception {
    String cert = certificateOf("alice");
    shell.run("revoke", cert, "--reason", "superseded").succeeded();
    assertThat(denied("explain", "--cert", cert, WIKI + "/"))
        .contains("Your certificate has been revoked.", "A new one needs an invitation");
  }

  @Test
  void an_administrator_is_told_what_would_let_them_in() throws Exception {
    String cert = certificateOf("alice");
    assertThat(denied("explain", "--cert", cert, WIKI + "/admin/x"))
        .contains("As admin", "postern group add admins alice");
    shell.run("group", "add", "admins", "alice").succeeded();
    shell.run("explain", "--cert", cert, WIKI + "/admin/x").succeeded();

    assertThat(denied("explain", WIKI + "/")).contains("As admin     postern invite USER");
    shell.run("suspend", cert).succeeded();
    String held = denied("explain", "--cert", cert, WIKI + "/");
    assertThat(held).contains("User         alice", "As admin     postern release ");
    String release =
        held.substring(held.indexOf("postern release ") + 16).lines().findFirst().orElseThrow();
    shell.run("release", release).succeeded();
    shell.run("explain", "--cert", cert, WIKI + "/").succeeded();
    shell.run("revoke", cert, "--reason", "keyCompromise").succeeded();
    assertThat(denied("explain", "--cert", cert, WIKI + "/"))
        .contains(
            "User         alice", "As admin     postern invite alice, for another certificate");
  }

  @Test
  void a_disabled_user_is_denied_and_it_says_so() throws Exception {
    String cert = certificateOf("bob");
    shell.run("explain", "--cert", cert, WIKI + "/").succeeded();
    shell.run("user", "disable", "bob").succeeded();
    assertThat(denied("explain", "--cert", cert, WIKI + "/")).contains("user-disabled", "bob");
    String page = shell.run("explain", "--json", "--cert", cert, WIKI + "/").out();
    String words = new ObjectMapper().readTree(page).path("why").asText();
    assertThat(denied("explain", "--user", "bob", WIKI + "/")).contains("user-disabled", words);
    shell.run("explain", "--user", "bob", WIKI + "/health").succeeded();
  }

  @Test
  void a_user_can_be_asked_about_without_a_certificate() {
    shell.run("explain", "--user", "alice", WIKI + "/").succeeded();
    assertThat(denied("explain", "--user", "alice", WIKI + "/admin/"))
        .contains("group:admins", "You are signed in, but not permitted to enter here.");
    shell.run("explain", "--user", "nobody", WIKI + "/").failedInOneLine(2);
  }

  @Test
  void postern_s_own_hosts_are_known_too() {
    shell.run("explain", "--user", "alice", "https://me.example.com/").succeeded();
    shell.run("explain", "https://enrol.example.com/").succeeded();
    assertThat(denied("explain", "--user", "alice", "https://admin.example.com/"))
        .contains("group:postern-admins");
    assertThat(denied("explain", "https://me.example.com/")).contains("no-certificate");
    shell.run("group", "add", "postern-auditors", "alice").succeeded();
    shell.run("explain", "--user", "alice", "https://admin.example.com/").succeeded();
    assertThat(
            denied("explain", "--user", "alice", "--method", "POST", "https://admin.example.com/"))
        .contains("not-permitted");
  }

  @Test
  void json_has_the_same() throws Exception {
    var outcome = shell.run("explain", "--json", "--method", "post", WIKI + "/admin/");
    assertThat(outcome.exit()).isEqualTo(1);
    JsonNode json = new ObjectMapper().readTree(outcome.out());
    assertThat(json.path("allowed").asBoolean(true)).isFalse();
    assertThat(json.path("code").asText()).isEqualTo("no-certificate");
    assertThat(json.path("method").asText()).isEqualTo("POST");
    assertThat(json.path("rules").get(0).asText()).contains("group:admins");
  }

  @Test
  void an_address_without_a_site_or_with_two_readings_is_refused() {
    assertThat(shell.run("explain", "https://nowhere.test/").failedInOneLine(2))
        .contains("there is no site nowhere.test");
    shell.run("explain", WIKI + "/a/../b").failedInOneLine(1);
    shell.run("explain", "http://[").failedInOneLine(2);
  }
}
