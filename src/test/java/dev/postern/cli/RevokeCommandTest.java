package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RevokeCommandTest {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void setUp() throws Exception {
    shell = Shell.initialised(folder);
    shell.run("issue", "client", "alice", "--out", shell.path("a.p12").toString()).succeeded();
  }

  private String revoke(String... more) {
    String[] words = new String[more.length + 2];
    words[0] = "revoke";
    words[1] = "alice";
    System.arraycopy(more, 0, words, 2, more.length);
    return shell.run(words).succeeded().out();
  }

  private JsonNode json(String reason) throws Exception {
    return new ObjectMapper().readTree(revoke("--json", "--reason", reason)).get(0);
  }

  @Test
  void a_compromise_becomes_the_reason_later_and_the_date_stays() throws Exception {
    JsonNode first = json("superseded");
    JsonNode second = json("keyCompromise");
    assertThat(second.path("changed").asBoolean()).isTrue();
    assertThat(second.path("revocationReason").asText()).isEqualTo("keyCompromise");
    assertThat(second.path("revokedAt")).isEqualTo(first.path("revokedAt"));
  }

  @Test
  void another_reason_does_not_and_that_is_said() throws Exception {
    assertThat(json("superseded").path("changed").asBoolean(false)).isTrue();
    JsonNode second = json("affiliationChanged");
    assertThat(second.path("changed").asBoolean(true)).isFalse();
    assertThat(second.path("revocationReason").asText()).isEqualTo("superseded");
    assertThat(revoke("--reason", "affiliationChanged"))
        .startsWith("Revoked before, as superseded; the reason stays: …");
    assertThat(revoke("--reason", "superseded")).startsWith("Revoked before: …");
    assertThat(revoke()).startsWith("Revoked before: …");
  }

  @Test
  void a_typing_error_in_a_rule_keeps_nobody_from_revoking() throws Exception {
    String good = Files.readString(shell.config());
    Files.writeString(shell.config(), good + "rubbish: 1\n");
    var revoked = shell.run("revoke", "alice").succeeded();
    assertThat(revoked.out()).startsWith("Revoked …");
    assertThat(revoked.err()).contains("warning: ", "rubbish: is not a key here", "postern-data");
    assertThat(shell.run("user", "disable", "bob").succeeded().err()).contains("rubbish");

    assertThat(shell.run("issue", "client", "bob", "--out", shell.path("b.p12").toString()).exit())
        .as("what issues reads the whole file")
        .isEqualTo(2);
  }

  @Test
  void a_ledger_that_is_not_named_right_is_not_guessed_at() throws Exception {
    Files.writeString(shell.config(), Files.readString(shell.config()) + "data: [1]\n");
    var refused = shell.run("revoke", "alice");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("data: ");
    assertThat(refused.out()).isEmpty();

    String misspelt = Files.readString(shell.config()).replace("data: [1]\n", "");
    Files.writeString(shell.config(), misspelt.replace("data:", "dta:"));
    assertThat(shell.run("revoke", "alice").failedInOneLine(2)).contains("dta: is not a key here");
  }
}
