package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
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
  public static final CrlEntries NONE = new Builder(0).build();

  /** RFC 5280 §4.1.2.2. */
  private static final int SERIAL_OCTETS = 20;

  /** 2050-01-01: from then on GeneralizedTime (RFC 5280 §5.1.2.4). */
  private static final long GENERALIZED_FROM = 2_524_608_000L;

  /** Extensions { { id-ce-cRLReasons, OCTET STRING { ENUMERATED … } } }, up to the number. */
  private static final Bytes REASON = Bytes.ofHex("300c300a0603551d1504030a01");

  /** A root has few below it. */
  private static final int MAX_CARRIED = 4 * 1024 * 1024;

  private final byte[] serials;
  private final long[] seconds;
  private final byte[] reasons;
  private final int size;

  private CrlEntries(Builder builder) {
    this.size = builder.size;
    this.serials = builder.serials;
    this.seconds = builder.seconds;
    this.reasons = builder.reasons;
  }

  /** What a CRL of ours lists, to be carried over into the next one. */
  public static CrlEntries of(Bytes crl) throws MalformedException {
    var primitive = Parsing.der("certificateList", crl, MAX_CARRIED);
    return Parsing.at(
        "tbsCertList.revokedCertificates",
        () -> {
          var list = org.bouncycastle.asn1.x509.CertificateList.getInstance(primitive);
          var entries = new Builder(0);
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

  /** Collects entries; give the number expected, so that nothing is copied. */
  public static final class Builder {
    private byte[] serials;
    private long[] seconds;
    private byte[] reasons;
    private int size;

    public Builder(int expected) {
      serials = new byte[expected * SERIAL_OCTETS];
      seconds = new long[expected];
      reasons = new byte[expected];
    }

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
      if (size == seconds.length) {
        int more = Math.max(16, size + size / 4);
        serials = Arrays.copyOf(serials, more * SERIAL_OCTETS);
        seconds = Arrays.copyOf(seconds, more);
        reasons = Arrays.copyOf(reasons, more);
      }
      for (int i = 0; i < SERIAL_OCTETS; i++) {
        int octet =
            Character.digit(serial.charAt(2 * i), 16) << 4
                | Character.digit(serial.charAt(2 * i + 1), 16);
        serials[size * SERIAL_OCTETS + i] = (byte) octet;
      }
      seconds[size] = revocationDate.getEpochSecond();
      reasons[size] = (byte) reason.code();
      size++;
      return this;
    }

    /** The builder is spent. */
    public CrlEntries build() {
      return new CrlEntries(this);
    }
  }

  public int size() {
    return size;
  }

  /** These, and more. */
  public Builder more() {
    var builder = new Builder(0);
    builder.serials = Arrays.copyOf(serials, size * SERIAL_OCTETS);
    builder.seconds = Arrays.copyOf(seconds, size);
    builder.reasons = Arrays.copyOf(reasons, size);
    builder.size = size;
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
    return 2 + serialLength(entry) + timeLength(seconds[entry]) + (reasons[entry] == 0 ? 0 : 14);
  }

  /** DER INTEGER: no leading zeros, but one where the first bit would be a sign. */
  private int serialLength(int entry) {
    int first = firstOctet(entry);
    return (entry + 1) * SERIAL_OCTETS - first + (serials[first] < 0 ? 1 : 0);
  }

  private int firstOctet(int entry) {
    int at = entry * SERIAL_OCTETS;
    int last = at + SERIAL_OCTETS - 1;
    while (at < last && serials[at] == 0) {
      at++;
    }
    return at;
  }

  void write(int entry, ByteBuffer out) {
    out.put((byte) 0x30).put((byte) contentLength(entry));
    int first = firstOctet(entry);
    out.put((byte) 0x02).put((byte) serialLength(entry));
    if (serials[first] < 0) {
      out.put((byte) 0);
    }
    out.put(serials, first, (entry + 1) * SERIAL_OCTETS - first);
    writeTime(seconds[entry], out);
    if (reasons[entry] != 0) { // §5.3.1: unspecified is better left out
      out.put(REASON.buffer()).put(reasons[entry]);
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
