package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MainTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
  private final Terminal terminal =
      new Terminal(InputStream.nullInputStream(), stream, stream, Ansi.OFF);

  @Test
  void every_command_is_found_under_the_name_that_it_bears() {
    Map<String, CommandLine> all = Main.commandLine(terminal).getSubcommands();
    assertThat(all).hasSizeGreaterThan(25);
    all.forEach((name, command) -> {
      boolean aboutOthers = name.equals("help") || name.equals("completion");
      assertThat(Main.needed(name)).as(name).hasSize(aboutOthers ? all.size() : 1);
      if (!aboutOthers) {
        assertThat(Main.needed(name))
            .as(name)
            .containsExactly(command.getCommandSpec().userObject().getClass());
      }
    });
  }

  @Test
  void without_the_name_of_a_command_all_are_looked_at() {
    int all = Main.commandLine(terminal).getSubcommands().size();
    assertThat(Main.needed()).hasSize(all);
    assertThat(Main.needed("--help")).hasSize(all);
    assertThat(Main.needed("sevre")).hasSize(all);
    assertThat(Main.needed("--version")).isEmpty();
  }

  @Test
  void a_mistyped_command_is_met_with_the_one_that_was_meant() {
    assertThat(Main.run(terminal, "serv")).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("Did you mean: serve?");
    said.reset();
    assertThat(Main.run(terminal, "sreve")).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("Did you mean: serve?");
    said.reset();
    assertThat(Main.run(terminal, "xyzzy")).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("Did you mean: serve");
  }

  @Test
  void the_warm_up_is_no_command_for_people() {
    assertThat(Main.run(terminal, "--help")).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("serve").doesNotContain("warm-up");
  }

  @Test
  @Tag("slow")
  void the_warm_up_serves_visitors_and_leaves_nothing_behind() throws Exception {
    assertThat(Main.run(terminal, "warm-up", "--visits", "300")).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      String own = "postern-warm-up" + ProcessHandle.current().pid() + "-";
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(n -> n.startsWith(own));
    }
  }
}
