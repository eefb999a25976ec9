package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.TBSCertList;

/**
 * What a CRL lists, in 29 bytes a certificate: a million of them are no reason for alarm. Written
 * in the order in which they were added.
 *
 * <pre>
 * revokedCertificates     SEQUENCE OF SEQUENCE  {
 *      userCertificate         CertificateSerialNumber,
 *      revocationDate          Time,
 *      crlEntryExtensions      Extensions OPTIONAL }
 * </pre>
 */
public final class CrlEntries {
  /** Nothing is revoked. */
  public static final CrlEntries NONE = new CrlEntries(List.of());

  /** RFC 5280 §4.1.2.2. */
  private static final int SERIAL_OCTETS = 20;

  /** 2050-01-01: from then on GeneralizedTime (RFC 5280 §5.1.2.4). */
  private static final long GENERALIZED_FROM = 2_524_608_000L;

  /** Extensions { { id-ce-cRLReasons, OCTET STRING { ENUMERATED … } } }, up to the number. */
  private static final byte[] REASON = Bytes.ofHex("300c300a0603551d1504030a01").toArray();

  /** A root has few below it. */
  private static final int MAX_CARRIED = 4 * 1024 * 1024;

  /** Serial number, second, reason: one after the other. */
  private static final int RECORD = SERIAL_OCTETS + Long.BYTES + 1;

  private static final int RECORDS_PER_CHUNK = 4096;

  private static final long SECONDS_PER_DAY = 24 * 60 * 60;

  private final List<ByteBuffer> chunks;
  private final int size;

  private CrlEntries(List<ByteBuffer> chunks) {
    this.chunks = List.copyOf(chunks);
    this.size =
        chunks.isEmpty()
            ? 0
            : (chunks.size() - 1) * RECORDS_PER_CHUNK + chunks.getLast().position() / RECORD;
  }

  /** What a CRL of ours lists, to be carried over into the next one. */
  public static CrlEntries of(Bytes crl) throws MalformedException {
    var primitive = Parsing.der("certificateList", crl, MAX_CARRIED);
    return Parsing.at(
        "tbsCertList.revokedCertificates",
        () -> {
          var list = org.bouncycastle.asn1.x509.CertificateList.getInstance(primitive);
          var entries = new Builder();
          for (TBSCertList.CRLEntry each : list.getRevokedCertificates()) {
            entries.add(
                new SerialNumber(each.getUserCertificate().getValue()),
                each.getRevocationDate().getDate().toInstant(),
                reason(each));
          }
          return entries.build();
        });
  }

  private static CrlReason reason(TBSCertList.CRLEntry entry) {
    Extensions extensions = entry.getExtensions();
    Extension reason = extensions == null ? null : extensions.getExtension(Extension.reasonCode);
    return reason == null
        ? CrlReason.UNSPECIFIED
        : CrlReason.of(ASN1Enumerated.getInstance(reason.getParsedValue()).intValueExact())
            .orElse(CrlReason.UNSPECIFIED);
  }

  /** Collects entries. */
  public static final class Builder {
    private final List<ByteBuffer> chunks = new ArrayList<>();

    /** {@link IllegalArgumentException} for a number that is not positive or too long. */
    public Builder add(SerialNumber serial, Instant revocationDate, CrlReason reason) {
      if (serial.value().signum() <= 0 || serial.value().bitLength() > SERIAL_OCTETS * 8) {
        throw new IllegalArgumentException("no serial number of ours: " + serial);
      }
      String digits = serial.value().toString(16);
      return add("0".repeat(SERIAL_OCTETS * 2 - digits.length()) + digits, revocationDate, reason);
    }

    /** {@code serial} in 40 hexadecimal digits. */
    public Builder add(String serial, Instant revocationDate, CrlReason reason) {
      if (chunks.isEmpty() || !chunks.getLast().hasRemaining()) {
        chunks.add(ByteBuffer.allocate(RECORD * RECORDS_PER_CHUNK));
      }
      ByteBuffer chunk = chunks.getLast();
      for (int i = 0; i < 2 * SERIAL_OCTETS; i += 2) {
        int octet =
            Character.digit(serial.charAt(i), 16) << 4 | Character.digit(serial.charAt(i + 1), 16);
        chunk.put((byte) octet);
      }
      chunk.putLong(revocationDate.getEpochSecond()).put((byte) reason.code());
      return this;
    }

    /** The builder is spent. */
    public CrlEntries build() {
      return new CrlEntries(chunks);
    }
  }

  public int size() {
    return size;
  }

  /** These, and more. */
  public Builder more() {
    var builder = new Builder();
    for (ByteBuffer chunk : chunks) {
      builder.chunks.add(ByteBuffer.allocate(chunk.capacity()).put(chunk.duplicate().flip()));
    }
    return builder;
  }

