package dev.postern.web;

import dev.postern.x509.Bytes;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys for session tickets (RFC 5077, RFC 8446 §4.6.1), derived from one secret: nodes that share
 * the secret resume each other's sessions, hosts of different posture never do, and keys change by
 * the clock. tcnative ignores session timeouts, so the change of keys is what ends a ticket's life.
 */
public final class TicketKeys {
  /** A ticket lives for one to two of these. */
  static final Duration PERIOD = Duration.ofHours(12);

  private final SecretKeySpec secret;

  public TicketKeys(Bytes secret) {
    if (secret.size() < 32) {
      throw new IllegalArgumentException("a ticket secret has 32 bytes or more");
    }
    this.secret = new SecretKeySpec(secret.toArray(), "HmacSHA256");
  }

  /** The key of this period, with which tickets are made, then that of the last, still accepted. */
  OpenSslSessionTicketKey[] at(Instant now, String host, Posture posture) {
    long period = Math.floorDiv(now.getEpochSecond(), PERIOD.toSeconds());
    return new OpenSslSessionTicketKey[] {
      key(period, host, posture), key(period - 1, host, posture)
    };
  }

  /** What a session belongs to: never resumed where another name or posture is served. */
  byte[] sessionContext(String host, Posture posture) {
    return derive("session context", 0, host, posture);
  }

  private OpenSslSessionTicketKey key(long period, String host, Posture posture) {
    byte[] name = derive("name", period, host, posture);
    byte[] keys = derive("keys", period, host, posture);
    return new OpenSslSessionTicketKey(
        Arrays.copyOf(name, OpenSslSessionTicketKey.NAME_SIZE),
        Arrays.copyOf(keys, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        Arrays.copyOfRange(
            keys,
            OpenSslSessionTicketKey.HMAC_KEY_SIZE,
            OpenSslSessionTicketKey.HMAC_KEY_SIZE + OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private byte[] derive(String label, long period, String host, Posture posture) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      return mac.doFinal(
          String.join("\0", "postern ticket", label, Long.toString(period), host, posture.name())
              .getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is in every JDK", e);
    }
  }
}
