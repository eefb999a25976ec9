package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code invite --all-of}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class InviteManyTest {
  @TempDir private Path folder;
  private Shell shell;
  private String links;

  /** alice (staff), bob, carol (staff), dave (staff, disabled). */
  @BeforeEach
  void setUp() throws IOException {
    shell = Shell.initialised(folder);
    links = shell.path("links.csv").toString();
    Path csv =
        Files.writeString(
            shell.path("users.csv"),
            "name,display_name,groups\ncarol,\"Jones, Carol\",staff\ndave,,staff\n");
    shell.run("import", csv.toString()).succeeded();
    shell.run("user", "disable", "dave").succeeded();
  }

  private JsonNode invitations() throws IOException {
    return new ObjectMapper().readTree(shell.run("invitation", "list", "--json").succeeded().out());
  }

  private Shell.Outcome invite(String... words) {
    var all = new java.util.ArrayList<>(List.of("invite", "--all-of"));
    all.addAll(List.of(words));
    return shell.run(all.toArray(String[]::new));
  }

  @Test
  void each_enabled_member_gets_a_link_of_their_own() throws Exception {
    String out = invite("group:staff", "--out", links, "--expires", "3d").succeeded().out();
    assertThat(out).contains("Invited:  2", links).doesNotContain("https://");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(links))))
        .isEqualTo("rw-------");
    List<String> lines = Files.readAllLines(Path.of(links));
    assertThat(lines).hasSize(3);
    assertThat(lines.getFirst()).isEqualTo("user,display_name,email,link,expires");
    assertThat(lines.get(1))
        .matches(
            "alice,Alice,alice@example.com,https://enrol\\.example\\.com:8443/i/[a-z2-7]{26},20.*Z");
    assertThat(lines.get(2)).startsWith("carol,\"Jones, Carol\",,https://");
    assertThat(lines.get(1).split(",")[3]).isNotEqualTo(lines.get(2).split(",")[4]);
    assertThat(invitations()).hasSize(2);
    assertThat(invitations().get(0).get("state").asText()).isEqualTo("open");
  }

  @Test
  void a_name_is_no_formula_in_a_spreadsheet() throws Exception {
    shell.run("user", "add", "zed", "--display-name", "=1+1", "--group", "sums").succeeded();
    invite("group:sums", "--out", links).succeeded();
    assertThat(Files.readAllLines(Path.of(links)).get(1)).startsWith("zed,'=1+1,");
  }

  @Test
  void who_has_an_open_invitation_is_skipped_unless_again() throws Exception {
    shell.run("invite", "alice").succeeded();
    JsonNode told =
        new ObjectMapper().readTree(invite("users", "--out", links, "--json").succeeded().out());
    assertThat(told.get("skipped").toString()).isEqualTo("[\"alice\"]");
    assertThat(told.get("invited")).hasSize(2);
    assertThat(Files.readString(Path.of(links)))
        .contains(told.get("invited").get(0).get("link").asText())
        .doesNotContain("alice");
    Files.delete(Path.of(links));

    assertThat(invite("users", "--out", links).succeeded().out())
        .contains("3 with an open invitation", "Nobody was invited");
    assertThat(Path.of(links)).doesNotExist();

    assertThat(invite("users", "--out", links, "--again").succeeded().out())
        .contains("Invited:  3");
    assertThat(invitations()).hasSize(6);
  }

  @Test
  void without_a_file_to_write_nobody_is_invited() throws Exception {
    Files.writeString(Path.of(links), "precious");
    assertThat(invite("users", "--out", links).failedInOneLine(2)).contains("--force");
    assertThat(Path.of(links)).hasContent("precious");
    invite("users", "--out", shell.path("no/such/folder.csv").toString()).failedInOneLine(2);
    invite("users", "--out", folder.toString()).failedInOneLine(2);
    assertThat(invitations()).isEmpty();
    invite("users", "--out", links, "--force").succeeded();
    assertThat(invitations()).hasSize(3);
  }

  @Test
  void nobody_of_a_group_that_is_not_there_or_empty_is_invited() throws Exception {
    assertThat(invite("group:nobody", "--json").failedInOneLine(1)).contains("no group nobody");
    shell.run("group", "add", "old", "dave").succeeded();
    assertThat(invite("group:old", "--json").failedInOneLine(1)).contains("nobody in group:old");
    assertThat(invite("anyone", "--json").failedInOneLine(2)).contains("users or group:NAME");
    assertThat(invite("staff", "--json").failedInOneLine(2)).contains("users or group:NAME");
    assertThat(invitations()).isEmpty();
  }

  @Test
  void options_for_one_and_for_many_do_not_mix() {
    assertThat(shell.run("invite").failedInOneLine(2)).contains("--all-of");
    assertThat(invite("users").failedInOneLine(2)).contains("--out FILE");
    assertThat(invite("users", "--json", "--device", "x").failedInOneLine(2)).contains("one USER");
    assertThat(shell.run("invite", "alice", "--out", links).failedInOneLine(2))
        .contains("--all-of");
    assertThat(invite("users", "--json", "--expires", "31d").failedInOneLine(2)).contains("30d");
    shell.run("invite", "alice", "--all-of", "users", "--json").failedInOneLine(2);
  }
}
