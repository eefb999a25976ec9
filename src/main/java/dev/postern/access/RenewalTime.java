package dev.postern.access;

import dev.postern.x509.Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is to be renewed: 30 days before its end, or a third of its term where that is
 * shorter, as with those that live for a week.
 */
public final class RenewalTime {
  private static final long USUAL_SECONDS = Duration.ofDays(30).toSeconds();

  private RenewalTime() {}

  public static Instant of(Certificate certificate) {
    return certificate.notAfter().minusSeconds(seconds(certificate));
  }

  /** Asked at many requests: makes no objects. */
  public static boolean hasCome(Certificate certificate, Instant at) {
    return at.getEpochSecond() >= certificate.notAfter().getEpochSecond() - seconds(certificate);
  }

  private static long seconds(Certificate certificate) {
    long term = certificate.notAfter().getEpochSecond() - certificate.notBefore().getEpochSecond();
    return Math.min(USUAL_SECONDS, term / 3);
  }
}
