package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class Pbkdf2Test {
  /** RFC 6070 (HMAC-SHA1) and RFC 7914 §11 (HMAC-SHA256). */
  @ParameterizedTest
  @CsvSource({
    "HmacSHA1, password, salt, 1, 0c60c80f961f0e71f3a9b524af6012062fe037a6",
    "HmacSHA1, password, salt, 4096, 4b007901b765489abead49d926f721d065a429c1",
    "HmacSHA1, passwordPASSWORDpassword, saltSALTsaltSALTsaltSALTsaltSALTsalt, 4096,"
        + " 3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
    "HmacSHA256, passwd, salt, 1, 55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
  })
  void the_published_vectors_come_out(
      String hmac, String password, String salt, int iterations, String expected)
      throws GeneralSecurityException {
    byte[] derived =
        Pbkdf2.derive(
            hmac,
            password.getBytes(StandardCharsets.US_ASCII),
            salt.getBytes(StandardCharsets.US_ASCII),
            iterations,
            expected.length() / 2);
    assertThat(HexFormat.of().formatHex(derived)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"SHA1, 33", "SHA224, 20", "SHA256, 100", "SHA384, 32", "SHA512, 65"})
  void it_agrees_with_the_JDK(String hash, int length) throws GeneralSecurityException {
    byte[] salt = {1, 2, 3};
    byte[] expected =
        SecretKeyFactory.getInstance("PBKDF2WithHmac" + hash)
            .generateSecret(new PBEKeySpec("pässwörd".toCharArray(), salt, 77, length * 8))
            .getEncoded();
    assertThat(
            Pbkdf2.derive(
                "Hmac" + hash, "pässwörd".getBytes(StandardCharsets.UTF_8), salt, 77, length))
        .isEqualTo(expected);
  }

  @Test
  void half_a_surrogate_pair_in_a_password_is_replaced_and_not_an_error() {
    assertThat(Pbes2.utf8(new char[] {'a', '\ud83d'})).isEqualTo(new byte[] {'a', '?'});
  }
}
