package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.config.ConfigFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** What the README shows is what the program takes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND =
      Pattern.compile("^\\$ (?:\\./)?postern (.*?)(?: +#.*)?$", Pattern.MULTILINE);
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  private static List<String> blocks(String language) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      if (matcher.group(1).equals(language)) {
        blocks.add(matcher.group(2));
      }
    }
    assertThat(blocks).as("blocks of %s", language).isNotEmpty();
    return blocks;
  }

  @Test
  void its_configuration_is_accepted() throws Exception {
    List<String> yaml = blocks("yaml");
    for (String part : yaml) {
      String whole = part.startsWith("name:") ? part : yaml.getFirst() + part;
      assertThat(ConfigFile.parse(whole.getBytes(StandardCharsets.UTF_8), Path.of("/etc/postern")))
          .as(whole)
          .isInstanceOf(ConfigFile.Accepted.class);
    }
  }

  @Test
  void its_commands_are_understood() throws Exception {
    var nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    var commandLine =
        Main.commandLine(new Terminal(InputStream.nullInputStream(), nowhere, nowhere, Ansi.OFF));
    int seen = 0;
    for (String block : blocks("console")) {
      Matcher matcher = COMMAND.matcher(block);
      while (matcher.find()) {
        String[] words = words(matcher.group(1));
        if (!words[0].equals("test")) { // the launcher's own
          assertThatCode(() -> commandLine.parseArgs(words))
              .as(matcher.group())
              .doesNotThrowAnyException();
          seen++;
        }
      }
    }
    assertThat(seen).isGreaterThanOrEqualTo(5);
  }

  @Test
  void a_command_that_is_none_would_be_noticed() {
    var nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    var commandLine =
        Main.commandLine(new Terminal(InputStream.nullInputStream(), nowhere, nowhere, Ansi.OFF));
    assertThatThrownBy(() -> commandLine.parseArgs(words("usr add alice")))
        .isInstanceOf(ParameterException.class);
  }

  private static String[] words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return words.toArray(String[]::new);
  }
}
