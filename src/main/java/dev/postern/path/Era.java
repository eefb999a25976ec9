package dev.postern.path;

import java.time.Instant;

/**
 * What was in use when a certificate is judged as of an instant long past: a rule that came later
 * says nothing about whether it was believed then. Only who asks about the past by name gets
 * anything but {@link #TODAY} (decision 9).
 */
public enum Era {
  TODAY,
  /**
   * Before 2017-01-01, when CAs and browsers ended SHA-1. Forgives SHA-1 signatures, RSA keys from
   * 1024 bits, missing key identifiers, a common name in the place of a DNS name (RFC 2818 §3.1,
   * RFC 6125 §6.4.4) and a leading period in a DNS subtree.
   */
  BEFORE_2017;

  private static final Instant END_OF_SHA1 = Instant.parse("2017-01-01T00:00:00Z");

  /** The era of an instant that was asked for. */
  public static Era of(Instant at) {
    return at.isBefore(END_OF_SHA1) ? BEFORE_2017 : TODAY;
  }

  boolean isPast() {
    return this == BEFORE_2017;
  }
}
