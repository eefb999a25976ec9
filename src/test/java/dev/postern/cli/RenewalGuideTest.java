package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** What docs/renewal.md shows is what the program takes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RenewalGuideTest {
  private static final Pattern COMMAND =
      Pattern.compile("^(?:\\$ |ExecStart=/usr/local/bin/)postern (.*)$", Pattern.MULTILINE);

  @Test
  void its_commands_are_understood() throws Exception {
    var nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    var commandLine =
        Main.commandLine(new Terminal(InputStream.nullInputStream(), nowhere, nowhere, Ansi.OFF));
    Matcher matcher = COMMAND.matcher(Files.readString(Path.of("docs/renewal.md")));
    int seen = 0;
    while (matcher.find()) {
      assertThatCode(() -> commandLine.parseArgs(matcher.group(1).split(" ")))
          .as(matcher.group())
          .doesNotThrowAnyException();
      seen++;
    }
    assertThat(seen).isEqualTo(2);
  }

  @Test
  void every_command_that_many_people_need_has_an_example() {
    for (String command : new String[] {"init", "import", "invite", "invitation", "renew"}) {
      assertThat(Shell.exactly(command, "--help").succeeded().out())
          .as(command)
          .contains("Example:");
    }
  }
}
