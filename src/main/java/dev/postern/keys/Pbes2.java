package dev.postern.keys;

import dev.postern.keys.DerivedKeys.Derivation;
import dev.postern.x509.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * The encryption of everything we write: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.
 *
 * <pre>
 * PBES2-params ::= SEQUENCE {                      -- RFC 8018 A.4
 *     keyDerivationFunc AlgorithmIdentifier {{PBES2-KDFs}},
 *     encryptionScheme AlgorithmIdentifier {{PBES2-Encs}} }
 *
 * PBKDF2-params ::= SEQUENCE {                     -- RFC 8018 A.2
 *     salt CHOICE { specified OCTET STRING, otherSource … },
 *     iterationCount INTEGER (1..MAX),
 *     keyLength INTEGER (1..MAX) OPTIONAL,
 *     prf AlgorithmIdentifier DEFAULT hmacWithSHA1 }
 * </pre>
 */
record Pbes2(int iterations, int saltLength, boolean sharesSalt) {
  /**
   * Key files: they stay on a disk for years, so each guess shall cost a quarter of a second. Those
   * under one passphrase share a salt: it is there against tables made in advance, and whoever has
   * guessed the passphrase of one file has them all.
   */
  static final Pbes2 FILE = new Pbes2(600_000, 16, true);

  /**
   * PKCS#12: mostly under a generated passphrase of 99 bits, and old devices give up on more
   * rounds. Eight bytes of salt, because macOS refuses sixteen (design §7).
   */
  static final Pbes2 PKCS12 = new Pbes2(10_000, 8, false);

  private static final int AES_BLOCK = 16;
  private static final int AES_256_KEY = 32;

  /** Some bytes, encrypted, and how. */
  record Encrypted(AlgorithmIdentifier algorithm, Bytes ciphertext) {}

  EncryptedPrivateKeyInfo encryptedKey(
      SecretKeyPair key, Passphrase passphrase, SecureRandom random) {
    byte[] plaintext = Der.of(key.pkcs8());
    try {
      Encrypted encrypted = encrypt(plaintext, passphrase, random);
      return new EncryptedPrivateKeyInfo(encrypted.algorithm(), encrypted.ciphertext().toArray());
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  Encrypted encrypt(byte[] plaintext, Passphrase passphrase, SecureRandom random) {
    byte[] salt = new byte[saltLength];
    byte[] iv = new byte[AES_BLOCK];
    random.nextBytes(salt);
    random.nextBytes(iv);
    Derivation fresh = derivation(Bytes.of(salt));
    DerivedKeys known = passphrase.derived();
    Derivation how = sharesSalt ? known.salt(fresh).map(this::derivation).orElse(fresh) : fresh;
    return new Encrypted(
        algorithm(how.salt().toArray(), iv),
        Bytes.of(
            passphrase.with(password -> {
              byte[] utf8 = utf8(password);
              try {
                return aes(plaintext, sharesSalt ? known.get(how, utf8) : how.of(utf8), iv);
              } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES and HMAC are in every JDK", e);
              } finally {
                Arrays.fill(utf8, (byte) 0);
              }
            })));
  }

  private Derivation derivation(Bytes salt) {
    return new Derivation("HmacSHA256", salt, iterations, AES_256_KEY);
  }

  private AlgorithmIdentifier algorithm(byte[] salt, byte[] iv) {
    var hmacSha256 =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_PBES2,
        new PBES2Parameters(
            new KeyDerivationFunc(
                PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, iterations, hmacSha256)),
            new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv))));
  }

  private static byte[] aes(byte[] plaintext, byte[] key, byte[] iv)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    Arrays.fill(key, (byte) 0);
    return cipher.doFinal(plaintext);
  }

  /** PBES2 leaves the encoding open (RFC 8018 §3); everybody uses UTF-8. */
  static byte[] utf8(char[] password) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * password.length);
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(CharBuffer.wrap(password), buffer, true);
    byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
    Arrays.fill(buffer.array(), (byte) 0);
    return bytes;
  }
}
