package dev.postern.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.x509.SerialNumber;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerCrashIT {
  private static final int ROUNDS = 20;

  @TempDir Path folder;

  /** Two processes write at once; both are killed after a random number of certificates. */
  @Test
  void whatever_was_acknowledged_before_kill_9_is_in_the_ledger() throws Exception {
    Path file = folder.resolve("postern.db");
    List<String> acknowledged = new ArrayList<>();
    Random random = new Random(9);
    for (int round = 0; round < ROUNDS; round += 2) {
      Process one = start(file);
      Process two = start(file);
      try {
        acknowledged.addAll(some(one, 1 + random.nextInt(40)));
        acknowledged.addAll(some(two, 1 + random.nextInt(40)));
      } finally {
        acknowledged.addAll(killed(one));
        acknowledged.addAll(killed(two));
      }
    }
    try (SqlLedger ledger = SqlLedger.open(file, InstantSource.system())) {
      for (String line : acknowledged) {
        String[] parts = line.split(" ");
        assertThat(ledger.withSerial(SerialNumber.ofHex(parts[0])))
            .as("serial %s", parts[0])
            .hasValueSatisfying(
                entry -> assertThat(entry.certificate().fingerprint().hex()).isEqualTo(parts[1]));
      }
      assertThat(acknowledged).doesNotHaveDuplicates().hasSizeGreaterThan(ROUNDS);
      // At most one intent and one completed but unprinted certificate for each killed process.
      assertThat(ledger.abandoned(Instant.now().plusSeconds(60))).hasSizeLessThanOrEqualTo(ROUNDS);
      assertThat(issued(ledger)).isBetween(acknowledged.size(), acknowledged.size() + ROUNDS);
    }
  }

  private static int issued(SqlLedger ledger) {
    int count = 0;
    CertificateQuery query = CertificateQuery.ALL.limit(1000);
    Page page = ledger.list(query);
    count += page.entries().size();
    while (page.next().isPresent()) {
      page = ledger.list(query.after(page.next().get()));
      count += page.entries().size();
    }
    return count;
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            Issuing.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static List<String> some(Process process, int count) throws IOException {
    List<String> lines = new ArrayList<>();
    BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      String line = reader.readLine();
      assertThat(line).as("the child goes on until it is killed").isNotNull();
      lines.add(line);
    }
    return lines;
  }

  /** What it had said before it died; half a line was not said. */
  private static List<String> killed(Process process) throws Exception {
    // Through the handle: Process.destroyForcibly would throw away what is still in the pipe.
    process.toHandle().destroyForcibly();
    process.waitFor();
    return process
        .inputReader(StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> line.matches("[0-9a-f]{32} [0-9a-f]{64}"))
        .toList();
  }
}
