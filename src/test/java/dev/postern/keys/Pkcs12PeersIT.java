package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.Foreign.Outcome;
import dev.postern.keys.Pkcs12.Format;
import dev.postern.keys.Pkcs12.Opening;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class Pkcs12PeersIT {
  private static final String RIGHT = "k7w2m-correct-horse";
  private static final String WRONG = "battery-staple";

  @TempDir Path folder;

  private final SecureRandom random = new SecureRandom();
  private SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);

  @BeforeEach
  void passwords() throws IOException {
    Files.writeString(folder.resolve("right"), RIGHT);
    Files.writeString(folder.resolve("wrong"), WRONG);
  }

  private void write(Format format, String kind) throws IOException {
    key = SecretKeyPair.generate(KeyAlgorithm.parse(kind), random);
    Certificate leaf = SelfSigned.of(key, "Alice");
    Certificate issuer = SelfSigned.of(SecretKeyPair.generate(KeyAlgorithm.P256, random), "Issuer");
    Bytes file =
        Pkcs12.write(
            key,
            List.of(leaf, issuer),
            "Alice (laptop)",
            Passphrase.of(RIGHT.toCharArray()),
            format,
            random);
    Files.write(folder.resolve("a.p12"), file.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "MODERN, p256",
    "MODERN, rsa2048",
    "MODERN, ed25519",
    "LEGACY, p256",
    "LEGACY, rsa2048"
  })
  void OpenSSL_opens_ours_with_the_password_only(Format format, String kind) throws Exception {
    write(format, kind);
    Outcome opened = openssl("right");
    assertThat(opened.output()).contains("friendlyName: Alice (laptop)", "CN = Issuer");
    assertThat(opened.ok()).isTrue();
    var blocks = Pem.parse(opened.output());
    assertThat(blocks).hasSize(3);
    assertThat(openssl("wrong").output()).contains("invalid password");
  }

  private Outcome openssl(String password) throws IOException {
    return Foreign.run(
        folder, "openssl", "pkcs12", "-in", "a.p12", "-nodes", "-passin", "file:" + password);
  }

  @ParameterizedTest
  @EnumSource
  void GnuTLS_opens_ours_with_the_password_only(Format format) throws Exception {
    write(format, "p256");
    Outcome opened = certtool(RIGHT);
    assertThat(opened.output()).contains("Alice (laptop)", "BEGIN CERTIFICATE");
    assertThat(opened.ok()).isTrue();
    assertThat(certtool(WRONG).ok()).isFalse();
  }

  private Outcome certtool(String password) throws IOException {
    return Foreign.run(
        folder, "certtool", "--p12-info", "--inder", "--infile", "a.p12", "--password", password);
  }

  @ParameterizedTest
  @CsvSource({"MODERN, p256", "MODERN, rsa2048", "LEGACY, p256", "LEGACY, rsa2048"})
  void NSS_imports_ours_with_the_password_only(Format format, String kind) throws Exception {
    write(format, kind);
    Foreign.must(folder, "certutil", "-N", "--empty-password", "-d", "sql:.");
    assertThat(pk12util("wrong").ok()).isFalse();
    Outcome imported = pk12util("right");
    assertThat(imported.output()).contains("PKCS12 IMPORT SUCCESSFUL");
    assertThat(Foreign.must(folder, "certutil", "-K", "-d", "sql:.")).contains("Alice (laptop)");
  }

  private Outcome pk12util(String password) throws IOException {
    return Foreign.run(folder, "pk12util", "-i", "a.p12", "-d", "sql:.", "-w", password, "-K", "");
  }

  @ParameterizedTest
  @EnumSource
  void keytool_of_Java_17_lists_ours_with_the_password_only(Format format) throws Exception {
    write(format, "p256");
    Outcome opened = keytool(RIGHT);
    assertThat(opened.output()).contains("PrivateKeyEntry");
    assertThat(keytool(WRONG).output()).contains("password was incorrect");
  }

  private Outcome keytool(String password) throws IOException {
    return Foreign.run(
        folder, Foreign.keytool17(), "-list", "-keystore", "a.p12", "-storepass", password);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-legacy",
        "-keypbe AES-128-CBC -certpbe AES-128-CBC -macalg sha512",
        "-keypbe PBE-SHA1-3DES -certpbe NONE",
        "-certpbe PBE-SHA1-3DES -keypbe AES-256-CBC -iter 100000",
        "-keypbe NONE -certpbe NONE",
        "-nomac"
      })
  void what_OpenSSL_wrote_opens_with_the_password_only(String options) throws Exception {
    Foreign.must(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=foreign",
        "-keyout",
        "k.pem",
        "-out",
        "c.pem",
        "-days",
        "3");
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "openssl",
                "pkcs12",
                "-export",
                "-inkey",
                "k.pem",
                "-in",
                "c.pem",
                "-name",
                "somebody",
                "-passout",
                "file:right",
                "-out",
                "f.p12"));
    if (!options.isEmpty()) {
      command.addAll(List.of(options.split(" ")));
    }
    Foreign.must(folder, command.toArray(String[]::new));
    Certificate certificate =
        Pem.certificates(Files.readAllBytes(folder.resolve("c.pem"))).getFirst();
    assertThat(open("f.p12", RIGHT))
        .isInstanceOfSatisfying(
            Opening.Opened.class,
            opened -> {
              assertThat(opened.certificates()).containsExactly(certificate);
              assertThat(opened.keys()).singleElement().matches(k -> k.matches(certificate));
              assertThat(opened.friendlyName()).contains("somebody");
            });
    assertThat(open("f.p12", WRONG)).isEqualTo(new Opening.WrongPassword());
  }

  @Test
  void what_keytool_of_Java_17_wrote_opens_with_the_password_only() throws Exception {
    Foreign.must(
        folder,
        Foreign.keytool17(),
        "-genkeypair",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-alias",
        "somebody",
        "-dname",
        "CN=foreign",
        "-keystore",
        "f.p12",
        "-storepass",
        RIGHT);
    assertThat(open("f.p12", RIGHT))
        .isInstanceOfSatisfying(
            Opening.Opened.class, opened -> assertThat(opened.keys()).hasSize(1));
    assertThat(open("f.p12", WRONG)).isEqualTo(new Opening.WrongPassword());
  }

  @Test
  void a_file_with_the_empty_password_opens_without_one_and_not_with_one() throws Exception {
    Foreign.must(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=foreign",
        "-keyout",
        "k.pem",
        "-out",
        "c.pem",
        "-days",
        "3");
    Foreign.must(
        folder,
        "openssl",
        "pkcs12",
        "-export",
        "-inkey",
        "k.pem",
        "-in",
        "c.pem",
        "-passout",
        "pass:",
        "-out",
        "f.p12");
    assertThat(Pkcs12.open(Bytes.of(Files.readAllBytes(folder.resolve("f.p12")))))
        .isInstanceOf(Opening.Opened.class);
    assertThat(open("f.p12", WRONG)).isEqualTo(new Opening.WrongPassword());
  }

  @Test
  void no_flipped_bit_of_an_unprotected_file_is_an_exception() throws Exception {
    Foreign.must(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=foreign",
        "-keyout",
        "k.pem",
        "-out",
        "c.pem",
        "-days",
        "3");
    Foreign.must(
        folder,
        "openssl",
        "pkcs12",
        "-export",
        "-inkey",
        "k.pem",
        "-in",
        "c.pem",
        "-passout",
        "file:right",
        "-keypbe",
        "NONE",
        "-certpbe",
        "NONE",
        "-nomac",
        "-out",
        "f.p12");
    byte[] file = Files.readAllBytes(folder.resolve("f.p12"));
    Passphrase passphrase = Passphrase.of(RIGHT.toCharArray());
    for (int i = 0; i < file.length; i++) {
      byte[] changed = file.clone();
      changed[i] ^= (byte) (1 << i % 8);
      assertThat(Pkcs12.open(Bytes.of(changed), passphrase)).isNotNull();
    }
  }

  private Opening open(String file, String password) throws IOException {
    return Pkcs12.open(
        Bytes.of(Files.readAllBytes(folder.resolve(file))), Passphrase.of(password.toCharArray()));
  }
}
