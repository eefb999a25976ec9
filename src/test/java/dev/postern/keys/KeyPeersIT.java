package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.keys.Foreign.Outcome;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.Bytes;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyPeersIT {
  private static final Passphrase RIGHT = Passphrase.of("correct hörse".toCharArray());
  private static final Passphrase WRONG = Passphrase.of("battery staple".toCharArray());

  @TempDir Path folder;

  /** By a file, not an argument: arguments are at the mercy of the locale. */
  @BeforeEach
  void passphrase() throws IOException {
    Files.writeString(folder.resolve("right"), "correct hörse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"p256", "p384", "p521", "rsa2048", "ed25519"})
  void OpenSSL_opens_our_file_with_the_passphrase_only(String kind) throws Exception {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.parse(kind), new SecureRandom());
    KeyFile.create(folder.resolve("our.key"), key, RIGHT, new SecureRandom());
    String pem =
        Foreign.must(folder, "openssl", "pkey", "-in", "our.key", "-passin", PASS, "-pubout");
    assertThat(publicKey(pem)).isEqualTo(key.publicKey().der());
    Outcome denied =
        Foreign.run(folder, "openssl", "pkcs8", "-in", "our.key", "-passin", "pass:battery staple");
    assertThat(denied.ok()).isFalse();
  }

  @Test
  void GnuTLS_opens_our_file_with_the_passphrase_only() throws Exception {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, new SecureRandom());
    Passphrase ascii = Passphrase.of("correct horse".toCharArray());
    KeyFile.create(folder.resolve("our.key"), key, ascii, new SecureRandom());
    assertThat(
            Foreign.run(
                    folder, "certtool", "-k", "--infile", "our.key", "--password", "correct horse")
                .output())
        .contains("EC/ECDSA");
    assertThat(
            Foreign.run(folder, "certtool", "-k", "--infile", "our.key", "--password", "wrong")
                .ok())
        .isFalse();
  }

  private static final String PASS = "file:right";

  /** Each makes {@code foreign.key} from {@code plain.key}. */
  static Stream<Arguments> encryptedForms() {
    return Stream.of(
        form("PBES2 AES-256, HMAC-SHA256", "pkcs8", "-topk8", "-v2", "aes-256-cbc"),
        form(
            "PBES2 AES-128, HMAC-SHA512",
            "pkcs8",
            "-topk8",
            "-v2",
            "aes-128-cbc",
            "-v2prf",
            "hmacWithSHA512"),
        form("PBES2 3DES, HMAC-SHA1", "pkcs8", "-topk8", "-v2", "des3", "-v2prf", "hmacWithSHA1"),
        form(
            "PBES2 AES-192, a million rounds",
            "pkcs8",
            "-topk8",
            "-v2",
            "aes-192-cbc",
            "-iter",
            "1000000"),
        form("scrypt", "pkcs8", "-topk8", "-scrypt"),
        form("PKCS#12 3DES", "pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"),
        form("PKCS#12 2-key 3DES", "pkcs8", "-topk8", "-v1", "PBE-SHA1-2DES"),
        form(
            "PKCS#12 RC2-40, legacy",
            "pkcs8",
            "-topk8",
            "-v1",
            "PBE-SHA1-RC2-40",
            "-provider",
            "legacy",
            "-provider",
            "default"),
        form(
            "PBES1 MD5 DES, legacy",
            "pkcs8",
            "-topk8",
            "-v1",
            "PBE-MD5-DES",
            "-provider",
            "legacy",
            "-provider",
            "default"),
        form("DEK-Info AES-256", "rsa", "-aes256", "-traditional"),
        form("DEK-Info AES-128", "rsa", "-aes128", "-traditional"),
        form("DEK-Info 3DES", "rsa", "-des3", "-traditional"));
  }

  private static Arguments form(String name, String... command) {
    return argumentSet(name, List.of(command));
  }

  @ParameterizedTest
  @MethodSource("encryptedForms")
  void what_OpenSSL_encrypted_opens_with_the_passphrase_only(List<String> command)
      throws Exception {
    Foreign.must(folder, "openssl", "genrsa", "-out", "plain.key", "2048");
    List<String> line = new java.util.ArrayList<>(List.of("openssl"));
    line.addAll(command);
    line.addAll(List.of("-in", "plain.key", "-out", "foreign.key", "-passout", PASS));
    Foreign.must(folder, line.toArray(String[]::new));
    Path file = folder.resolve("foreign.key");
    KeyFile.Opened opened = KeyFile.open(file, RIGHT);
    assertThat(opened.key().publicKey().der())
        .isEqualTo(
            publicKey(Foreign.must(folder, "openssl", "pkey", "-in", "plain.key", "-pubout")));
    assertThat(opened.cautions()).doesNotContain(KeyFile.Caution.NOT_ENCRYPTED);
    assertThatThrownBy(() -> KeyFile.open(file, WRONG))
        .isInstanceOfSatisfying(
            KeyFileException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_PASSPHRASE));
    assertThatThrownBy(() -> KeyFile.open(file))
        .isInstanceOfSatisfying(
            KeyFileException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.PASSPHRASE_NEEDED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "genrsa -traditional -out foreign.key 2048",
        "genrsa -out foreign.key 3072",
        "ecparam -name prime256v1 -genkey -out foreign.key",
        "ecparam -name secp384r1 -genkey -noout -out foreign.key",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out foreign.key",
        "genpkey -algorithm ed25519 -out foreign.key",
        "genpkey -algorithm ed25519 -outform DER -out foreign.key"
      })
  void what_OpenSSL_wrote_in_the_clear_is_read(String command) throws Exception {
    Foreign.must(folder, ("openssl " + command).split(" "));
    SecretKeyPair key = KeyFile.open(folder.resolve("foreign.key")).key();
    assertThat(publicKey(Foreign.must(folder, "openssl", "pkey", "-in", "foreign.key", "-pubout")))
        .isEqualTo(key.publicKey().der());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ecparam -name prime256v1 -genkey -noout -param_enc explicit -out foreign.key",
        "ecparam -name secp256k1 -genkey -noout -out foreign.key",
        "genpkey -algorithm ed448 -out foreign.key",
        "genpkey -algorithm x25519 -out foreign.key",
        "genrsa -out foreign.key 768"
      })
  void keys_of_kinds_we_do_not_use_are_refused_by_name(String command) throws Exception {
    Foreign.must(folder, ("openssl " + command).split(" "));
    assertThatThrownBy(() -> KeyFile.open(folder.resolve("foreign.key")))
        .isInstanceOfSatisfying(
            KeyFileException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED));
  }

  private static Bytes publicKey(String pem) throws Exception {
    return Pem.parse(pem).getFirst().content();
  }

  @Test
  void a_full_disk_leaves_nothing_behind() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Foreign.run(folder, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString())
            .ok(),
        "may not mount");
    try {
      fill(disk.resolve("ballast"));
      SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, new SecureRandom());
      assertThatThrownBy(
              () -> KeyFile.create(disk.resolve("ca.key"), key, RIGHT, new SecureRandom()))
          .isInstanceOf(KeyFileException.class)
          .hasMessage(disk.resolve("ca.key") + " cannot be written: No space left on device");
      try (var files = Files.list(disk)) {
        assertThat(files).containsExactly(disk.resolve("ballast"));
      }
    } finally {
      Foreign.must(folder, "umount", disk.toString());
    }
  }

  private static void fill(Path file) {
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[1024]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }
}
