package dev.postern.enrol;

import dev.postern.x509.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;

/**
 * 128 random bits that are worth something once. Written as 26 letters and digits without regard to
 * case (RFC 4648 §6), so that a link may be typed from paper.
 */
public final class OneTimeCode {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BITS = 128;
  private static final int LENGTH = (BITS + 4) / 5;

  private final String text;

  private OneTimeCode(String text) {
    this.text = text;
  }

  public static OneTimeCode generate(SecureRandom random) {
    byte[] bits = new byte[BITS / 8];
    random.nextBytes(bits);
    StringBuilder text = new StringBuilder(LENGTH);
    int buffer = 0;
    int held = 0;
    for (byte each : bits) {
      buffer = (buffer << 8) | (each & 0xff);
      held += 8;
      while (held >= 5) {
        held -= 5;
        text.append(ALPHABET.charAt((buffer >> held) & 31));
      }
      buffer &= (1 << held) - 1;
    }
    return new OneTimeCode(text.append(ALPHABET.charAt((buffer << (5 - held)) & 31)).toString());
  }

  /**
   * Empty when it cannot be one. Spaces and hyphens, which people and mail programs add, are
   * nothing.
   */
  public static Optional<OneTimeCode> parse(String typed) {
    String text = typed.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT);
    boolean possible =
        text.length() == LENGTH && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
    return possible ? Optional.of(new OneTimeCode(text)) : Optional.empty();
  }

  /** What is stored instead of it. */
  public Bytes hash() {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII)).sha256();
  }

  /** For a link; nowhere else. */
  public String reveal() {
    return text;
  }

  /** Not the code: texts end up in logs. */
  @Override
  public String toString() {
    return "one-time code";
  }
}
