package dev.postern.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other people's test vectors through {@code --batch}, read from beside the project and never
 * committed to it. Every miss needs a reason in {@code path-vectors-exceptions.txt}, and an
 * excepted case that passes needs to lose it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class VectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** "at" absent means today; the day is fixed so that the answer is. */
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.parse("2026-11-23T00:00:00Z"));

  /** One case, whatever it holds. */
  private static final Duration SLOWEST = Duration.ofSeconds(10);

  @ParameterizedTest
  @ValueSource(strings = {"limbo-core-half", "pkits", "bettertls-sample", "x509test"})
  void every_case_is_answered_as_expected_or_excepted_with_a_reason(String set) throws Exception {
    Map<String, String> exceptions = exceptions(set);
    Map<String, String> unexplained = new TreeMap<>();
    List<JsonNode> cases = cases(set);
    List<JsonNode> answers = answers(new PathQuestion(new Verifier(), NOW), cases);
    for (int i = 0; i < cases.size(); i++) {
      JsonNode answer = answers.get(i);
      String id = cases.get(i).path("id").asText();
      assertThat(answer.path("id").asText()).isEqualTo(id);
      boolean asExpected = answer.path("result").equals(cases.get(i).path("expected"));
      if (asExpected == exceptions.containsKey(id)) {
        unexplained.put(id, (asExpected ? "excepted, but passes: " : "missed: ") + answer);
      }
      assertThat(answer.path("ms").asDouble()).as(id).isLessThan((double) SLOWEST.toMillis());
      exceptions.remove(id);
    }
    assertThat(unexplained).isEmpty();
    assertThat(exceptions).as("exceptions for cases that are not there").isEmpty();
  }

  @Test
  void every_published_PBMAC1_file_is_opened_or_refused_as_published() throws Exception {
    Path file = folder().resolve("p12-pbmac1.json");
    assumeTrue(Files.exists(file), () -> "no test vectors at " + file.toAbsolutePath());
    List<JsonNode> cases = new ArrayList<>();
    JSON.readTree(file.toFile()).path("tests").forEach(cases::add);
    assertThat(cases).hasSize(10);
    List<JsonNode> answers = answers(new Pkcs12Question(), cases);
    for (int i = 0; i < cases.size(); i++) {
      assertThat(answers.get(i).path("result"))
          .as("%s", answers.get(i))
          .isEqualTo(cases.get(i).path("expected"));
    }
  }

  private static List<JsonNode> answers(Question question, List<JsonNode> cases) throws Exception {
    String in = String.join("\n", cases.stream().map(JsonNode::toString).toList()) + "\n";
    var out = new ByteArrayOutputStream();
    new Batch(question, new PrintStream(out, true, StandardCharsets.UTF_8))
        .run(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)));
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).split("\n")) {
      answers.add(JSON.readTree(line));
    }
    assertThat(answers).hasSameSizeAs(cases);
    return answers;
  }

  private static Path folder() {
    String named = System.getenv("POSTERN_VECTORS");
    return Path.of(named == null ? "../shared/vectors" : named);
  }

  private static List<JsonNode> cases(String set) throws IOException {
    Path file = folder().resolve(set + ".jsonl.gz");
    assumeTrue(Files.exists(file), () -> "no test vectors at " + file.toAbsolutePath());
    List<JsonNode> cases = new ArrayList<>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        cases.add(JSON.readTree(line));
      }
    }
    return cases;
  }

  /** {@code id reason} lines; {@code #} starts a comment. */
  private static Map<String, String> exceptions(String set) throws IOException {
    Map<String, String> exceptions = new TreeMap<>();
    try (var in = VectorsTest.class.getResourceAsStream("/path-vectors-exceptions.txt")) {
      assertThat(in).isNotNull();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.startsWith(set + " ")) {
          String[] fields = line.split(" +", 3);
          assertThat(fields).as("a reason for " + line).hasSize(3);
          exceptions.put(fields[1], fields[2]);
        }
      }
    }
    return exceptions;
  }
}
