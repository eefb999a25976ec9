package dev.postern.cli;

import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * Serial numbers of 128 random bits: no node has to agree with another on the next one (design
 * decision 8).
 */
final class RandomSerials {
  private RandomSerials() {}

  static SerialNumber next(SecureRandom random) {
    BigInteger value;
    do {
      value = new BigInteger(128, random);
    } while (value.signum() == 0);
    return new SerialNumber(value);
  }

  static Supplier<SerialNumber> from(SecureRandom random) {
    return () -> next(random);
  }
}
