package dev.postern.x509;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;

/**
 * CertificateSerialNumber (RFC 5280 §4.1.2.2). Foreign certificates may carry zero, negative or
 * over-long ones; {@code path} judges those, here they are only a number.
 */
public record SerialNumber(BigInteger value) implements Comparable<SerialNumber> {
  /** Lower-case hexadecimal, an even number of digits, as OpenSSL prints it. */
  public String hex() {
    byte[] octets = value.abs().toByteArray();
    int start = octets.length > 1 && octets[0] == 0 ? 1 : 0; // the sign's
    String digits = HexFormat.of().formatHex(octets, start, octets.length);
    return value.signum() < 0 ? "-" + digits : digits;
  }

  /** The last eight hexadecimal digits: enough for a person to tell two certificates apart. */
  public String tail() {
    String hex = hex();
    return hex.substring(Math.max(0, hex.length() - 8));
  }

  /**
   * Reads hexadecimal with or without colons and {@code 0x}; {@link IllegalArgumentException} if it
   * is neither.
   */
  public static SerialNumber ofHex(String text) {
    String digits = text.strip().toLowerCase(Locale.ROOT).replace(":", "").replaceFirst("^0x", "");
    if (digits.isEmpty()
        || digits.length() > 64
        || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw new IllegalArgumentException("not a serial number in hexadecimal: " + text);
    }
    return new SerialNumber(new BigInteger(digits, 16));
  }

  @Override
  public int compareTo(SerialNumber other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return hex();
  }
}
