package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code renew --cert}; one folder for all, and each test has files of its own. */
@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RenewalTest {
  @TempDir private static Path folder;
  private static Shell shell;

  @BeforeAll
  static void setUp() throws IOException {
    shell = Shell.initialised(folder);
  }

  /** A certificate of ten days. */
  private static Path issued(String file, String... options) {
    Path path = shell.path(file);
    List<String> words = new ArrayList<>(List.of("issue", "device", "bob", "--validity", "10d"));
    words.addAll(List.of("--out", path.toString()));
    words.addAll(List.of("--password-file", shell.passphraseFile().toString()));
    words.addAll(List.of(options));
    shell.run(words.toArray(String[]::new)).succeeded();
    return path;
  }

  private static Shell.Outcome renew(Path file, String... options) {
    List<String> words = new ArrayList<>(List.of("renew", "--cert", file.toString()));
    words.addAll(List.of("--password-file", shell.passphraseFile().toString()));
    words.addAll(List.of(options));
    return shell.run(words.toArray(String[]::new));
  }

  private static Certificate certificate(Path file) throws IOException {
    var opening =
        Pkcs12.open(
            Bytes.of(Files.readAllBytes(file)), Passphrase.of(Shell.PASSPHRASE.toCharArray()));
    assertThat(opening).isInstanceOf(Pkcs12.Opening.Opened.class);
    var opened = (Pkcs12.Opening.Opened) opening;
    assertThat(opened.keys().getFirst().matches(opened.certificates().getFirst())).isTrue();
    return opened.certificates().getFirst();
  }

  @Test
  void what_is_due_is_replaced_and_the_old_kept_beside_it() throws Exception {
    Path file = issued("due.p12", "--key", "p384", "--name", "dns:due.example.com");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    byte[] before = Files.readAllBytes(file);
    Certificate old = certificate(file);
    assertThat(renew(file, "--within", "11d").succeeded().out()).contains("Issued", "due.p12.old");

    Certificate renewed = certificate(file);
    assertThat(renewed.serialNumber()).isNotEqualTo(old.serialNumber());
    assertThat(renewed.subject()).isEqualTo(old.subject());
    assertThat(renewed.subjectAlternativeNames()).isEqualTo(old.subjectAlternativeNames());
    assertThat(renewed.publicKey()).isNotEqualTo(old.publicKey());
    assertThat(renewed.publicKey().algorithm()).isEqualTo(KeyAlgorithm.P384);
    assertThat(Duration.between(renewed.notBefore(), renewed.notAfter()))
        .isCloseTo(Duration.ofDays(10), Duration.ofMinutes(10));
    assertThat(shell.path("due.p12.old")).hasBinaryContent(before);
    for (String name : List.of("due.p12", "due.p12.old")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shell.path(name))))
          .isEqualTo("rw-r-----");
    }
    assertThat(folder.toFile().list()).noneMatch(name -> name.contains("partial"));
  }

  @Test
  void what_is_not_due_stays_as_it_is() throws Exception {
    Path file = issued("fresh.p12");
    byte[] before = Files.readAllBytes(file);
    for (String[] options : new String[][] {{}, {"--within", "9d"}}) {
      assertThat(renew(file, options).succeeded().out()).startsWith("Nothing to do");
    }
    assertThat(file).hasBinaryContent(before);
    assertThat(shell.path("fresh.p12.old")).doesNotExist();
  }

  @Test
  void the_key_may_stay() throws Exception {
    Path file = issued("same.p12", "--format", "p12-legacy");
    Certificate old = certificate(file);
    renew(file, "--within", "11d", "--same-key").succeeded();
    assertThat(certificate(file).publicKey()).isEqualTo(old.publicKey());
    assertThat(certificate(file).serialNumber()).isNotEqualTo(old.serialNumber());
    assertThat(Pkcs12.formatOf(Bytes.of(Files.readAllBytes(file)))).isEqualTo(Pkcs12.Format.LEGACY);
  }

  @Test
  void a_pem_chain_is_renewed_with_its_key() throws Exception {
    Path file = issued("pair.pem");
    renew(file, "--within", "11d").succeeded();
    Certificate renewed = Pem.certificates(Files.readAllBytes(file)).getFirst();
    var key =
        dev.postern.keys.KeyFile.open(
            shell.path("pair.key"), Passphrase.of(Shell.PASSPHRASE.toCharArray()));
    assertThat(key.key().matches(renewed)).isTrue();
    assertThat(shell.path("pair.pem.old")).exists();
    assertThat(shell.path("pair.key.old")).exists();
  }

  @Test
  void a_key_in_the_chain_s_own_file_is_renewed_there() throws Exception {
    issued("joined.crt", "--format", "pem");
    Path key = shell.path("joined.key");
    Path file = shell.path("joined.pem");
    Files.writeString(file, Files.readString(shell.path("joined.crt")) + Files.readString(key));
    Files.delete(key);
    Certificate old = Pem.certificates(Files.readAllBytes(file)).getFirst();
    renew(file, "--within", "11d").succeeded();
    Certificate renewed = Pem.certificates(Files.readAllBytes(file)).getFirst();
    assertThat(renewed.serialNumber()).isNotEqualTo(old.serialNumber());
    var opened = dev.postern.keys.KeyFile.open(file, Passphrase.of(Shell.PASSPHRASE.toCharArray()));
    assertThat(opened.key().matches(renewed)).isTrue();
    assertThat(key).doesNotExist();
    assertThat(shell.path("joined.pem.old")).exists();
  }

  @Test
  void a_link_leads_to_the_file_that_is_replaced() throws Exception {
    Path file = issued("target.p12");
    Path link = Files.createSymbolicLink(shell.path("link.p12"), file);
    Certificate old = certificate(file);
    renew(link, "--within", "11d").succeeded();
    assertThat(link).isSymbolicLink();
    assertThat(certificate(file).serialNumber()).isNotEqualTo(old.serialNumber());
  }

  @Test
  void the_revoked_and_the_suspended_are_refused_due_or_not() throws Exception {
    Path file = issued("revoked.p12");
    byte[] before = Files.readAllBytes(file);
    String serial = certificate(file).serialNumber().hex();
    shell.run("suspend", serial).succeeded();
    assertThat(renew(file).failedInOneLine(1)).contains("suspended");
    shell.run("release", serial).succeeded();
    renew(file).succeeded();
    shell.run("revoke", serial).succeeded();
    assertThat(renew(file).failedInOneLine(1)).contains("revoked since");
    assertThat(renew(file, "--within", "11d").failedInOneLine(1)).contains("revoked since");
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void a_disabled_user_is_refused() throws Exception {
    shell.run("user", "add", "erin").succeeded();
    Path file = shell.path("erin.p12");
    shell
        .run(
            "issue",
            "client",
            "erin",
            "--out",
            file.toString(),
            "--password-file",
            shell.passphraseFile().toString())
        .succeeded();
    shell.run("user", "disable", "erin").succeeded();
    assertThat(renew(file, "--within", "400d").failedInOneLine(1)).contains("disabled");
    shell.run("user", "enable", "erin").succeeded();
    renew(file, "--within", "400d").succeeded();
  }

  @Test
  void a_certificate_of_another_authority_is_refused() throws Exception {
    Path elsewhere = Files.createDirectory(shell.path("elsewhere"));
    var other = Shell.initialised(elsewhere);
    Path file = issued("ours.p12");
    assertThat(
            Shell.exactly(
                    "renew",
                    "--cert",
                    file.toString(),
                    "--password-file",
                    shell.passphraseFile().toString(),
                    "--config",
                    other.config().toString(),
                    "--passphrase-file",
                    shell.passphraseFile().toString())
                .failedInOneLine(1))
        .contains("was not issued here");
  }

  @Test
  void a_wrong_password_changes_nothing() throws Exception {
    Path file = issued("locked.p12");
    byte[] before = Files.readAllBytes(file);
    Path wrong = Files.writeString(shell.path("wrong"), "not the password");
    assertThat(
            shell
                .run(
                    "renew",
                    "--cert",
                    file.toString(),
                    "--within",
                    "11d",
                    "--password-file",
                    wrong.toString())
                .failedInOneLine(2))
        .contains("not the password");
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void options_that_do_not_fit_are_wrong_usage() {
    assertThat(shell.run("renew").failedInOneLine(2)).contains("--cert");
    assertThat(shell.run("renew", "abcd", "--same-key").failedInOneLine(2)).contains("--cert");
    Path file = shell.path("any.p12");
    assertThat(renew(file, "--out", "x.p12").failedInOneLine(2)).contains("no --out");
    assertThat(renew(file).failedInOneLine(2)).contains("no file");
  }
}
