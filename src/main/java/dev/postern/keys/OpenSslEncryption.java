package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.Pem;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * {@code DEK-Info: AES-256-CBC,…}: how OpenSSL before 1.0 encrypted keys, after RFC 1423, and still
 * does for {@code openssl rsa -aes256}. One round of MD5 protects them; read, never written.
 */
final class OpenSslEncryption {
  private static final Pattern DEK_INFO =
      Pattern.compile("DEK-Info: *([A-Za-z0-9-]+),([0-9A-Fa-f]{16}|[0-9A-Fa-f]{32})");

  private record Scheme(String cipher, int keyLength) {}

  private static final Map<String, Scheme> SCHEMES =
      Map.of(
          "AES-128-CBC", new Scheme("AES", 16),
          "AES-192-CBC", new Scheme("AES", 24),
          "AES-256-CBC", new Scheme("AES", 32),
          "DES-EDE3-CBC", new Scheme("DESede", 24),
          "DES-CBC", new Scheme("DES", 8));

  private OpenSslEncryption() {}

  static byte[] decrypt(Pem.Block block, char[] password) throws Problem {
    Matcher info =
        block.headers().stream()
            .map(DEK_INFO::matcher)
            .filter(Matcher::matches)
            .findFirst()
            .orElseThrow(() ->
                new Problem(Reason.MALFORMED, "is encrypted but does not say how (DEK-Info)"));
    Scheme scheme = SCHEMES.get(info.group(1));
    if (scheme == null) {
      throw new Problem(
          Reason.UNSUPPORTED,
          "is encrypted with " + info.group(1) + ", which Postern does not know");
    }
    byte[] iv = HexFormat.of().parseHex(info.group(2));
    try {
      Cipher cipher = Cipher.getInstance(scheme.cipher() + "/CBC/PKCS5Padding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(key(Pbes2.utf8(password), iv, scheme.keyLength()), scheme.cipher()),
          new IvParameterSpec(iv));
      return cipher.doFinal(block.content().toArray());
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw new Problem(Reason.WRONG_PASSPHRASE, "was encrypted with another passphrase");
    } catch (GeneralSecurityException e) {
      throw new Problem(Reason.UNSUPPORTED, "cannot be decrypted: " + e.getMessage());
    }
  }

  /** EVP_BytesToKey with one round of MD5; the first eight bytes of the IV are the salt. */
  private static byte[] key(byte[] password, byte[] iv, int length)
      throws GeneralSecurityException {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    byte[] key = new byte[0];
    byte[] last = new byte[0];
    while (key.length < length) {
      md5.update(last);
      md5.update(password);
      md5.update(iv, 0, 8);
      last = md5.digest();
      int from = key.length;
      key = Arrays.copyOf(key, from + last.length);
      System.arraycopy(last, 0, key, from, last.length);
    }
    return Arrays.copyOf(key, length);
  }
}
