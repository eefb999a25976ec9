package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Chains that OpenSSL made: {@code postern verify} and {@code openssl verify} agree on them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class VerifyPeersIT {
  private static final String CA =
      """
      basicConstraints=critical,CA:true
      keyUsage=critical,keyCertSign,cRLSign
      subjectKeyIdentifier=hash
      authorityKeyIdentifier=keyid
      """;

  private static final String LEAF =
      """
      keyUsage=critical,digitalSignature
      subjectKeyIdentifier=hash
      authorityKeyIdentifier=keyid
      """;

  @TempDir private static Path folder;

  /** Root, a CA below, one below that for b.test alone; another root of the same name. */
  @BeforeAll
  static void make() throws Exception {
    make("root", "root", CA, 3650);
    make("other", "other", CA, 3650);
    make("issuing", "root", CA, 3650);
    make("narrow", "root", CA + "nameConstraints=critical,permitted;DNS:b.test\n", 3650);
    make("client", "issuing", LEAF + "extendedKeyUsage=clientAuth\n", 30);
    make("server", "issuing", server("a.test"), 30);
    make("expired", "issuing", LEAF + "extendedKeyUsage=clientAuth\n", -1);
    make("inside", "narrow", server("b.test"), 30);
    make("outside", "narrow", server("a.test"), 30);
    make("nobody", "client", LEAF + "extendedKeyUsage=clientAuth\n", 30);
  }

  private static String server(String host) {
    return LEAF + "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:" + host + "\n";
  }

  private static void make(String name, String issuer, String extensions, int days)
      throws Exception {
    Files.writeString(folder.resolve(name + ".ext"), extensions);
    openssl(
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        name + ".key",
        "-subj",
        "/CN=" + (name.equals("other") ? "root" : name),
        "-out",
        name + ".csr");
    List<String> sign =
        new ArrayList<>(List.of("x509", "-req", "-in", name + ".csr", "-sha256", "-days"));
    sign.addAll(List.of("" + days, "-extfile", name + ".ext", "-out", name + ".pem"));
    sign.addAll(
        name.equals(issuer)
            ? List.of("-signkey", name + ".key")
            : List.of("-CA", issuer + ".pem", "-CAkey", issuer + ".key", "-CAcreateserial"));
    assertThat(openssl(sign.toArray(String[]::new))).isZero();
  }

  private static int openssl(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static Arguments chain(String leaf, String between, String root, String purpose) {
    return argumentSet(leaf + " as a " + purpose, leaf, between, root, purpose);
  }

  static Stream<Arguments> good() {
    return Stream.of(
        chain("client", "issuing", "root", "client"),
        chain("server", "issuing", "root", "server"),
        chain("inside", "narrow", "root", "server"));
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        chain("expired", "issuing", "root", "client"),
        chain("client", "issuing", "root", "server"),
        chain("server", "issuing", "root", "client"),
        chain("client", "issuing", "other", "client"),
        chain("client", "narrow", "root", "client"),
        chain("outside", "narrow", "root", "server"),
        chain("nobody", "client", "root", "client"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void both_believe(String leaf, String between, String root, String purpose) throws Exception {
    assertThat(byOpenssl(leaf, between, root, purpose)).as(log()).isZero();
    assertThat(byPostern(leaf, between, root, purpose).exit()).isZero();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void both_refuse(String leaf, String between, String root, String purpose) throws Exception {
    assertThat(byOpenssl(leaf, between, root, purpose)).isNotZero();
    assertThat(byPostern(leaf, between, root, purpose).exit()).isEqualTo(1);
  }

  private static int byOpenssl(String leaf, String between, String root, String purpose)
      throws Exception {
    return openssl(
        "verify",
        "-purpose",
        "ssl" + purpose,
        "-CAfile",
        root + ".pem",
        "-untrusted",
        between + ".pem",
        leaf + ".pem");
  }

  private static Shell.Outcome byPostern(String leaf, String between, String root, String purpose) {
    return Shell.exactly(
        "verify",
        file(leaf),
        "--ca",
        file(root),
        "--intermediate",
        file(between),
        "--purpose",
        purpose);
  }

  private static String file(String name) {
    return folder.resolve(name + ".pem").toString();
  }

  private static String log() throws IOException {
    return Files.readString(folder.resolve("openssl.log"), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("revocations")
  void a_crl_of_openssl_counts(String revoked, int exit) throws Exception {
    Files.writeString(folder.resolve("index.txt"), "");
    Files.writeString(folder.resolve("crlnumber"), "01\n");
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca = d
        [d]
        database = index.txt
        crlnumber = crlnumber
        default_md = sha256
        default_crl_days = 7
        crl_extensions = x
        [x]
        authorityKeyIdentifier = keyid
        """);
    for (String ca : List.of("root", "issuing")) {
      Files.writeString(folder.resolve("index.txt"), "");
      List<String> keys = List.of("-keyfile", ca + ".key", "-cert", ca + ".pem");
      if (ca.equals("issuing") && !revoked.isEmpty()) {
        List<String> words =
            new ArrayList<>(List.of("ca", "-config", "ca.cnf", "-revoke", revoked + ".pem"));
        words.addAll(keys);
        assertThat(openssl(words.toArray(String[]::new))).as(log()).isZero();
      }
      List<String> words =
          new ArrayList<>(List.of("ca", "-config", "ca.cnf", "-gencrl", "-out", ca + ".crl"));
      words.addAll(keys);
      assertThat(openssl(words.toArray(String[]::new))).as(log()).isZero();
    }
    var outcome =
        Shell.exactly(
            "verify",
            file("client"),
            "--ca",
            file("root"),
            "--intermediate",
            file("issuing"),
            "--crl",
            folder.resolve("root.crl").toString(),
            "--crl",
            folder.resolve("issuing.crl").toString());
    assertThat(outcome.exit()).as(outcome.out()).isEqualTo(exit);
  }

  static Stream<Arguments> revocations() {
    return Stream.of(
        argumentSet("nobody revoked", "", 0),
        argumentSet("another revoked", "server", 0),
        argumentSet("this one revoked", "client", 1));
  }
}
