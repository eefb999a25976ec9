package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * DER (X.690 §10) read in place: a value is the position of its first octet, and nothing is made of
 * it until somebody asks. A CRL may have a million entries, and a tree of objects for each would
 * take twenty times its size.
 */
final class DerOctets {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int ENUMERATED = 0x0A;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;

  private final byte[] octets;
  private final String path;

  /** Reads {@code octets}; {@code path} is their name in complaints. */
  DerOctets(String path, Bytes octets) {
    this.path = path;
    this.octets = octets.toArray();
  }

  int size() {
    return octets.length;
  }

  int octet(int position) {
    return octets[position] & 0xFF;
  }

  /** Whether a value with {@code tag} begins at {@code position}, before {@code limit}. */
  boolean is(int tag, int position, int limit) {
    return position < limit && octet(position) == tag;
  }

  /**
   * The first octet of the content of the value at {@code position}, which must be a {@code tag}.
   */
  int enter(int tag, int position, int limit) throws MalformedException {
    if (!is(tag, position, limit)) {
      throw malformed(position, "a value with tag " + Integer.toHexString(tag) + " is missing");
    }
    end(position, limit); // checks the length too
    return content(position);
  }

  private int content(int position) {
    int length = octet(position + 1);
    return position + 2 + (length < 0x80 ? 0 : length - 0x80);
  }

  /** Where the value at {@code position} ends; it must end at {@code limit} or before. */
  int end(int position, int limit) throws MalformedException {
    if (limit - position < 2) {
      throw malformed(position, "ends too early");
    }
    int first = octet(position + 1);
    int content = content(position);
    long length = first;
    if (first >= 0x80) {
      int count = first - 0x80;
      if (count == 0 || count > 4 || limit - content < 0) {
        throw malformed(position, "has no length that DER allows");
      }
      length = 0;
      for (int i = position + 2; i < content; i++) {
        length = length << 8 | octet(i);
      }
      if (octet(position + 2) == 0 || length < 0x80) { // §10.1: the shortest form
        throw malformed(position, "has no length that DER allows");
      }
    }
    if (length > limit - content) {
      throw malformed(position, "ends too early");
    }
    return content + (int) length;
  }

  /** The value from {@code position} to {@code end}, header and all. */
  Bytes slice(int position, int end) {
    return Bytes.of(Arrays.copyOfRange(octets, position, end));
  }

  boolean matches(int position, int end, byte[] value) {
    return Arrays.equals(octets, position, end, value, 0, value.length);
  }

  /** Of the octets from {@code position} to {@code end}. */
  int hash(int position, int end) {
    int hash = 1;
    for (int i = position; i < end; i++) {
      hash = 31 * hash + octets[i];
    }
    return hash;
  }

  static int hash(byte[] value) {
    return Arrays.hashCode(value);
  }

  /** The content of an INTEGER in its shortest form (§8.3.2). */
  int enterInteger(int position, int limit) throws MalformedException {
    int content = enter(INTEGER, position, limit);
    int length = end(position, limit) - content;
    boolean padded =
        length > 1
            && ((octet(content) == 0 && octet(content + 1) < 0x80)
                || (octet(content) == 0xFF && octet(content + 1) >= 0x80));
    if (length == 0 || padded) {
      throw malformed(position, "is an INTEGER that is not in its shortest form");
    }
    return content;
  }

  /** Time (RFC 5280 §5.1.2.4): UTCTime or GeneralizedTime, to the second, in Zulu. */
  Instant time(int position, int limit) throws MalformedException {
    boolean general = is(GENERALIZED_TIME, position, limit);
    int content = enter(general ? GENERALIZED_TIME : UTC_TIME, position, limit);
    int length = end(position, limit) - content;
    int yearDigits = general ? 4 : 2;
    if (length != yearDigits + 11 || octet(content + length - 1) != 'Z') {
      throw malformed(position, "is not a time to the second, in Zulu");
    }
    int[] pairs = new int[length / 2];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = digit(content + 2 * i) * 10 + digit(content + 2 * i + 1);
    }
    int first = general ? 2 : 1;
    int year = general ? pairs[0] * 100 + pairs[1] : pairs[0] + (pairs[0] < 50 ? 2000 : 1900);
    try {
      return LocalDateTime.of(
              year,
              pairs[first],
              pairs[first + 1],
              pairs[first + 2],
              pairs[first + 3],
              pairs[first + 4])
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw malformed(position, "is no time that there is");
    }
  }

  /** GeneralizedTime as Bouncy Castle shows it, under the same rule. */
  static Instant generalizedTime(String path, org.bouncycastle.asn1.ASN1GeneralizedTime time)
      throws MalformedException {
    DerOctets octets = new DerOctets(path, Parsing.encode(time));
    return octets.time(0, octets.size());
  }

  private int digit(int position) throws MalformedException {
    int digit = octet(position) - '0';
    if (digit < 0 || digit > 9) {
      throw malformed(position, "is not a digit");
    }
    return digit;
  }

  MalformedException malformed(int position, String reason) {
    return new MalformedException(path, "at octet " + position + ": " + reason);
  }
}
