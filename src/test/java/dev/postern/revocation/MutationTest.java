package dev.postern.revocation;

import static dev.postern.path.TestChain.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.path.TestChain;
import dev.postern.path.TestChain.Party;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: a value or a {@link MalformedException}, soon, and never "good". */
@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
class MutationTest {
  private static final Duration SLOWEST = Duration.ofMillis(200);

  private static final Party CA = TestChain.root("CA").sign();
  private static final Party LEAF = CA.leaf("Alice").serial(BigInteger.valueOf(3)).sign();
  private static final VerifiedPath PATH = TestStatus.path(LEAF, CA);

  private interface Question {
    RevocationStatus ask(Bytes der) throws MalformedException;
  }

  private static RevocationStatus crl(Bytes der) throws MalformedException {
    return TestStatus.CHECKER.leaf(PATH, TestStatus.crls(CertificateList.parse(der)), NOW);
  }

  private static RevocationStatus ocsp(Bytes der) throws MalformedException {
    return TestStatus.CHECKER.leaf(PATH, TestStatus.ocsp(OcspResponse.parse(der)), NOW);
  }

  @Test
  void every_cut_and_many_changes_of_a_crl() {
    Bytes der =
        TestCrl.of(CA)
            .revokingOf(LEAF.certificate())
            .point(
                new org.bouncycastle.asn1.x509.IssuingDistributionPoint(
                    TestCrl.uri("http://crl.example/1"), true, false, null, true, false))
            .der();
    mutate(der, MutationTest::crl);
  }

  @Test
  void every_cut_and_many_changes_of_an_ocsp_response() {
    Party delegate = CA.leaf("OCSP").purposes(dev.postern.x509.KeyPurpose.OCSP_SIGNING).sign();
    mutate(
        TestOcsp.of(CA)
            .by(delegate)
            .nonce(Bytes.ofHex("0011"))
            .says(TestOcsp.revoked(CrlReason.SUPERSEDED), LEAF.certificate())
            .der(),
        MutationTest::ocsp);
  }

  private static void mutate(Bytes der, Question question) {
    Random random = new Random(20261123);
    byte[] original = der.toArray();
    for (int i = 0; i < original.length; i++) {
      answer(Arrays.copyOf(original, i), question);
      for (int change : new int[] {0x01, 0x80, 0xFF, random.nextInt(255) + 1}) {
        byte[] changed = original.clone();
        changed[i] ^= (byte) change;
        answer(changed, question);
      }
    }
    for (int i = 0; i < 1000; i++) {
      byte[] changed = original.clone();
      for (int j = 0; j < 4; j++) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      answer(changed, question);
    }
  }

  /** Asked again when it took long: a busy machine is slow once, a bad input every time. */
  private static void answer(byte[] bytes, Question question) {
    Duration quickest = timed(bytes, question);
    for (int i = 0; i < 4 && quickest.compareTo(SLOWEST) >= 0; i++) {
      Duration again = timed(bytes, question);
      quickest = again.compareTo(quickest) < 0 ? again : quickest;
    }
    assertThat(quickest).isLessThan(SLOWEST);
  }

  private static Duration timed(byte[] bytes, Question question) {
    Instant start = Instant.now();
    try {
      RevocationStatus status = question.ask(Bytes.of(bytes));
      assertThat(status).isNotInstanceOf(RevocationStatus.Good.class);
    } catch (MalformedException e) {
      assertThat(e.reason()).isNotBlank();
    }
    return Duration.between(start, Instant.now());
  }

  @Test
  void inputs_that_others_found_dangerous() throws IOException {
    String named = System.getenv("POSTERN_VECTORS");
    Path file =
        Path.of(named == null ? "../shared/vectors" : named).resolve("fuzz/openssl-crl.zip");
    assumeTrue(Files.exists(file), () -> "no fuzz corpus at " + file.toAbsolutePath());
    int seen = 0;
    try (var zip = new ZipInputStream(Files.newInputStream(file))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] bytes = zip.readAllBytes();
        answer(bytes, MutationTest::crl);
        answer(bytes, MutationTest::ocsp);
        seen++;
      }
    }
    assertThat(seen).isPositive();
  }
}
