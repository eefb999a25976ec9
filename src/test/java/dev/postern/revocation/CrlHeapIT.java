package dev.postern.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million revoked certificates are no reason for more than 128 MB. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("alone")
class CrlHeapIT {
  private static final int MANY = 1_000_000;

  @TempDir Path folder;

  @Test
  void a_million_entries_fit_into_a_small_heap() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrlHeapIT.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String out = Files.readString(folder.resolve("out"));
    System.out.print(out);
    assertThat(process.exitValue()).as(out).isZero();
  }

  /** In a process of its own. */
  public static void main(String[] arguments) throws Exception {
    Random random = new Random(1);
    var builder = new CrlEntries.Builder();
    Instant now = Instant.parse("2026-11-01T12:00:00Z");
    StringBuilder serial = new StringBuilder(40);
    for (int i = 0; i < MANY; i++) {
      serial.setLength(0);
      serial.append("00000000");
      for (int word = 0; word < 4; word++) {
        String digits = Integer.toHexString(random.nextInt());
        serial.append("0".repeat(8 - digits.length())).append(digits);
      }
      builder.add(
          serial.toString(),
          now.minusSeconds(random.nextInt(1 << 25)),
          CrlReason.of(random.nextInt(6)).orElseThrow());
    }
    CrlEntries entries = builder.build();
    var signer = SecretKeyPair.generate(KeyAlgorithm.P256, new SecureRandom()).signer();
    for (int round = 0; round < 5; round++) {
      long began = System.nanoTime();
      Bytes crl =
          CrlDraft.full(
                  DistinguishedName.parse("CN=Heap CA"),
                  signer.publicKey().keyIdentifier(),
                  round,
                  now,
                  now.plus(Duration.ofDays(7)),
                  entries)
              .sign(signer);
      Runtime runtime = Runtime.getRuntime();
      System.out.printf(
          "CRL of %,d entries: %,d bytes, signed and verified in %d ms; heap limit %d MB%n",
          MANY,
          crl.size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
          runtime.maxMemory() >> 20);
    }
  }
}
