package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import java.math.BigInteger;

/**
 * How much key derivation one foreign file may cost in total. The numbers stand in the file, in the
 * clear, before any passphrase is checked: without a limit a file of 200 bytes keeps us busy for a
 * day.
 */
final class WorkLimit {
  /** Some ten seconds. The largest count seen in the wild is about one million. */
  static final long MAX_ITERATIONS = 10_000_000;

  /** OpenSSL's own scrypt parameters take 16 MiB. */
  static final long MAX_SCRYPT_MEMORY = 64L * 1024 * 1024;

  /** N·r·p of scrypt; OpenSSL's is 2^17. */
  private static final long MAX_SCRYPT_WORK = 1L << 23;

  private static final int MAX_SALT = 1024;

  private long left = MAX_ITERATIONS;

  /** Takes {@code count} rounds off what is left. */
  int iterations(BigInteger count) throws Problem {
    if (count.signum() <= 0) {
      throw new Problem(Reason.MALFORMED, "asks for " + count + " rounds of key derivation");
    }
    if (count.compareTo(BigInteger.valueOf(left)) > 0) {
      throw new Problem(
          Reason.UNSUPPORTED,
          "asks for "
              + (count.bitLength() > 64 ? "2^" + (count.bitLength() - 1) : count)
              + " rounds of key derivation; Postern does at most "
              + MAX_ITERATIONS
              + " for one file");
    }
    left -= count.intValueExact();
    return count.intValueExact();
  }

  void scrypt(BigInteger cost, BigInteger blockSize, BigInteger parallelization) throws Problem {
    BigInteger memory = cost.multiply(blockSize).shiftLeft(7);
    BigInteger work = cost.multiply(blockSize).multiply(parallelization);
    if (cost.signum() <= 0 || blockSize.signum() <= 0 || parallelization.signum() <= 0) {
      throw new Problem(Reason.MALFORMED, "has scrypt parameters that are not positive");
    }
    if (memory.compareTo(BigInteger.valueOf(MAX_SCRYPT_MEMORY)) > 0
        || work.compareTo(BigInteger.valueOf(MAX_SCRYPT_WORK)) > 0) {
      throw new Problem(
          Reason.UNSUPPORTED,
          "asks for scrypt with N="
              + cost
              + ", r="
              + blockSize
              + ", p="
              + parallelization
              + "; Postern gives it at most "
              + MAX_SCRYPT_MEMORY / 1024 / 1024
              + " MiB");
    }
  }

  static byte[] salt(byte[] salt) throws Problem {
    if (salt.length > MAX_SALT) {
      throw new Problem(Reason.UNSUPPORTED, "has a salt of " + salt.length + " bytes");
    }
    return salt;
  }
}
