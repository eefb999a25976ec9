package dev.postern.x509;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;

/**
 * The edge between bytes and Bouncy Castle's structures. Bouncy Castle reports malformed input by
 * whatever exception the field happened to cause (ClassCast, IllegalArgument,
 * ArrayIndexOutOfBounds, NullPointer …), so this is the one place in the room that catches them all
 * and gives them one name.
 */
public final class Parsing {
  /**
   * Larger than any certificate, request or key in use (ML-DSA-87 certificates are 7 kB); CRLs have
   * their own limit.
   */
  public static final int MAX_STRUCTURE = 256 * 1024;

  private static final Pattern CODE = Pattern.compile("getInstance|\\b(org|java|dev)\\.[a-z]+\\.");

  private Parsing() {}

  /** One step of parsing. */
  @FunctionalInterface
  public interface Step<T> {
    T run() throws IOException, MalformedException;
  }

  /** Runs {@code step}; anything it throws becomes a {@link MalformedException} at {@code path}. */
  public static <T> T at(String path, Step<T> step) throws MalformedException {
    try {
      return step.run();
    } catch (IOException | RuntimeException e) {
      throw new MalformedException(path, words(e));
    } catch (StackOverflowError e) {
      throw new MalformedException(path, "nested too deeply");
    }
  }

  /**
   * Reads exactly one DER value of at most {@code limit} bytes: nothing behind it, and no BER
   * liberties inside it.
   */
  public static ASN1Primitive der(String path, Bytes bytes, int limit) throws MalformedException {
    if (bytes.size() > limit) {
      throw new MalformedException(
          path, bytes.size() + " bytes is more than the " + limit + " we read");
    }
    byte[] array = bytes.toArray();
    ASN1Primitive value =
        at(
            path,
            () -> {
              try (var in = new ASN1InputStream(array)) {
                ASN1Primitive first = in.readObject();
                if (first == null) {
                  throw new MalformedException(path, "empty");
                }
                if (in.available() > 0) {
                  throw new MalformedException(
                      path, in.available() + " bytes follow the end of the structure");
                }
                return first;
              }
            });
    if (!Arrays.equals(array, at(path, () -> value.getEncoded(ASN1Encoding.DER)))) {
      throw new MalformedException(path, "encoded in BER, where DER is required");
    }
    return value;
  }

  /**
   * The first element of a SEQUENCE, whole: what is signed of a certificate, a request, a CRL (RFC
   * 5280 §4.1, RFC 2986 §4). For what {@link #der} has read; cut out, since encoding it anew costs
   * as much as reading it.
   */
  static Bytes firstOf(Bytes sequence) {
    int from = contents(sequence, 0);
    int length = length(sequence, from);
    return sequence.part(from, contents(sequence, from) + length);
  }

  /** Where the contents begin of the element that begins at {@code at} (X.690 §8.1.3). */
  private static int contents(Bytes der, int at) {
    int first = der.at(at + 1) & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(Bytes der, int at) {
    int first = der.at(at + 1) & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = at + 2; i < contents(der, at); i++) {
      length = (length << 8) | (der.at(i) & 0xff);
    }
    return length;
  }

  /** A SEQUENCE (X.690 §8.9) of these, which are DER already. */
  public static Bytes sequence(List<Bytes> elements) {
    int size = elements.stream().mapToInt(Bytes::size).sum();
    int octets = size < 0x80 ? 0 : (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 7) / 8;
    return Bytes.written(
        2 + octets + size,
        out -> {
          out.put((byte) 0x30).put((byte) (octets == 0 ? size : 0x80 | octets));
          for (int i = octets - 1; i >= 0; i--) {
            out.put((byte) (size >>> (8 * i)));
          }
          elements.forEach(each -> out.put(each.buffer()));
        });
  }

  /** The DER of a structure that is already a value: cannot fail. */
  public static Bytes encode(ASN1Encodable value) {
    try {
      return Bytes.of(value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
  }

  /** Names of classes say nothing to people. */
  private static String words(Exception e) {
    String message = e.getMessage();
    return message == null || CODE.matcher(message).find()
        ? "not what RFC 5280 describes"
        : firstLine(message);
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 160 ? line : line.substring(0, 160) + "…";
  }
}
