package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.postern.fakes.IssuedCertificates;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every certificate that Postern issued in any test, unit tests included, before OpenSSL and
 * GnuTLS. Runs last. Those refused are left in {@code target/issued-refused}.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
@Order(Integer.MAX_VALUE)
@Tag("alone")
class IssuedIT {
  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";

  @TempDir private static Path folder;
  private final List<Issued> all = new ArrayList<>();

  /** A certificate with those above it, and its file. */
  private record Issued(Path file, List<Certificate> chain) {
    Certificate leaf() {
      return chain.getFirst();
    }

    List<Certificate> between() {
      return chain.subList(1, chain.size() - 1);
    }

    Certificate root() {
      return chain.getLast();
    }

    boolean isServer() {
      return leaf().extendedKeyUsage().orElseThrow().contains(KeyPurpose.SERVER_AUTH);
    }

    /** An imported CA may lack the key usage of which OpenSSL makes a condition. */
    boolean hasStrictCas() {
      return chain.stream().skip(1).allMatch(ca -> ca.keyUsage().isPresent());
    }

    boolean isValidNow() {
      return chain.stream().allMatch(each -> each.validAt(Instant.now()));
    }
  }

  @BeforeAll
  void take_what_was_issued() throws Exception {
    if (Files.isDirectory(IssuedCertificates.FOLDER)) {
      try (var files = Files.list(IssuedCertificates.FOLDER)) {
        for (Path file : files.sorted().toList()) {
          Path taken = folder.resolve(String.valueOf(file.getFileName()));
          Files.move(file, taken);
          all.add(new Issued(taken, Pem.certificates(Files.readAllBytes(taken))));
        }
      }
    }
    assumeFalse(all.isEmpty(), "no test issued anything");
    Files.writeString(
        folder.resolve("roots"), Pem.write(all.stream().map(Issued::root).distinct().toList()));
    Files.writeString(
        folder.resolve("between"),
        Pem.write(all.stream().flatMap(each -> each.between().stream()).distinct().toList()));
  }

  @AfterAll
  void say_how_many() {
    System.out.println("IssuedIT judged " + all.size() + " certificates");
  }

  @Test
  void OpenSSL_verifies_all_strictly() throws IOException {
    for (boolean server : new boolean[] {true, false}) {
      for (boolean strict : new boolean[] {true, false}) {
        List<Issued> some =
            all.stream()
                .filter(each -> each.isServer() == server && each.hasStrictCas() == strict)
                .toList();
        List<Issued> refused = refusedByOpenSsl(some, strict, server ? "sslserver" : "sslclient");
        assertThat(putAside(refused, Files.readString(folder.resolve("openssl.txt")))).isEmpty();
        assertThat(refusedByOpenSsl(some, strict, server ? "sslclient" : "sslserver"))
            .as("for the wrong purpose")
            .hasSameSizeAs(some);
      }
    }
  }

  /** One process for all; tests issue at times of their own, so validity is left out. */
  private List<Issued> refusedByOpenSsl(List<Issued> some, boolean strict, String purpose)
      throws IOException {
    Files.writeString(folder.resolve("openssl.txt"), "");
    if (some.isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>(List.of("openssl", "verify", "-no_check_time"));
    if (strict) {
      words.add("-x509_strict");
    }
    words.addAll(
        List.of("-purpose", purpose, "-CAfile", "roots", "-untrusted", "between", "-show_chain"));
    some.forEach(each -> words.add(each.file().toString()));
    var outcome = Program.in(folder).run(words.toArray(String[]::new));
    List<String> lines = outcome.out().lines().toList();
    Files.writeString(folder.resolve("openssl.txt"), outcome.err());
    return some.stream().filter(each -> !lines.contains(each.file() + ": OK")).toList();
  }

  @Test
  void GnuTLS_verifies_all() throws IOException {
    Map<String, String> answers = new TreeMap<>();
    for (Issued each : all) {
      Files.writeString(root(each), Pem.write(each.root()));
    }
    String loop =
        "for file; do echo \"== $file\"; for purpose in %s %s; do certtool --verify --verify-profile medium --verify-purpose $purpose"
                .formatted(SERVER, CLIENT)
            + " --load-ca-certificate ${file%.pem}.root --infile $file 2>/dev/null | grep '^Chain verification'; done; done";
    List<String> words = new ArrayList<>(List.of("bash", "-c", loop, "certtool"));
    all.forEach(each -> words.add(each.file().toString()));
    String file = "";
    for (String line :
        Program.in(folder).run(words.toArray(String[]::new)).out().lines().toList()) {
      if (line.startsWith("== ")) {
        file = line.substring(3);
      } else {
        answers.merge(file, line, (first, second) -> first + "\n" + second);
      }
    }
    assertThat(
            putAside(
                all.stream().filter(each -> !isGood(each, answers)).toList(), answers.toString()))
        .isEmpty();
  }

  private static Path root(Issued each) {
    return Path.of(each.file().toString().replaceFirst("\\.pem$", ".root"));
  }

  /** The answer for servers, then that for clients: one is yes, the other no. */
  private static boolean isGood(Issued each, Map<String, String> answers) {
    List<String> both = answers.getOrDefault(each.file().toString(), "").lines().toList();
    if (both.size() != 2) {
      return false;
    }
    String right = both.get(each.isServer() ? 0 : 1);
    String wrong = both.get(each.isServer() ? 1 : 0);
    boolean trusted =
        each.isValidNow()
            ? right.contains(" Verified. The certificate is trusted.")
            : right.matches(
                    ".* Not verified\\. The certificate is NOT trusted\\. The certificate chain uses (expired|not yet valid) certificate\\..*")
                && !right.contains("purpose");
    return trusted && !wrong.contains("is trusted.");
  }

  /** The test of the test: one changed byte, and both refuse. */
  @Test
  void a_damaged_certificate_is_refused_by_both() throws Exception {
    Issued good = all.getFirst();
    byte[] der = good.leaf().der().toArray();
    der[der.length - 1] ^= 1;
    List<Certificate> chain = new ArrayList<>(good.chain());
    chain.set(0, Certificate.parse(Bytes.of(der)));
    Path file = Files.writeString(folder.resolve("damaged.pem"), Pem.write(chain));
    String purpose = good.isServer() ? "sslserver" : "sslclient";
    assertThat(
            Program.in(folder)
                .shell(
                    "openssl verify -no_check_time -purpose "
                        + purpose
                        + " -CAfile roots -untrusted between damaged.pem")
                .failed()
                .err())
        .contains("signature failure");
    Files.writeString(folder.resolve("damaged.root"), Pem.write(good.root()));
    assertThat(
            Program.in(folder)
                .shell("certtool --verify --load-ca-certificate damaged.root --infile " + file)
                .failed()
                .out())
        .contains("The signature in the certificate is invalid");
  }

  /** Puts them aside for whoever looks into it. */
  private static List<Path> putAside(List<Issued> some, String why) throws IOException {
    Path aside = IssuedCertificates.FOLDER.resolveSibling("issued-refused");
    List<Path> files = new ArrayList<>();
    for (Issued each : some) {
      Files.createDirectories(aside);
      Path file = aside.resolve(String.valueOf(each.file().getFileName()));
      files.add(Files.copy(each.file(), file, StandardCopyOption.REPLACE_EXISTING));
    }
    if (!files.isEmpty()) {
      Files.writeString(aside.resolve("why.txt"), why);
    }
    return files;
  }
}
