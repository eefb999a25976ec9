package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.x509.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What only an operating system can do to us. Each time: one line that names the thing, the right
 * exit code, and everything as it was before.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadInputIT {
  private static final String PASSPHRASES =
      " --password-file passphrase --passphrase-file passphrase";
  private static final String NOBODY = "65534";

  @TempDir private static Path template;

  @TempDir private Path folder;
  private Postern postern;

  /** A CA that is 30 days old, with a user. */
  @BeforeAll
  static void initialise_once() {
    Postern made = Postern.in(template);
    at("-30d", made, "init --name Example --no-admin --passphrase-file passphrase").succeeded();
    made.succeeds("user add alice");
  }

  @BeforeEach
  void copy() {
    postern = copyTo(folder);
  }

  private static Postern copyTo(Path target) {
    Program.in(template)
        .run("cp", "-a", "postern.yaml", "postern-data", target.toString())
        .succeeded();
    return Postern.in(target);
  }

  /** A command in the past; the monotonic clock stays true, since the JVM waits by it. */
  private static Program.Outcome at(String offset, Postern postern, String line) {
    return Program.in(postern.path(""))
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .shell(
            "NO_FAKE_STAT=1 faketime -f "
                + offset
                + " "
                + Postern.HOME.resolve("postern")
                + " "
                + line);
  }

  private static String line(Program.Outcome outcome, int exit) {
    assertThat(outcome.exit()).as("%s", outcome).isEqualTo(exit);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
    assertThat(outcome.err())
        .startsWith("postern: ")
        .doesNotContain("Exception", "this is a bug", "SQLITE_");
    return outcome.err().strip();
  }

  /** Every file with its digest; SQLite's own two come and go. */
  private static Map<String, String> state(Path folder) throws IOException {
    Map<String, String> state = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().matches(".*\\.db-(wal|shm)")) {
          state.put(
              folder.relativize(file).toString(),
              Bytes.of(Files.readAllBytes(file)).sha256().hex());
        }
      }
    }
    return state;
  }

  private Program.Outcome issue() {
    return postern.run("issue client alice --out alice.p12" + PASSPHRASES);
  }

  /** A file system of {@code size}, for as long as it is open. */
  private record Disk(Path mount) implements AutoCloseable {
    static Disk of(Path mount, String size) throws IOException {
      Files.createDirectory(mount);
      assumeTrue(
          Program.in(mount)
                  .run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", mount.toString())
                  .exit()
              == 0,
          "may not mount a small disk here: needs root");
      return new Disk(mount);
    }

    void fill() {
      Program.in(mount).run("dd", "if=/dev/zero", "of=ballast", "bs=1k").failed();
    }

    @Override
    public void close() {
      Program.in(Path.of("/")).run("umount", mount.toString()).succeeded();
    }
  }

  @Test
  void a_full_disk_below_the_ledger_stops_issuing_and_harms_nothing() throws Exception {
    try (var disk = Disk.of(folder.resolve("disk"), "2m")) {
      Postern full = copyTo(disk.mount());
      disk.fill();
      var before = state(disk.mount());
      String issue = "issue client alice --out " + folder.resolve("alice.p12") + PASSPHRASES;
      assertThat(line(full.run(issue), 3)).contains("ledger.db", "the disk is full");
      assertThat(folder.resolve("alice.p12")).doesNotExist();
      assertThat(state(disk.mount())).isEqualTo(before);

      Files.delete(disk.mount().resolve("ballast"));
      assertThat(full.succeeds("list").out()).contains("No certificates");
      full.succeeds(issue);
    }
  }

  @Test
  void a_full_disk_below_the_output_is_named() throws Exception {
    try (var disk = Disk.of(folder.resolve("disk"), "16k")) {
      disk.fill();
      var before = state(disk.mount());
      assertThat(line(postern.run("issue client alice --out disk/alice.p12" + PASSPHRASES), 3))
          .contains("disk/alice.p12 cannot be written: No space left on device");
      assertThat(state(disk.mount())).isEqualTo(before);
      Files.delete(disk.mount().resolve("ballast"));
      postern.succeeds("issue client alice --out disk/alice.p12" + PASSPHRASES);
    }
  }

  @Test
  void a_full_disk_leaves_nothing_of_a_new_CA() throws Exception {
    try (var disk = Disk.of(folder.resolve("disk"), "16k")) {
      Postern full = Postern.in(disk.mount());
      assertThat(line(full.run("init --name Example --passphrase-file passphrase"), 3))
          .containsAnyOf("No space left on device", "the disk is full");
      assertThat(state(disk.mount())).containsOnlyKeys("passphrase");
    }
  }

  /** Root may write everywhere, so somebody else tries. */
  private Program.Outcome asNobody(String line) {
    return Program.in(folder)
        .shell(
            "setpriv --reuid=%1$s --regid=%1$s --clear-groups %2$s %3$s"
                .formatted(NOBODY, Postern.HOME.resolve("postern"), line));
  }

  private void giveToNobody() throws IOException {
    assumeTrue(
        Program.in(folder)
                .shell(
                    "setpriv --reuid=%1$s --regid=%1$s --clear-groups test -r %2$s"
                        .formatted(NOBODY, Postern.HOME.resolve("target/postern.jar")))
                .exit()
            == 0,
        "cannot act as another user here");
    Program.in(folder).shell("chown -R " + NOBODY + ":" + NOBODY + " .").succeeded();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void a_read_only_data_folder_is_named_and_a_writable_one_works() throws Exception {
    giveToNobody();
    Program.in(folder).shell("chmod -R a-w postern-data").succeeded();
    var before = state(folder);
    assertThat(line(asNobody("issue client alice --out alice.p12" + PASSPHRASES), 3))
        .contains("ledger.db", "read-only");
    assertThat(state(folder)).isEqualTo(before);

    Program.in(folder).shell("chmod -R u+w postern-data").succeeded();
    asNobody("issue client alice --out alice.p12" + PASSPHRASES).succeeded();
  }

  @Test
  void a_read_only_output_folder_is_named_and_nothing_is_issued() throws Exception {
    giveToNobody();
    Files.createDirectory(
        folder.resolve("closed"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    var before = state(folder);
    assertThat(line(asNobody("issue client alice --out closed/alice.p12" + PASSPHRASES), 3))
        .contains("closed/alice.p12", "may not be written by this user");
    assertThat(
            line(
                asNobody(
                    "init --name Two --config closed/postern.yaml --passphrase-file passphrase"),
                3))
        .contains("closed/", "may not be written by this user");
    assertThat(state(folder)).isEqualTo(before);
    assertThat(asNobody("list").succeeded().out()).contains("No certificates");
  }

  @Test
  void files_larger_than_such_things_can_be_are_refused_quickly() throws Exception {
    try (var file = new RandomAccessFile(folder.resolve("huge").toFile(), "rw")) {
      file.setLength(4L << 30); // sparse
    }
    Program.in(folder)
        .shell(
            "(echo '-----BEGIN CERTIFICATE REQUEST-----'; head -c 10000000 /dev/zero | base64;"
                + " echo '-----END CERTIFICATE REQUEST-----') > huge.csr")
        .succeeded();
    var before = state(folder.resolve("postern-data"));
    for (String[] each :
        new String[][] {
          {"inspect huge", "huge"},
          {"inspect /dev/zero", "/dev/zero"},
          {"sign huge.csr --profile server --passphrase-file passphrase", "huge.csr"},
          {"sign huge --profile server --passphrase-file passphrase", "huge"},
          {"issue client alice --out a.p12 --passphrase-file huge", "huge"},
          {
            "init --name Two --config two.yaml --data two --passphrase-file passphrase --import-issuer huge --import-issuer-key huge",
            "huge"
          },
          {"list --config huge", "huge"},
        }) {
      long began = System.nanoTime();
      assertThat(line(postern.run(each[0]), 2))
          .as(each[0])
          .contains(each[1])
          .containsAnyOf("larger than", "more than");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }
    assertThat(state(folder.resolve("postern-data"))).isEqualTo(before);
    assertThat(folder.resolve("two")).doesNotExist();
    assertThat(folder.resolve("two.yaml")).doesNotExist();
    assertThat(folder.resolve("a.p12")).doesNotExist();
  }

  @Test
  void a_key_under_another_password_imports_nothing_and_under_the_right_one_does()
      throws Exception {
    Program.in(folder)
        .shell(
            "echo 'battery staple' > other; openssl genrsa -aes256 -passout file:other -out ca.key 2048"
                + " && openssl req -x509 -new -key ca.key -passin file:other -sha256 -days 30 -subj /CN=Other -out ca.pem")
        .succeeded();
    String init =
        "init --name Two --config two.yaml --data two --passphrase-file passphrase --import-root ca.pem --import-root-key ca.key --import-passphrase-file ";
    var before = state(folder);
    assertThat(line(postern.run(init + "passphrase"), 2)).contains("ca.key", "passphrase");
    assertThat(state(folder)).isEqualTo(before);
    postern.succeeds(init + "other");
  }

  @Test
  void a_ledger_locked_by_another_process_is_said_to_be() throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + postern.path("postern-data/ledger.db"));
        var statement = connection.createStatement()) {
      statement.execute("begin immediate");
      var before = state(folder);
      assertThat(line(issue(), 3)).contains("ledger.db is locked by another process");
      assertThat(state(folder)).isEqualTo(before);
      assertThat(postern.succeeds("list").out()).contains("No certificates");
      statement.execute("rollback");
    }
    issue().succeeded();
  }

  @Test
  void a_ledger_of_a_newer_version_is_left_alone() throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + postern.path("postern-data/ledger.db"));
        var statement = connection.createStatement()) {
      statement.execute(
          "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by,"
              + " installed_on, execution_time, success) values (99, '99', 'future', 'SQL', 'V99__future.sql', 1, 'x', 0, 0, 1)");
    }
    var before = state(folder);
    for (String command :
        new String[] {"list", "user add bob", "serve --passphrase-file passphrase"}) {
      assertThat(line(postern.run(command), 3)).contains("ledger.db", "newer Postern", "99");
    }
    assertThat(line(issue(), 3)).contains("ledger.db", "newer Postern", "99");
    assertThat(state(folder)).isEqualTo(before);
  }

  @Test
  void a_clock_set_back_is_warned_of_and_issuing_stays_right() throws Exception {
    var outcome =
        at("-10d", postern, "issue client alice --out alice.p12" + PASSPHRASES).succeeded();
    postern.keepIssued();
    assertThat(line(new Program.Outcome(outcome.words(), 0, "", outcome.err()), 0))
        .contains("warning", "was the clock set back?");
    // Now, when the clock is right again: begun, and under the CA's own dates.
    Program.in(folder)
        .shell(
            "openssl pkcs12 -in alice.p12 -passin file:passphrase -nokeys -clcerts -out alice.pem &&"
                + " openssl verify -x509_strict -purpose sslclient -CAfile postern-data/ca/root.pem"
                + " -untrusted postern-data/ca/issuing.pem alice.pem")
        .succeeded();
    assertThat(issueAnother().err()).isEmpty();
  }

  private Program.Outcome issueAnother() {
    return postern.run("issue client alice --out another.p12" + PASSPHRASES).succeeded();
  }

  @Test
  void a_clock_before_the_CA_began_issues_nothing() throws Exception {
    var before = state(folder);
    var outcome = at("-60d", postern, "issue client alice --out alice.p12" + PASSPHRASES);
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err().lines()).hasSize(2);
    assertThat(outcome.err()).contains("was the clock set back?", "is the clock right?");
    assertThat(state(folder)).isEqualTo(before);
  }
}
