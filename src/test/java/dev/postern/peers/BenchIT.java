package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./postern bench} builds, measures and reports. What it measures is nobody's bound here.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(400)
class BenchIT {
  private static final String LAUNCHER = Postern.HOME.resolve("postern").toString();

  @TempDir private Path folder;

  private Program bench() {
    return Program.in(folder)
        .within(Duration.ofMinutes(3))
        .with("POSTERN_JAVA", System.getProperty("java.home"));
  }

  @Test
  void postern_is_measured_beside_nginx() throws IOException {
    JsonNode results =
        new ObjectMapper()
            .readTree(
                bench()
                    .run(
                        LAUNCHER,
                        "bench",
                        "bodies",
                        "--quick",
                        "--beside",
                        "nginx",
                        "--json",
                        "--out",
                        folder.toString())
                    .succeeded()
                    .out());
    assertThat(results.path("comparisons")).hasSize(2);
    for (JsonNode comparison : results.path("comparisons")) {
      assertThat(comparison.path("samples").findValuesAsText("contender"))
          .containsExactly("Postern", "nginx");
      for (JsonNode samples : comparison.path("samples")) {
        assertThat(samples.path("median").asDouble()).isPositive();
      }
    }
    assertThat(Files.readString(folder.resolve("RESULTS.md")))
        .contains("## Large bodies, download", "| nginx |");
    assertThat(Files.readString(folder.resolve("chart.svg"))).startsWith("<svg ");
  }

  @Test
  void what_cannot_be_measured_is_one_clear_line() {
    Program.Outcome outcome = bench().run(LAUNCHER, "bench", "happiness");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err())
        .endsWith("postern: nothing to measure is called happiness; see --list\n");
  }
}
