package dev.postern.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.TestSigner;
import dev.postern.x509.Bytes;
import dev.postern.x509.Pem;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WeakKeysTest {
  private static final BigInteger F4 = BigInteger.valueOf(65537);

  @Test
  void a_fresh_key_is_not_weak() {
    assertThat(WeakKeys.weakness(TestSigner.p256().publicKey())).isEmpty();
    assertThat(WeakKeys.weakness(TestSigner.rsa(2048).publicKey())).isEmpty();
    assertThat(WeakKeys.weakness(TestSigner.ed25519().publicKey())).isEmpty();
  }

  @Test
  void every_test_key_of_rfc_9500_is_known() throws Exception {
    Path vectors =
        Path.of(
            System.getenv().getOrDefault("POSTERN_VECTORS", "../shared/vectors"), "rfc9500-keys");
    Assumptions.assumeTrue(
        Files.isDirectory(vectors), () -> "skipped: no test vectors at " + vectors);
    try (var files = Files.newDirectoryStream(vectors, "*.pub.pem")) {
      for (Path file : files) {
        Bytes der = Pem.parse(Files.readString(file)).getFirst().content();
        var key = SubjectPublicKey.of(SubjectPublicKeyInfo.getInstance(der.toArray()));
        assertThat(WeakKeys.weakness(key))
            .as(file.toString())
            .hasValueSatisfying(r -> assertThat(r).contains("RFC 9500"));
      }
    }
  }

  @Test
  void an_exponent_of_three_is_weak() throws Exception {
    assertThat(WeakKeys.weakness(rsa(modulus(TestSigner.rsa(2048)), BigInteger.valueOf(3))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("public exponent 3"));
  }

  @Test
  void a_modulus_with_a_small_factor_is_weak() throws Exception {
    BigInteger seven =
        BigInteger.valueOf(7).multiply(BigInteger.probablePrime(2046, new Random(1)));
    assertThat(WeakKeys.weakness(rsa(seven, F4))).contains("the RSA modulus has a small factor");
  }

  @Test
  void neighbouring_primes_are_weak() throws Exception {
    BigInteger p = BigInteger.probablePrime(1024, new Random(2));
    assertThat(WeakKeys.weakness(rsa(p.multiply(p.nextProbablePrime()), F4)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("CVE-2022-26320"));
  }

  @Test
  void a_modulus_of_the_roca_generator_is_weak() throws Exception {
    // Moduli p·q with p = k·M + (65537^a mod M), M the product of the first primes; here the
    // modulus itself has that form.
    BigInteger m = BigInteger.ONE;
    for (BigInteger p = BigInteger.TWO; p.intValue() <= 167; p = p.nextProbablePrime()) {
      m = m.multiply(p);
    }
    BigInteger modulus =
        m.shiftLeft(2048 - m.bitLength()).add(F4.modPow(BigInteger.valueOf(123456789), m));
    while (modulus.bitLength() < 2048) {
      modulus = modulus.add(m.shiftLeft(2047 - m.bitLength()));
    }
    assertThat(WeakKeys.weakness(rsa(modulus, F4)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("ROCA"));
  }

  @Test
  void a_point_off_its_curve_is_weak() throws Exception {
    byte[] der = TestSigner.p256().publicKey().der().toArray();
    der[der.length - 1] ^= 1;
    var key = SubjectPublicKey.of(SubjectPublicKeyInfo.getInstance(der));
    assertThat(WeakKeys.weakness(key))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("cannot be read"));
  }

  private static BigInteger modulus(TestSigner signer) {
    return ((java.security.interfaces.RSAPublicKey) signer.pair().getPublic()).getModulus();
  }

  private static SubjectPublicKey rsa(BigInteger modulus, BigInteger exponent) throws Exception {
    var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    return SubjectPublicKey.of(
        new SubjectPublicKeyInfo(algorithm, new RSAPublicKey(modulus, exponent)));
  }
}
