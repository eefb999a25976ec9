package dev.postern.revocation;

import dev.postern.x509.Bytes;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * Writes Time (RFC 5280 §5.1.2.4) of one day: UTCTime through 2049, GeneralizedTime after. What was
 * revoked on one day mostly stands together, so the day is worked out once.
 *
 * @param number since 1970-01-01
 * @param beginning tag, length, and the digits up to the day
 */
record CrlDay(long number, Bytes beginning) {
  private static final int SECONDS = 86_400;

  private static final long GENERALIZED_FROM = LocalDate.of(2050, 1, 1).toEpochDay();

  private static final int LONGEST_BEGINNING = 10;

  /** The day on which {@code second} is, counted from 1970. */
  static CrlDay of(long second) {
    long number = number(second);
    ByteBuffer out = ByteBuffer.allocate(LONGEST_BEGINNING);
    LocalDate date = LocalDate.ofEpochDay(number);
    boolean utc = isUtc(number);
    out.put((byte) (utc ? 0x17 : 0x18)).put((byte) (utc ? 13 : 15));
    if (!utc) {
      writeTwo(date.getYear() / 100, out);
    }
    writeTwo(date.getYear() % 100, out);
    writeTwo(date.getMonthValue(), out);
    writeTwo(date.getDayOfMonth(), out);
    return new CrlDay(number, Bytes.of(Arrays.copyOf(out.array(), out.position())));
  }

  /** This one, if {@code second} is on it. */
  CrlDay on(long second) {
    return number(second) == number ? this : of(second);
  }

  /** {@code second} is on this day. */
  void write(long second, ByteBuffer out) {
    out.put(beginning.buffer());
    int ofDay = (int) (second - number * SECONDS);
    writeTwo(ofDay / 3600, out);
    writeTwo(ofDay / 60 % 60, out);
    writeTwo(ofDay % 60, out);
    out.put((byte) 'Z');
  }

  /** Octets of such a Time, tag and length included. */
  static int length(long second) {
    return isUtc(number(second)) ? 15 : 17;
  }

  private static long number(long second) {
    return Math.floorDiv(second, SECONDS);
  }

  private static boolean isUtc(long number) {
    return number < GENERALIZED_FROM;
  }

  private static void writeTwo(int number, ByteBuffer out) {
    out.put((byte) ('0' + number / 10)).put((byte) ('0' + number % 10));
  }
}
