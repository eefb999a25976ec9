package dev.postern.bench.ledgers;

import dev.postern.bench.Pki;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The certificates of a ledger, by their numbers from 1 to {@link #count}; each of {@link #users}
 * has every so many. They parse, and differ in serial number and names; their signatures and keys
 * are those of the one they were copied from, which a ledger does not look at.
 */
public final class People {
  /** Digits of a user's number. */
  static final int DIGITS = 7;

  /** The number of a certificate is in its serial number, so that sorting one sorts the other. */
  private static final int NUMBER_BITS = 24;

  private static final Duration TERM = Duration.ofDays(400);
  private static final Duration AGE = Duration.ofDays(360);

  /** Odd: multiplied by it, each number of 32 bits becomes another, and none twice. */
  private static final int SPREAD = 0x9E3779B1;

  private static final HexFormat HEX = HexFormat.of();

  private final int count;
  private final int users;
  private final Certificate model;
  private final byte[] der;
  private final int serialAt;
  private final int userAt;
  private final int nameAt;
  private final long begin = Instant.now().minus(AGE).toEpochMilli();

  /** {@code users} of them have {@code count} certificates of this CA. */
  public People(Pki pki, int count, int users) {
    if (count >= 1 << NUMBER_BITS || users > Math.pow(10, DIGITS)) {
      throw new IllegalArgumentException("too many: " + count + ", " + users);
    }
    this.count = count;
    this.users = users;
    String nobody = "0".repeat(DIGITS);
    try {
      der = pki.person(name(nobody), user(nobody)).chain().getFirst().getEncoded();
      model = Certificate.parse(Bytes.of(der));
    } catch (CertificateEncodingException | MalformedException e) {
      throw new IllegalStateException(e);
    }
    String text = new String(der, StandardCharsets.ISO_8859_1);
    String serial =
        new String(model.serialNumber().value().toByteArray(), StandardCharsets.ISO_8859_1);
    serialAt = text.indexOf(serial);
    userAt = text.indexOf(user(nobody)) + user("").length();
    nameAt = text.indexOf("Person " + nobody) + "Person ".length();
  }

  private static String user(String digits) {
    return "person" + digits;
  }

  private static String name(String digits) {
    return "Person " + digits + " laptop of accounting";
  }

  public int count() {
    return count;
  }

  public int users() {
    return users;
  }

  int userNumber(int certificate) {
    return certificate % users;
  }

  static String digits(int user) {
    String digits = Integer.toString(user);
    return "0".repeat(DIGITS - digits.length()) + digits;
  }

  /** The user's name. */
  public String user(int certificate) {
    return user(digits(userNumber(certificate)));
  }

  /** Whose it is; as in its subject. */
  public static String userOf(Certificate certificate) {
    String subject = certificate.subject().toString();
    int start = subject.indexOf("UID=") + 4;
    return subject.substring(start, start + user("").length() + DIGITS);
  }

  /** Also one that is not in the ledger, with a number above {@link #count}. */
  public Certificate certificate(int number) {
    try {
      return Certificate.parse(Bytes.of(der(number)));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** 40 digits, as the ledger has them. */
  String issuerKey() {
    return model.authorityKeyIdentifier().orElseThrow().hex();
  }

  String subject(int certificate) {
    return model.subject().toString().replace("0".repeat(DIGITS), digits(userNumber(certificate)));
  }

  /** Its first 16 digits; the largest bit is 0 and the next 1, as in random ones of 127 bits. */
  long serialHead(int certificate) {
    long random = mixed(certificate) >>> 2 & -1L << NUMBER_BITS;
    return 1L << 62 | random | certificate;
  }

  static int ofSerialHead(long head) {
    return (int) (head & (1 << NUMBER_BITS) - 1);
  }

  /** Its last 8 digits. */
  int serialTail(int certificate) {
    return certificate * SPREAD;
  }

  static int ofSerialTail(int tail) {
    int inverse = SPREAD; // by Newton's method: each step doubles the bits that are right
    for (int i = 0; i < 5; i++) {
      inverse *= 2 - SPREAD * inverse;
    }
    return tail * inverse;
  }

  private static long mixed(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** 32 digits. */
  String serialHex(int certificate) {
    return HEX.toHexDigits(serialHead(certificate))
        + HEX.toHexDigits((int) mixed(-certificate))
        + HEX.toHexDigits(serialTail(certificate));
  }

  public SerialNumber serial(int certificate) {
    return new SerialNumber(new BigInteger(serialHex(certificate), 16));
  }

  /** Its first 16 digits, in which the certificate's number is, too. */
  long fingerprintHead(int certificate) {
    return mixed(~(long) certificate) & -1L << NUMBER_BITS | certificate;
  }

  String fingerprint(int certificate) {
    String head = HEX.toHexDigits(fingerprintHead(certificate));
    return head + HEX.toHexDigits(mixed(certificate + 1L << 32)) + head + head;
  }

  /** In ms. They were issued one after the other, evenly. */
  long issuedAt(int certificate) {
    return begin + AGE.toMillis() * certificate / count;
  }

  long notAfter(int certificate) {
    return issuedAt(certificate) + TERM.toMillis();
  }

  byte[] der(int certificate) {
    byte[] own = der.clone();
    byte[] digits = digits(userNumber(certificate)).getBytes(StandardCharsets.US_ASCII);
    byte[] serial = HEX.parseHex(serialHex(certificate));
    System.arraycopy(serial, 0, own, serialAt, serial.length);
    System.arraycopy(digits, 0, own, userAt, DIGITS);
    System.arraycopy(digits, 0, own, nameAt, DIGITS);
    return own;
  }
}
