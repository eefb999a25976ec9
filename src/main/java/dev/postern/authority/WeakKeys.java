package dev.postern.authority;

import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/** Public keys whose private half anybody can know or compute; a CA must not certify them. */
public final class WeakKeys {
  /** SHA-256 of the SubjectPublicKeyInfo of each test key printed in RFC 9500 §2. */
  private static final Set<String> RFC_9500 =
      Set.of(
          "3fac0442bd712e4c3984fca7b96f05f17e6bd09a2efac60563d6ac3bcac17745", // DLP 1024
          "e50b2bd28128da6e1cad135a80109223ba1cea6a21127af7c9212bf7774fe0f0", // DLP 2048
          "dd4f80bf29f61b11f194f92dbc35c12364c40debeddde230163ca22a925a0b09", // DLP 4096
          "b2b04340cfaee616ec9c2c62d261b208e54bb197498df52e8cadede23ac0ba5e", // P-256
          "c4c10105a0be0ed4dd3354428dc38a9bfee64da141ce16e75c94eda272f9dd3a", // P-384
          "acb1b8327fef995e2458fdf5e3c33b2dc0749feabd6a894cb9bda9d70ac06c24", // P-521
          "9a9e5b0f404f4e2d4386e38b04ac91e535946dc2a7f8d84a31404b476e5c35e1", // RSA 1024
          "8fb6bad671cfe698393c453357da61b56d757ab8c0f3fb9c87f2849e63131878", // RSA 2048
          "96465ea5dc9bb2da7b351d808a7196e5761f2412a5040131c68d719aaba28fb9"); // RSA 4096

  private static final BigInteger F4 = BigInteger.valueOf(65537);

  /** Primes below this are tried as factors; boulder's goodkey uses the same bound. */
  private static final int SMALL = 752;

  /**
   * Rounds of Fermat's method: finds primes that were generated next to each other
   * (CVE-2022-26320).
   */
  private static final int FERMAT_ROUNDS = 100;

  private WeakKeys() {}

  /** Why the key must not be certified, as a sentence. */
  public static Optional<String> weakness(SubjectPublicKey key) {
    if (RFC_9500.contains(key.der().sha256().hex())) {
      return Optional.of("is a published test key (RFC 9500); its private half is in the RFC");
    }
    try {
      return switch (key.algorithm().family()) {
        case RSA ->
            rsa(
                Parsing.at(
                    "publicKey", () -> RSAPublicKey.getInstance(key.structure().parsePublicKey())));
        case EC -> Parsing.at("publicKey", () -> point(key));
        case EDDSA, ML_DSA, DSA, OTHER -> Optional.empty();
      };
    } catch (MalformedException e) {
      return Optional.of("cannot be read: " + e.reason());
    }
  }

  private static Optional<String> rsa(RSAPublicKey key) {
    BigInteger n = key.getModulus();
    BigInteger e = key.getPublicExponent();
    if (n.signum() <= 0 || n.bitLength() < 2048) {
      return Optional.of("RSA of " + n.bitLength() + " bits; 2048 is the least");
    }
    if (!e.testBit(0) || e.compareTo(F4) < 0 || e.bitLength() > 256) {
      return Optional.of("RSA with the public exponent " + e + "; it must be odd, 65537 or more");
    }
    if (hasSmallFactor(n)) {
      return Optional.of("the RSA modulus has a small factor");
    }
    if (isRoca(n)) {
      return Optional.of("the RSA key comes from the broken generator of CVE-2017-15361 (ROCA)");
    }
    return hasClosePrimes(n)
        ? Optional.of("the two primes of the RSA key are next to each other (CVE-2022-26320)")
        : Optional.empty();
  }

  private static boolean hasSmallFactor(BigInteger n) {
    for (int p = 2; p < SMALL; p++) {
      if (BigInteger.valueOf(p).isProbablePrime(20) && n.mod(BigInteger.valueOf(p)).signum() == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Moduli of the broken generator are powers of 65537 modulo each of the small primes; others
   * almost never are.
   */
  private static boolean isRoca(BigInteger n) {
    for (int p = 3; p <= 167; p += 2) {
      if (BigInteger.valueOf(p).isProbablePrime(20)
          && !powersOf65537(p).contains(n.mod(BigInteger.valueOf(p)).intValue())) {
        return false;
      }
    }
    return true;
  }

  private static Set<Integer> powersOf65537(int p) {
    Set<Integer> powers = new HashSet<>();
    for (int power = 1; powers.add(power); ) {
      power = power * (65537 % p) % p;
    }
    return powers;
  }

  private static boolean hasClosePrimes(BigInteger n) {
    BigInteger a = n.sqrt().add(BigInteger.ONE);
    for (int round = 0; round < FERMAT_ROUNDS; round++) {
      BigInteger[] root = a.multiply(a).subtract(n).sqrtAndRemainder();
      if (root[1].signum() == 0) {
        return true;
      }
      a = a.add(BigInteger.ONE);
    }
    return false;
  }

  /** Bouncy Castle refuses points that are not on the curve or at infinity. */
  private static Optional<String> point(SubjectPublicKey key) throws java.io.IOException {
    if (key.algorithm().bits() < KeyAlgorithm.P256.bits()) {
      return Optional.of("EC key on a curve of less than 256 bits");
    }
    PublicKeyFactory.createKey(key.structure());
    return Optional.empty();
  }
}
