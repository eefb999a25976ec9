package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
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
  private static final Bytes REASON = Bytes.ofHex("300c300a0603551d1504030a01");

  /** A root has few below it. */
  private static final int MAX_CARRIED = 4 * 1024 * 1024;

  /** Serial number, second, reason: one after the other. */
  private static final int RECORD = SERIAL_OCTETS + Long.BYTES + 1;

  private static final int RECORDS_PER_CHUNK = 4096;

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
      length += 2 + contentLength(i);
    }
    return length;
  }

  /** No entry is longer than this. */
  static final int LONGEST = 2 + 2 + SERIAL_OCTETS + 1 + 17 + 14;

  private int contentLength(int entry) {
    return 2 + serialLength(entry) + timeLength(second(entry)) + (reason(entry) == 0 ? 0 : 14);
  }

  private ByteBuffer chunk(int entry) {
    return chunks.get(entry / RECORDS_PER_CHUNK);
  }

  private static int offset(int entry) {
    return entry % RECORDS_PER_CHUNK * RECORD;
  }

  private long second(int entry) {
    return chunk(entry).getLong(offset(entry) + SERIAL_OCTETS);
  }

  private byte reason(int entry) {
    return chunk(entry).get(offset(entry) + RECORD - 1);
  }

  /** DER INTEGER: no leading zeros, but one where the first bit would be a sign. */
  private int serialLength(int entry) {
    int zeros = leadingZeros(entry);
    return SERIAL_OCTETS - zeros + (chunk(entry).get(offset(entry) + zeros) < 0 ? 1 : 0);
  }

  private int leadingZeros(int entry) {
    int zeros = 0;
    while (zeros < SERIAL_OCTETS - 1 && chunk(entry).get(offset(entry) + zeros) == 0) {
      zeros++;
    }
    return zeros;
  }

  void write(int entry, ByteBuffer out) {
    out.put((byte) 0x30).put((byte) contentLength(entry));
    int zeros = leadingZeros(entry);
    int length = serialLength(entry);
    out.put((byte) 0x02).put((byte) length);
    if (length > SERIAL_OCTETS - zeros) {
      out.put((byte) 0);
    }
    out.put(out.position(), chunk(entry), offset(entry) + zeros, SERIAL_OCTETS - zeros);
    out.position(out.position() + SERIAL_OCTETS - zeros);
    writeTime(second(entry), out);
    if (reason(entry) != 0) { // §5.3.1: unspecified is better left out
      out.put(REASON.buffer()).put(reason(entry));
    }
  }

  static int timeLength(long second) {
    return second < GENERALIZED_FROM ? 15 : 17;
  }

  /** Time (§5.1.2.4): UTCTime through 2049, GeneralizedTime after. */
  static void writeTime(long second, ByteBuffer out) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    boolean utc = second < GENERALIZED_FROM;
    out.put((byte) (utc ? 0x17 : 0x18)).put((byte) (utc ? 13 : 15));
    if (!utc) {
      writeTwo(time.getYear() / 100, out);
    }
    writeTwo(time.getYear() % 100, out);
    writeTwo(time.getMonthValue(), out);
    writeTwo(time.getDayOfMonth(), out);
    writeTwo(time.getHour(), out);
    writeTwo(time.getMinute(), out);
    writeTwo(time.getSecond(), out);
    out.put((byte) 'Z');
  }

  private static void writeTwo(int number, ByteBuffer out) {
    out.put((byte) ('0' + number / 10)).put((byte) ('0' + number % 10));
  }
}
