package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at any moment of {@code postern issue}: whoever holds a certificate finds it in
 * the ledger, no serial number comes twice, no file is half written.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrashIT {
  private static final int ROUNDS = 15;
  private static final int AT_ONCE = 3;

  /** The last part of a command is where it writes; half of the kills aim there. */
  private static final double LATE = 0.6;

  @TempDir private Path folder;
  private Postern postern;

  @BeforeEach
  void initialise() {
    postern = Postern.in(folder);
    postern.succeeds("init --name Example --no-admin --passphrase-file passphrase");
    postern.succeeds("user add alice");
  }

  @Test
  void kill_9_loses_no_certificate_that_anybody_received() throws Exception {
    long usual = usualNanos();
    var random = new Random(9);
    int killed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<Process> processes = new ArrayList<>();
      long began = System.nanoTime();
      for (int i = 0; i < AT_ONCE; i++) {
        processes.add(issue(round * AT_ONCE + i + ".p12"));
      }
      for (Process process : processes) {
        double moment =
            random.nextBoolean() ? random.nextDouble() : LATE + (1.2 - LATE) * random.nextDouble();
        long left = began + (long) (usual * moment) - System.nanoTime();
        if (!process.waitFor(Math.max(left, 0), TimeUnit.NANOSECONDS)) {
          killed++;
        }
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(killed).as("killed").isPositive();

    Set<BigInteger> inLedger = ledgerSerials();
    List<BigInteger> received = receivedSerials();
    System.out.println(
        "CrashIT: killed "
            + killed
            + ", received "
            + received.size()
            + ", in the ledger "
            + inLedger.size());
    assertThat(received).as("received").isNotEmpty().doesNotHaveDuplicates();
    assertThat(inLedger).containsAll(received);
    theLedgerIsSound();
    whatIsLeftIsHidden();
    theNextRunsWork();
  }

  /** How long it takes when nobody kills it, as many at once. */
  private long usualNanos() throws Exception {
    long began = System.nanoTime();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      processes.add(issue("usual" + i + ".p12"));
    }
    for (Process process : processes) {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(process.exitValue()).isZero();
    }
    return System.nanoTime() - began;
  }

  /** The launcher becomes the JVM (exec), so that the signal meets the one who writes. */
  private Process issue(String out) throws IOException {
    return new ProcessBuilder(
            Postern.HOME.resolve("postern").toString(),
            "issue",
            "client",
            "alice",
            "--out",
            out,
            "--password-file",
            "passphrase",
            "--passphrase-file",
            "passphrase")
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(".output").toFile())
        .start();
  }

  private Set<BigInteger> ledgerSerials() throws IOException {
    Set<BigInteger> serials = new HashSet<>();
    String list = postern.succeeds("list --json --limit 1000").out();
    new ObjectMapper()
        .readTree(list)
        .forEach(entry ->
            assertThat(serials.add(new BigInteger(entry.get("serial").asText(), 16))).isTrue());
    return serials;
  }

  /** Every file that is there opens, with key and certificate. */
  private List<BigInteger> receivedSerials() throws IOException {
    List<BigInteger> serials = new ArrayList<>();
    for (Path file : files("*.p12")) {
      String opened =
          Program.in(folder)
              .run(
                  "openssl",
                  "pkcs12",
                  "-in",
                  file.toString(),
                  "-nodes",
                  "-passin",
                  "file:passphrase")
              .succeeded()
              .out();
      assertThat(opened).contains("BEGIN PRIVATE KEY", "BEGIN CERTIFICATE");
      Files.writeString(folder.resolve(".opened"), opened);
      String serial =
          Program.in(folder).shell("openssl x509 -in .opened -noout -serial").succeeded().out();
      serials.add(new BigInteger(serial.strip().replaceFirst("serial=", ""), 16));
    }
    return serials;
  }

  private List<Path> files(String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(files::add);
    }
    return files;
  }

  private void theLedgerIsSound() throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("postern-data/ledger.db"));
        var statement = connection.createStatement()) {
      try (var result = statement.executeQuery("pragma integrity_check")) {
        assertThat(result.getString(1)).isEqualTo("ok");
      }
    }
  }

  /** A reservation that was never used; nobody else may read what may be in it. */
  private void whatIsLeftIsHidden() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      assertThat(found.map(file -> String.valueOf(file.getFileName())))
          .allMatch(name ->
              name.matches(
                  "(usual)?[0-9]+\\.p12|\\.[0-9]+\\.p12\\.partial[0-9]+|\\.output|\\.opened"
                      + "|passphrase|postern\\.yaml|postern-data|postern-root"));
    }
    for (Path file : files(".*.partial*")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    try (Stream<Path> found = Files.walk(folder.resolve("postern-data"))) {
      assertThat(found.map(file -> String.valueOf(file.getFileName())))
          .allMatch(name ->
              name.matches(
                  "postern-data|ca|keys|(root|issuing)\\.pem|root\\.crl|(issuing|server)\\.key|\\.?ledger\\.db(-wal|-shm|\\.lock)?"));
    }
  }

  /** No name is taken by what a killed run left. */
  private void theNextRunsWork() throws IOException {
    int again = 0;
    for (int i = 0; i < ROUNDS * AT_ONCE && again < 3; i++) {
      if (!Files.exists(folder.resolve(i + ".p12"))) {
        postern.succeeds(
            "issue client alice --out %d.p12 --password-file passphrase --passphrase-file passphrase"
                .formatted(i));
        assertThat(folder.resolve(i + ".p12")).isNotEmptyFile();
        again++;
      }
    }
    assertThat(again).as("files that a kill prevented").isPositive();
  }
}
