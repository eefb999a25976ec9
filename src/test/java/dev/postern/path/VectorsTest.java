package dev.postern.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationChecker;
import dev.postern.x509.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other people's test vectors, read from beside the project and never committed to it. Every miss
 * needs a reason in {@code path-vectors-exceptions.txt}, and an excepted case that passes needs to
 * lose it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class VectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** "at" absent means today; the day is fixed so that the answer is. */
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  /** One case, whatever it holds. */
  private static final Duration SLOWEST = Duration.ofSeconds(10);

  @ParameterizedTest
  @ValueSource(strings = {"limbo-core-half", "pkits", "bettertls-sample", "x509test"})
  void every_case_is_answered_as_expected_or_excepted_with_a_reason(String set) throws Exception {
    Map<String, String> exceptions = exceptions(set);
    Map<String, String> unexplained = new TreeMap<>();
    List<String> seen = new ArrayList<>();
    for (JsonNode json : cases(set)) {
      BatchRequest batch = new BatchRequest(json);
      Instant start = Instant.now();
      String answer = answer(batch);
      boolean asExpected = answer.startsWith(json.path("expected").asText());
      if (asExpected == exceptions.containsKey(batch.id())) {
        unexplained.put(batch.id(), (asExpected ? "excepted, but passes: " : "missed: ") + answer);
      }
      assertThat(Duration.between(start, Instant.now())).as(batch.id()).isLessThan(SLOWEST);
      seen.add(batch.id());
    }
    System.out.printf(
        "%s: %d of %d as expected%n", set, seen.size() - exceptions.size(), seen.size());
    assertThat(unexplained).isEmpty();
    assertThat(seen).containsAll(exceptions.keySet());
  }

  private static String answer(BatchRequest batch) {
    try {
      PathValidator validator = new PathValidator();
      PathValidator.Request request = batch.request(NOW);
      return switch (validator.validate(request)) {
        case PathValidation.Valid(VerifiedPath path) ->
            batch.wantsRevocation()
                ? word(new RevocationChecker(validator).check(path, batch.evidence(), request.at()))
                : "SUCCESS";
        case PathValidation.Invalid(PathProblem problem) ->
            "FAILURE " + problem.code().word() + ": " + problem.evidence();
      };
    } catch (MalformedException e) {
      return "FAILURE unreadable: " + e.getMessage();
    }
  }

  private static String word(PathStatus status) {
    return switch (status) {
      case PathStatus.Good _ -> "SUCCESS";
      case PathStatus.Revoked(var certificate, var how) ->
          "FAILURE revoked: " + certificate + " " + how;
      case PathStatus.Unknown(var certificate, var evidence) ->
          "FAILURE status-unknown: " + certificate + ": " + evidence;
    };
  }

  private static List<JsonNode> cases(String set) throws IOException {
    String named = System.getenv("POSTERN_VECTORS");
    Path file = Path.of(named == null ? "../shared/vectors" : named).resolve(set + ".jsonl.gz");
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
