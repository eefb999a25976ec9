package dev.postern.keys;

import dev.postern.x509.Signatures;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * PBKDF2 (RFC 8018 §5.2) over any HMAC. Our own loop, because commands run without the optimising
 * compiler: there the JDK needs 1,150 ms for the 600,000 rounds of a key file, this loop with
 * Conscrypt's HMAC 250 ms (Temurin 25, {@code -XX:TieredStopAtLevel=1}).
 */
final class Pbkdf2 {
  private static final Optional<Provider> CONSCRYPT = Signatures.conscrypt();

  private Pbkdf2() {}

  /** {@code length} bytes; {@code hmac} is a JCA name, {@code HmacSHA256}. */
  static byte[] derive(String hmac, byte[] password, byte[] salt, int iterations, int length)
      throws GeneralSecurityException {
    Mac mac = mac(hmac);
    // HMAC pads keys with zeros, so one zero byte is the empty password the JDK will not take.
    mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, hmac));
    ByteBuffer derived = ByteBuffer.allocate(length);
    for (int block = 1; derived.hasRemaining(); block++) {
      byte[] bytes = block(mac, salt, iterations, block);
      derived.put(bytes, 0, Math.min(bytes.length, derived.remaining()));
      Arrays.fill(bytes, (byte) 0);
    }
    return derived.array();
  }

  private static byte[] block(Mac mac, byte[] salt, int iterations, int index)
      throws GeneralSecurityException {
    mac.update(salt);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(index).flip());
    byte[] round = mac.doFinal();
    byte[] sum = round.clone();
    for (int i = 1; i < iterations; i++) {
      mac.update(round);
      mac.doFinal(round, 0);
      for (int k = 0; k < sum.length; k++) {
        sum[k] ^= round[k];
      }
    }
    return sum;
  }

  private static Mac mac(String hmac) throws GeneralSecurityException {
    if (CONSCRYPT.isPresent() && CONSCRYPT.get().getService("Mac", hmac) != null) {
      return Mac.getInstance(hmac, CONSCRYPT.get());
    }
    return Mac.getInstance(hmac);
  }
}
