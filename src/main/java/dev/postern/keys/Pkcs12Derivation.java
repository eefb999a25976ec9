package dev.postern.keys;

import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.util.DigestFactory;

/**
 * PKCS#12's own key derivation (RFC 7292 appendix B): deprecated for encryption, still how nearly
 * every file derives its MAC key.
 */
enum Pkcs12Derivation {
  SHA1("HmacSHA1"),
  SHA224("HmacSHA224"),
  SHA256("HmacSHA256"),
  SHA384("HmacSHA384"),
  SHA512("HmacSHA512");

  /** What the bytes are for: ID of appendix B.3. */
  enum Use {
    KEY,
    IV,
    MAC
  }

  private final String hmac;

  Pkcs12Derivation(String hmac) {
    this.hmac = hmac;
  }

  /** The JCA name of the HMAC over the same digest. */
  String hmac() {
    return hmac;
  }

  /** As long as the digest: what a MAC key is. */
  int length() {
    return digest().getDigestSize();
  }

  byte[] derive(Use use, char[] password, byte[] salt, int iterations, int length) {
    var generator = new PKCS12ParametersGenerator(digest());
    generator.init(bmp(password), salt, iterations);
    return switch (use) {
      case KEY -> key(generator.generateDerivedParameters(length * 8));
      case MAC -> key(generator.generateDerivedMacParameters(length * 8));
      // Bouncy Castle hands out the IV with a key only; one byte of it is not missed.
      case IV -> ((ParametersWithIV) generator.generateDerivedParameters(8, length * 8)).getIV();
    };
  }

  private static byte[] key(CipherParameters parameters) {
    return ((KeyParameter) parameters).getKey();
  }

  /** A BMPString with its two zero bytes (B.1), which the empty password keeps too. */
  private static byte[] bmp(char[] password) {
    return password.length == 0
        ? new byte[2]
        : PBEParametersGenerator.PKCS12PasswordToBytes(password);
  }

  private Digest digest() {
    return switch (this) {
      case SHA1 -> DigestFactory.createSHA1();
      case SHA224 -> DigestFactory.createSHA224();
      case SHA256 -> DigestFactory.createSHA256();
      case SHA384 -> DigestFactory.createSHA384();
      case SHA512 -> DigestFactory.createSHA512();
    };
  }
}
