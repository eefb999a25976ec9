package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.Foreign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code postern issue} hands out, for every profile, kind of key and kind of CA key, before
 * the verifiers that others use: OpenSSL, GnuTLS, NSS, Java 17.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class ForeignVerifiersIT {
  private static final List<String> KEYS = List.of("p256", "p384", "rsa2048", "rsa3072");

  /** The alternative names of each profile. */
  private static final Map<String, String> NAMES =
      Map.of(
          "server", "DNS:wiki.example.com, IP Address:192.0.2.7",
          "client", "email:alice@example.com",
          "device", "DNS:printer.example.com, URI:spiffe://example.com/printer");

  @TempDir private static Path folder;

  private final List<Issued> issued = new ArrayList<>();
  private final Map<String, Postern> authorities = new HashMap<>();

  /** A certificate, its chain in {@code file} and its key beside it. */
  private record Issued(Postern authority, String profile, String name) {
    Path file() {
      return authority.path(name + ".pem");
    }

    Path root() {
      return authority.path("postern-data/ca/root.pem");
    }

    Path issuing() {
      return authority.path("postern-data/ca/issuing.pem");
    }

    boolean isServer() {
      return profile.equals("server");
    }
  }

  @BeforeAll
  void issue_one_of_each() throws IOException {
    for (String profile : List.of("server", "client", "device")) {
      KEYS.forEach(key -> issue("p256", profile, key));
      issue("p384", profile, "p256");
      issue("rsa3072", profile, "rsa2048");
    }
  }

  private void issue(String caKey, String profile, String key) {
    Postern authority = authorities.computeIfAbsent(caKey, ForeignVerifiersIT::newAuthority);
    String name = profile + "-" + key;
    String whom =
        switch (profile) {
          case "server" -> "wiki.example.com --name ip:192.0.2.7";
          case "client" -> "alice";
          default ->
              "printer --name dns:printer.example.com --name uri:spiffe://example.com/printer";
        };
    authority.succeeds(
        "issue %s %s --key %s --out %s.pem --password-file passphrase --passphrase-file passphrase"
            .formatted(profile, whom, key, name));
    issued.add(new Issued(authority, profile, name));
  }

  private Postern authority() {
    return Objects.requireNonNull(authorities.get("p256"));
  }

  private static Postern newAuthority(String key) {
    try {
      Postern authority = Postern.in(Files.createDirectory(folder.resolve(key)));
      authority.succeeds("init --name Example --key " + key + " --passphrase-file passphrase");
      authority.succeeds("user add alice --email alice@example.com");
      authority.succeeds("user add printer");
      return authority;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Program.Outcome run(Object... words) {
    return Program.in(folder).run(Stream.of(words).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void OpenSSL_verifies_them_strictly_for_their_purpose_only() {
    for (Issued each : issued) {
      openssl(each, each.root(), each.isServer() ? "sslserver" : "sslclient").succeeded();
      assertThat(
              openssl(each, each.root(), each.isServer() ? "sslclient" : "sslserver")
                  .failed()
                  .err())
          .contains("unsu"); // "unsupported certificate purpose", in newer versions "unsuitable"
      assertThat(openssl(each, stranger(each).root(), "any").failed().err())
          .contains("unable to get local issuer certificate");
    }
  }

  private static Program.Outcome openssl(Issued each, Path root, String purpose) {
    return run(
        "openssl",
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        "-CAfile",
        root,
        "-untrusted",
        each.issuing(),
        each.file());
  }

  /** One from another CA, whose names are the same. */
  private Issued stranger(Issued each) {
    return issued.stream()
        .filter(other -> !other.authority().equals(each.authority()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void GnuTLS_verifies_them_for_their_purpose_only() {
    for (Issued each : issued) {
      assertThat(certtool(each, each.root(), each.isServer() ? SERVER : CLIENT).succeeded().out())
          .contains("The certificate is trusted.");
      certtool(each, each.root(), each.isServer() ? CLIENT : SERVER).failed();
      certtool(each, stranger(each).root(), each.isServer() ? SERVER : CLIENT).failed();
    }
  }

  private static final String SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

  private static Program.Outcome certtool(Issued each, Path root, String purpose) {
    return run(
        "certtool",
        "--verify",
        "--verify-profile",
        "medium",
        "--verify-purpose",
        purpose,
        "--load-ca-certificate",
        root,
        "--infile",
        each.file());
  }

  @Test
  void NSS_verifies_them_for_their_purpose_only() throws Exception {
    Path database = Files.createDirectory(folder.resolve("nss"));
    String db = "sql:" + database;
    run("certutil", "-N", "-d", db, "--empty-password").succeeded();
    // One CA only: the names of the three are the same, and NSS keeps certificates by name.
    Postern authority = authority();
    List<Issued> ours = issued.stream().filter(each -> each.authority() == authority).toList();
    run("certutil", "-A", "-d", db, "-n", "issuing", "-t", ",,", "-i", ours.getFirst().issuing())
        .succeeded();
    for (Issued each : ours) {
      run("certutil", "-A", "-d", db, "-n", each.name(), "-t", ",,", "-i", each.file()).succeeded();
    }
    for (Issued each : ours) {
      certutil(db, each, each.isServer() ? "V" : "C").failed(); // the root is not trusted yet
    }
    run("certutil", "-A", "-d", db, "-n", "root", "-t", "CT,,", "-i", ours.getFirst().root())
        .succeeded();
    for (Issued each : ours) {
      assertThat(certutil(db, each, each.isServer() ? "V" : "C").succeeded().out())
          .contains("certificate is valid");
      certutil(db, each, each.isServer() ? "C" : "V").failed();
    }
  }

  private static Program.Outcome certutil(String db, Issued each, String usage) {
    return run("certutil", "-V", "-d", db, "-n", each.name(), "-u", usage, "-e");
  }

  /** Reads certificates as a program of 2021 does, and judges them as its TLS would. */
  private static final String JUDGE =
      """
      import java.nio.file.*;
      import java.security.KeyStore;
      import java.security.cert.*;
      import javax.net.ssl.*;

      class Judge {
        public static void main(String[] files) throws Exception {
          var factory = CertificateFactory.getInstance("X.509");
          var roots = KeyStore.getInstance("PKCS12");
          roots.load(null, null);
          try (var in = Files.newInputStream(Path.of(files[0]))) {
            roots.setCertificateEntry("root", factory.generateCertificate(in));
          }
          var trust = TrustManagerFactory.getInstance("PKIX");
          trust.init(roots);
          var manager = (X509TrustManager) trust.getTrustManagers()[0];
          for (int i = 1; i < files.length; i++) {
            X509Certificate[] chain;
            try (var in = Files.newInputStream(Path.of(files[i]))) {
              chain = factory.generateCertificates(in).toArray(X509Certificate[]::new);
            }
            String kind = chain[0].getPublicKey().getAlgorithm();
            System.out.print(Path.of(files[i]).getFileName());
            try {
              manager.checkClientTrusted(chain, kind);
              System.out.print(" client");
            } catch (CertificateException e) {
            }
            try {
              manager.checkServerTrusted(chain, "ECDHE_" + (kind.equals("EC") ? "ECDSA" : kind));
              System.out.print(" server");
            } catch (CertificateException e) {
            }
            System.out.println();
          }
        }
      }
      """;

  @Test
  void Java_17_verifies_them_for_their_purpose_only() throws Exception {
    Path judge = Files.writeString(folder.resolve("Judge.java"), JUDGE);
    for (Postern authority : authorities.values()) {
      List<Issued> ours = issued.stream().filter(each -> each.authority() == authority).toList();
      assertThat(java17(judge, ours.getFirst().root(), ours))
          .containsExactlyElementsOf(
              ours.stream()
                  .map(each -> each.name() + ".pem " + (each.isServer() ? "server" : "client"))
                  .toList());
      assertThat(java17(judge, stranger(ours.getFirst()).root(), ours))
          .containsExactlyElementsOf(ours.stream().map(each -> each.name() + ".pem").toList());
    }
  }

  private static List<String> java17(Path judge, Path root, List<Issued> issued)
      throws IOException {
    List<Object> words = new ArrayList<>(List.of(Foreign.java17().resolve("java"), judge, root));
    issued.forEach(each -> words.add(each.file()));
    return run(words.toArray()).succeeded().out().lines().toList();
  }

  /** RFC 5280 §4.2, as OpenSSL reads it: the extensions there are, and what is critical. */
  @Test
  void each_has_exactly_the_extensions_of_its_profile() {
    for (Issued each : issued) {
      String text =
          run("openssl", "x509", "-in", each.file(), "-noout", "-text", "-nameopt", "RFC2253")
              .succeeded()
              .out();
      assertThat(text).as(each.name()).contains("Version: 3 (0x2)");
      assertThat(text.lines().map(String::strip).filter(line -> line.startsWith("X509v3 ")))
          .as(each.name())
          .containsExactly(
              "X509v3 extensions:",
              "X509v3 Basic Constraints: critical",
              "X509v3 Key Usage: critical",
              "X509v3 Extended Key Usage:",
              "X509v3 Subject Key Identifier:",
              "X509v3 Authority Key Identifier:",
              "X509v3 Subject Alternative Name:",
              "X509v3 CRL Distribution Points:");
      assertThat(text)
          .as(each.name())
          .containsPattern("URI:http://pki\\.[^/]+/crl/[0-9a-f]{40}\\.crl\n")
          .containsPattern("Authority Information Access:\\s+OCSP - URI:http://pki\\.[^/]+/ocsp\n")
          .containsPattern("CA Issuers - URI:http://pki\\.[^/]+/ca/[0-9a-f]{40}\\.cer\n");
      // Key encipherment: RSA key exchange of TLS 1.2, which only servers need.
      boolean enciphers = each.isServer() && each.name().contains("rsa");
      assertThat(text.lines().map(String::strip))
          .as(each.name())
          .contains(
              "CA:FALSE",
              enciphers ? "Digital Signature, Key Encipherment" : "Digital Signature",
              "TLS Web " + (each.isServer() ? "Server" : "Client") + " Authentication",
              Objects.requireNonNull(NAMES.get(each.profile())));
      assertThat(text).doesNotContain("sha1", "md5", "<INVALID", "Unknown");
    }
  }

  @Test
  void each_key_file_opens_with_its_password_and_belongs_to_its_certificate() throws Exception {
    Files.writeString(folder.resolve("wrong"), "battery staple\n");
    for (Issued each : issued) {
      Path key = each.authority().path(each.name() + ".key");
      String clear =
          run(
                  "openssl",
                  "pkcs8",
                  "-in",
                  key,
                  "-passin",
                  "file:" + each.authority().path("passphrase"))
              .succeeded()
              .out();
      Files.writeString(folder.resolve("clear.key"), clear);
      assertThat(run("openssl", "pkey", "-in", "clear.key", "-pubout").succeeded().out())
          .as(each.name())
          .isEqualTo(
              run("openssl", "x509", "-in", each.file(), "-noout", "-pubkey").succeeded().out());
      run("openssl", "pkcs8", "-in", key, "-passin", "file:wrong").failed();
    }
  }

  /** P-256 and RSA 2048 are before them in {@code Pkcs12PeersIT}. */
  @Test
  void every_opener_takes_PKCS12_of_the_bigger_keys_with_the_password_only() throws Exception {
    Postern authority = authority();
    Files.writeString(folder.resolve("wrong"), "battery staple\n");
    Path nss = Files.createDirectory(folder.resolve("nss-p12"));
    run("certutil", "-N", "-d", "sql:" + nss, "--empty-password").succeeded();
    int port = Postern.freePort();
    try (var server = server(port)) {
      for (String key : List.of("p384", "rsa3072")) {
        for (String format : List.of("p12", "p12-legacy")) {
          String name = "%s-%s.p12".formatted(format, key);
          authority.succeeds(
              "issue client alice --key %s --format %s --out %s --password-file passphrase --passphrase-file passphrase"
                  .formatted(key, format, name));
          Path file = authority.path(name);
          opens(file, nss, port, Postern.PASSPHRASE)
              .forEach((who, how) ->
                  assertThat(how.exit()).as("%s and %s: %s", who, name, how).isZero());
          opens(file, nss, port, "battery staple")
              .forEach((who, how) ->
                  assertThat(how.exit()).as("%s and %s: %s", who, name, how).isNotZero());
        }
      }
      assertThat(server.process().isAlive()).isTrue();
    }
  }

  /** A server that demands a certificate of ours. */
  private Postern.Running server(int port) throws IOException {
    Postern authority = authority();
    Path out = folder.resolve("server.txt");
    var running =
        new Postern.Running(
            new ProcessBuilder(
                    ("openssl s_server -accept 127.0.0.1:%d -cert server-p256.pem -cert_chain server-p256.pem"
                            + " -key server-p256.key -pass file:passphrase -CAfile postern-data/ca/root.pem"
                            + " -Verify 3 -verify_return_error -www")
                        .formatted(port)
                        .split(" "))
                .directory(authority.path("").toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start(),
            out);
    running.awaitOutput("ACCEPT");
    return running;
  }

  private Map<String, Program.Outcome> opens(Path file, Path nss, int port, String password)
      throws IOException {
    Map<String, Program.Outcome> outcomes = new HashMap<>();
    Files.writeString(folder.resolve("password"), password + "\n");
    outcomes.put(
        "openssl", run("openssl", "pkcs12", "-in", file, "-nodes", "-passin", "file:password"));
    outcomes.put(
        "certtool",
        run("certtool", "--p12-info", "--inder", "--infile", file, "--password", password));
    outcomes.put(
        "pk12util", run("pk12util", "-i", file, "-d", "sql:" + nss, "-w", "password", "-K", ""));
    outcomes.put(
        "keytool",
        run(
            Foreign.keytool17(),
            "-list",
            "-storetype",
            "PKCS12",
            "-keystore",
            file,
            "-storepass",
            password));
    outcomes.put(
        "curl",
        run(
            "curl",
            "-sS",
            "--max-time",
            "20",
            "--cacert",
            authority().path("postern-data/ca/root.pem"),
            "--resolve",
            "wiki.example.com:" + port + ":127.0.0.1",
            "--cert-type",
            "P12",
            "--cert",
            file + ":" + password,
            "https://wiki.example.com:" + port + "/"));
    return outcomes;
  }
}
