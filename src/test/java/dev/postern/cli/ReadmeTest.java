package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Locale;
import java.util.regex.MatchResult;
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
  private static final Pattern RATIO = Pattern.compile("\\b\\d+\\.\\d\\d\\b");
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

  /** bench/results.json is the run behind bench/RESULTS.md. */
  @Test
  void its_figures_are_those_of_the_run_that_is_kept() throws Exception {
    String measured = Files.readString(Path.of("README.md")).split("\n## Measured\n")[1];
    String table = measured.substring(0, measured.indexOf("\n\nNot yet"));
    JsonNode run = new ObjectMapper().readTree(Path.of("bench/results.json").toFile());
    List<String> ratios = new ArrayList<>();
    for (String title :
        List.of(
            "Handshake + GET, known certificate, TLS 1.3",
            "Handshake + GET, known certificate, TLS 1.2",
            "Handshake + GET, first contact, TLS 1.3",
            "The first 15,000 connections after a start, TLS 1.3",
            "Relay, HTTP/1.1, 32 kept connections, 4 identity headers",
            "Relay, HTTP/2, 4 connections of 16 streams",
            "Large bodies, download",
            "Large bodies, upload",
            "OCSP by GET, remembered")) {
      ratios.add(figure("%.2f", median(run, title, "Postern") / median(run, title, "nginx")));
    }
    assertThat(RATIO.matcher(table).results().map(MatchResult::group))
        .containsExactlyElementsOf(ratios);
    assertThat(measured)
        .contains(
            figure("a start takes %.1f s,", median(run, "Start to the first", "Postern") / 1000),
            figure(
                "two cores issue %,.0f certificates a second,",
                median(run, "Issue over REST, durable, 32 clients, both cores", "Postern")),
            figure("an idle gateway has %.0f MB.", median(run, "Memory, idle", "Postern")),
            figure(
                "in force %.1f ms after their answer at the latest,",
                median(run, "Revoke over REST", "p99 after the answer")),
            figure(
                "by another process %.0f ms.",
                median(run, "Revoke in another process", "p99 after the answer")));
  }

  private static String figure(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static double median(JsonNode run, String title, String contender) {
    for (JsonNode comparison : run.get("comparisons")) {
      if (comparison.get("title").asText().startsWith(title)) {
        for (JsonNode sample : comparison.get("samples")) {
          if (sample.get("contender").asText().equals(contender)) {
            return sample.get("median").asDouble();
          }
        }
      }
    }
    throw new AssertionError("not measured: " + contender + ", " + title);
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
