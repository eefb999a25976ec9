package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportCommandTest {
  @TempDir private Path folder;
  private Shell shell;

  /** With alice (staff) and bob. */
  @BeforeEach
  void setUp() throws IOException {
    shell = Shell.initialised(folder);
  }

  private String file(String text) throws IOException {
    return Files.writeString(shell.path("users.csv"), text).toString();
  }

  private JsonNode users() throws IOException {
    return new ObjectMapper().readTree(shell.run("user", "list", "--json").succeeded().out());
  }

  @Test
  void a_list_becomes_users() throws Exception {
    String csv =
        file(
            "name,display_name,email,groups\n"
                + "carol,\"Jones, Carol\",carol@example.com,staff;admins\n"
                + "dave,,,\n");
    assertThat(shell.run("import", csv, "--dry-run").succeeded().out())
        .contains("Would import", "2 added", "nothing was written");
    assertThat(users()).hasSize(2);
    assertThat(shell.run("import", csv).succeeded().out()).contains("2 added, 0 changed");
    JsonNode all = users();
    assertThat(all).hasSize(4);
    assertThat(all.get(2).toString())
        .contains("\"Jones, Carol\"", "carol@example.com", "[\"admins\",\"staff\"]", "enabled");
    assertThat(all.get(3).get("displayName").asText()).isEqualTo("Dave");
  }

  @Test
  void a_list_makes_administrators_only_when_that_is_wished() throws Exception {
    String csv = file("name,groups\nmallory,staff;Postern-Admins\neve,postern-auditors\n");
    var outcome = shell.run("import", csv);
    outcome.failed(1);
    assertThat(outcome.err())
        .contains("line 2: mallory would be in postern-admins; --roles allows that")
        .contains("line 3: eve would be in postern-auditors");
    assertThat(users()).hasSize(2);
    shell.run("import", csv, "--roles").succeeded();
    assertThat(users()).hasSize(4);
  }

  @Test
  void every_problem_is_said_with_its_line_and_nothing_is_written() throws Exception {
    String csv =
        file(
            "name,display_name,email,groups\n"
                + "carol,Carol,carol@example.com,staff\n"
                + "no spaces,X,not an address,a/b\n"
                + "CAROL,Again,,\n"
                + "alice,Alice,,\n"
                + "dave,Dave,alice@example.com,\n"
                + "erin,Erin,CAROL@example.com,\n"
                + "frank\n");
    for (String option : new String[] {"--dry-run", "--json"}) {
      var outcome = shell.run("import", csv, option);
      outcome.failed(1);
      assertThat(outcome.err())
          .contains("line 3: a user's name is")
          .contains("line 3: not an e-mail address")
          .contains("line 3: a group's name is")
          .contains("line 4: user CAROL stands in line 2 already")
          .contains("line 5: there is a user alice already")
          .contains("line 6: the e-mail address alice@example.com is in line 5 already")
          .contains("line 7: the e-mail address CAROL@example.com is in line 2 already")
          .contains("line 8: has 1 fields")
          .contains("nothing was imported");
    }
    assertThat(users()).hasSize(2);
  }

  @Test
  void those_who_exist_are_brought_up_to_date_when_asked() throws Exception {
    shell.run("user", "disable", "bob").succeeded();
    String csv =
        file("name,display_name,groups\nAlice,Alice Smith,admins STAFF\nbob,,\ncarol,,staff\n");
    JsonNode told =
        new ObjectMapper()
            .readTree(shell.run("import", csv, "--update", "--json").succeeded().out());
    assertThat(told.toString())
        .isEqualTo("{\"added\":1,\"changed\":1,\"unchanged\":1,\"dryRun\":false}");
    JsonNode all = users();
    assertThat(all.get(0).toString())
        .contains("\"alice\"", "Alice Smith", "alice@example.com", "[\"admins\",\"staff\"]");
    assertThat(all.get(1).get("state").asText()).isEqualTo("disabled");
  }

  @Test
  void a_list_may_come_on_standard_input() throws Exception {
    Shell.fed("name\ncarol\n", "import", "-", "--config", shell.config().toString()).succeeded();
    assertThat(users()).hasSize(3);
    Shell.fed("", "import", "-", "--config", shell.config().toString()).failedInOneLine(2);
  }

  @Test
  void an_unknown_column_and_a_missing_file_are_wrong_usage() throws Exception {
    assertThat(shell.run("import", file("name,role\n")).failedInOneLine(2)).contains("\"role\"");
    assertThat(shell.run("import", "nowhere.csv").failedInOneLine(2)).contains("no file");
  }

  @Test
  void somebody_who_looks_on_sees_a_bar_and_a_program_does_not() {
    var screen = new ByteArrayOutputStream();
    var out = new PrintStream(screen, true, StandardCharsets.UTF_8);
    for (boolean watched : new boolean[] {true, false}) {
      screen.reset();
      var terminal = new Terminal(InputStream.nullInputStream(), out, out, Ansi.OFF, watched);
      try (var progress = terminal.progress("Importing", 5000)) {
        progress.accept(5000);
      }
      try (var progress = terminal.progress("Briefly", 5)) {
        progress.accept(5);
      }
      String seen = screen.toString(StandardCharsets.UTF_8);
      assertThat(seen.contains("Importing") && seen.contains("100%")).isEqualTo(watched);
      assertThat(seen).doesNotContain("Briefly");
    }
  }
}