  /** The octets of all entries, without the SEQUENCE around them. */
  long length() {
    long length = 0;
    for (int i = 0; i < size; i++) {
      ByteBuffer chunk = chunk(i);
      int at = offset(i);
      length +=
          4
              + serialLength(chunk, at, leadingZeros(chunk, at))
              + timeLength(second(chunk, at))
              + (reason(chunk, at) == 0 ? 0 : REASON.length + 1);
    }
    return length;
  }

  /** No entry is longer than this. */
  static final int LONGEST = 2 + 2 + SERIAL_OCTETS + 1 + 17 + 14;

  private ByteBuffer chunk(int entry) {
    return chunks.get(entry / RECORDS_PER_CHUNK);
  }

  private static int offset(int entry) {
    return entry % RECORDS_PER_CHUNK * RECORD;
  }

  private static long second(ByteBuffer chunk, int at) {
    return chunk.getLong(at + SERIAL_OCTETS);
  }

  private static byte reason(ByteBuffer chunk, int at) {
    return chunk.get(at + RECORD - 1);
  }

  /** DER INTEGER: no leading zeros, but one where the first bit would be a sign. */
  private static int serialLength(ByteBuffer chunk, int at, int zeros) {
    return SERIAL_OCTETS - zeros + (chunk.get(at + zeros) < 0 ? 1 : 0);
  }

  private static int leadingZeros(ByteBuffer chunk, int at) {
    int zeros = 0;
    while (zeros < SERIAL_OCTETS - 1 && chunk.get(at + zeros) == 0) {
      zeros++;
    }
    return zeros;
  }

  /** When it was revoked, in seconds of the epoch. */
  long second(int entry) {
    return second(chunk(entry), offset(entry));
  }

  /**
   * Writes an entry, which is of {@code day}, to {@code out}, from {@code to} on, and returns where
   * it ends: into an array, because there are millions, and a buffer counts each octet.
   */
  int write(int entry, Day day, byte[] out, int to) {
    ByteBuffer chunk = chunk(entry);
    int at = offset(entry);
    int zeros = leadingZeros(chunk, at);
    int digits = SERIAL_OCTETS - zeros;
    int length = serialLength(chunk, at, zeros);
    out[to] = 0x30;
    out[to + 2] = 0x02;
    out[to + 3] = (byte) length;
    int next = to + 4;
    if (length > digits) {
      out[next++] = 0;
    }
    chunk.get(at + zeros, out, next, digits);
    next = day.write(second(chunk, at), out, next + digits);
    byte reason = reason(chunk, at);
    if (reason != 0) { // §5.3.1: unspecified is better left out
      System.arraycopy(REASON, 0, out, next, REASON.length);
      next += REASON.length;
      out[next++] = reason;
    }
    out[to + 1] = (byte) (next - to - 2);
    return next;
  }

  static int timeLength(long second) {
    return second < GENERALIZED_FROM ? 15 : 17;
  }

  /**
   * Writes Time (§5.1.2.4), UTCTime through 2049, GeneralizedTime after. Many entries are of one
   * day: then the calendar is asked once.
   */
  static final class Day {
    private final long begin;

    /** Tag, length and date. */
    private final byte[] start;

    private Day(long begin, byte[] start) {
      this.begin = begin;
      this.start = start;
    }

    /** The day of {@code second}. */
    static Day of(long second) {
      long number = Math.floorDiv(second, SECONDS_PER_DAY);
      LocalDate date = LocalDate.ofEpochDay(number);
      boolean utc = second < GENERALIZED_FROM;
      byte[] start = new byte[utc ? 8 : 10];
      start[0] = (byte) (utc ? 0x17 : 0x18);
      start[1] = (byte) (utc ? 13 : 15);
      int next = utc ? 2 : writeTwo(date.getYear() / 100, start, 2);
      next = writeTwo(date.getYear() % 100, start, next);
      next = writeTwo(date.getMonthValue(), start, next);
      writeTwo(date.getDayOfMonth(), start, next);
      return new Day(number * SECONDS_PER_DAY, start);
    }

    boolean has(long second) {
      return begin <= second && second < begin + SECONDS_PER_DAY;
    }

    /** A second of this day, to {@code out}, from {@code to} on; returns where it ends. */
    int write(long second, byte[] out, int to) {
      System.arraycopy(start, 0, out, to, start.length);
      int time = (int) (second - begin);
      int next = writeTwo(time / 3600, out, to + start.length);
      next = writeTwo(time / 60 % 60, out, next);
      next = writeTwo(time % 60, out, next);
      out[next] = 'Z';
      return next + 1;
    }
  }

  private static int writeTwo(int number, byte[] out, int to) {
    out[to] = (byte) ('0' + number / 10);
    out[to + 1] = (byte) ('0' + number % 10);
    return to + 2;
  }
}
