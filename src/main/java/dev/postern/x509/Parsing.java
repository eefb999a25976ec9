package dev.postern.x509;

import java.io.IOException;
import java.util.Arrays;
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
