package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is handed in: one clear line that names the thing, the right exit code, state unharmed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadInputTest {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void setUp() throws IOException {
    shell = new Shell(folder);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(shell.path(name), content);
  }

  @Test
  void garbage_is_not_inspected() throws Exception {
    byte[] garbage = new byte[2000];
    new Random(7).nextBytes(garbage);
    assertThat(shell.run("inspect", file("x", garbage).toString()).failedInOneLine(2))
        .contains("x cannot be read");
  }

  @Test
  void an_empty_a_missing_and_a_folder_are_told_apart() throws Exception {
    assertThat(shell.run("inspect", file("e", new byte[0]).toString()).failedInOneLine(2))
        .contains("is empty");
    assertThat(shell.run("inspect", shell.path("m").toString()).failedInOneLine(2))
        .contains("there is no file");
    assertThat(shell.run("inspect", folder.toString()).failedInOneLine(2)).contains("is a folder");
  }

  @Test
  void a_truncated_certificate_says_so() throws Exception {
    var whole = Shell.initialised(folder);
    String pem = Files.readString(whole.path("postern-data/ca/root.pem"));
    Path cut =
        file("cut.pem", pem.substring(0, pem.length() - 40).getBytes(StandardCharsets.US_ASCII));
    assertThat(shell.run("inspect", cut.toString()).failedInOneLine(2)).contains("has no end line");
  }

  @Test
  void commands_without_a_postern_say_how_to_make_one() {
    assertThat(shell.run("list").failedInOneLine(2)).contains("postern init");
    assertThat(shell.run("user", "list").failedInOneLine(2)).contains("postern init");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\nsecond line"})
  void an_empty_passphrase_protects_nothing(String content) throws Exception {
    Files.writeString(shell.passphraseFile(), content);
    shell.run("init", "--name", "Example").failedInOneLine(2);
    assertThat(shell.path("postern-data")).doesNotExist();
    assertThat(shell.path("postern-root")).doesNotExist();
    assertThat(shell.config()).doesNotExist();
  }

  @Test
  void a_short_passphrase_is_refused() throws Exception {
    Files.writeString(shell.passphraseFile(), "short");
    assertThat(shell.run("init", "--name", "Example").failedInOneLine(2))
        .contains("at least 8 characters");
    assertThat(shell.path("postern-data")).doesNotExist();
  }

  @Test
  void a_name_longer_than_certificates_allow_is_refused_whole() {
    shell.run("init", "--name", "x".repeat(60)).failedInOneLine(2);
    assertThat(shell.path("postern-data")).doesNotExist();
    assertThat(shell.path("postern-root")).doesNotExist();
    assertThat(shell.config()).doesNotExist();
  }

  @Test
  void unknown_and_duplicate_keys_of_the_file_are_named_with_their_lines() throws Exception {
    Shell.initialised(folder);
    Files.writeString(
        shell.config(), Files.readString(shell.config()) + "\nsitess: []\nname: Again\n");
    var outcome = shell.run("issue", "client", "bob", "--out", shell.path("bob.p12").toString());
    outcome.failed(2);
    assertThat(outcome.err()).contains("postern.yaml: line ");
    assertThat(shell.path("bob.p12")).doesNotExist();
  }

  @Test
  void a_pkcs12_file_where_a_certificate_belongs_is_called_one() throws Exception {
    Shell.initialised(folder);
    String p12 = shell.path("alice.p12").toString();
    shell.run("issue", "client", "alice", "--out", p12).succeeded();
    assertThat(shell.run("revoke", p12).failedInOneLine(2))
        .endsWith(
            "alice.p12 is a PKCS#12 file, which needs its password; give the serial number,"
                + " the user, or the certificate as PEM");
    assertThat(shell.run("verify", p12).failedInOneLine(2))
        .contains("needs its password; give its certificate as PEM: postern show SERIAL --pem");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0203020100", "3003020103", "30053003020100", "0400", "30030c0141"})
  void what_is_wrong_with_a_file_is_not_said_in_names_of_classes(String hex) throws Exception {
    Path bad = file("bad.cer", java.util.HexFormat.of().parseHex(hex));
    assertThat(Shell.exactly("verify", bad.toString()).failedInOneLine(2))
        .contains("bad.cer is ")
        .doesNotContain("bouncycastle", "getInstance", "java.");
  }

  @Test
  void an_unknown_key_gets_the_nearest_name() throws Exception {
    Shell.initialised(folder);
    Files.writeString(shell.config(), Files.readString(shell.config()) + "\nlimit: {}\n");
    String out = shell.path("bob.p12").toString();
    assertThat(shell.run("issue", "client", "bob", "--out", out).failedInOneLine(2))
        .contains("limits");
  }

  @Test
  void a_request_with_a_broken_signature_is_refused_and_nothing_written() throws Exception {
    Shell.initialised(folder);
    byte[] csr = dev.postern.fakes.TestRequests.csr("CN=wiki.example.com");
    csr[csr.length - 1] ^= 1;
    Path out = shell.path("out.pem");
    assertThat(
            shell
                .run(
                    "sign",
                    file("r.csr", csr).toString(),
                    "--profile",
                    "server",
                    "--out",
                    out.toString())
                .failedInOneLine(1))
        .contains("not signed by the key it carries");
    assertThat(out).doesNotExist();
    assertThat(shell.run("list").succeeded().out()).contains("No certificates");
  }

  @Test
  void a_good_request_is_signed() throws Exception {
    Shell.initialised(folder);
    Path csr = file("r.csr", dev.postern.fakes.TestRequests.csr("CN=wiki.example.com"));
    assertThat(shell.run("sign", csr.toString(), "--profile", "server").succeeded().out())
        .startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void a_ledger_of_a_newer_version_stays_closed() throws Exception {
    Shell.initialised(folder);
    try (var connection =
            java.sql.DriverManager.getConnection(
                "jdbc:sqlite:" + shell.path("postern-data/ledger.db"));
        var statement = connection.createStatement()) {
      statement.execute(
          "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by,"
              + " installed_on, execution_time, success) values (99, '99', 'future', 'SQL', 'V99__future.sql', 1, 'x', 0, 0, 1)");
    }
    assertThat(shell.run("list").failedInOneLine(3)).contains("newer");
  }

  @Test
  void a_ledger_that_is_none_stays_closed() throws Exception {
    Shell.initialised(folder);
    Files.write(
        shell.path("postern-data/ledger.db"),
        "rubbish, and more of it".getBytes(StandardCharsets.US_ASCII));
    assertThat(shell.run("list").failedInOneLine(3)).contains("ledger.db");
  }

  @Test
  void a_key_of_another_ca_is_said_to_be_one() throws Exception {
    Shell.initialised(folder);
    Files.delete(shell.path("postern-data/keys/issuing.key"));
    Files.copy(
        shell.path("postern-data/keys/server.key"), shell.path("postern-data/keys/issuing.key"));
    assertThat(
            shell
                .run("issue", "client", "alice", "--out", shell.path("a.p12").toString())
                .failedInOneLine(3))
        .contains("does not belong");
  }
}
