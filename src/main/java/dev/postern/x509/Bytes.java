package dev.postern.x509;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** An immutable string of bytes: what records hold instead of a {@code byte[]}. */
public final class Bytes {
  private static final Bytes EMPTY = new Bytes(new byte[0]);
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** A copy of {@code value}. */
  public static Bytes of(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value.clone());
  }

  /**
   * The {@code size} bytes that {@code writer} puts into the buffer, without a copy: for what is
   * too long to be held twice. {@link IllegalStateException} when it writes fewer.
   */
  public static Bytes written(int size, Consumer<ByteBuffer> writer) {
    byte[] value = new byte[size];
    ByteBuffer buffer = ByteBuffer.wrap(value);
    writer.accept(buffer);
    if (buffer.hasRemaining()) {
      throw new IllegalStateException(buffer.remaining() + " of " + size + " bytes not written");
    }
    return new Bytes(value);
  }

  /** The bytes that {@code hex} spells, two digits each, without separators. */
  public static Bytes ofHex(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
  }

  /**
   * The bytes of standard base64, white space ignored; {@link IllegalArgumentException} if it is
   * not base64.
   */
  public static Bytes ofBase64(String text) {
    return new Bytes(Base64.getDecoder().decode(WHITE_SPACE.matcher(text).replaceAll("")));
  }

  public int size() {
    return value.length;
  }

  public byte at(int index) {
    return value[index];
  }

  /** A copy that the caller may change. */
  public byte[] toArray() {
    return value.clone();
  }

  /** Those from {@code from} up to, and without, {@code to}. */
  public Bytes part(int from, int to) {
    return new Bytes(Arrays.copyOfRange(value, from, to));
  }

  /** To be read without a copy. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(value).asReadOnlyBuffer();
  }

  /** Lower-case hexadecimal without separators. */
  public String hex() {
    return HexFormat.of().formatHex(value);
  }

  /** Upper-case hexadecimal with colons, the way browsers show fingerprints. */
  public String colonHex() {
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(value);
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(value);
  }

  public Bytes sha256() {
    return digest("SHA-256");
  }

  public Bytes sha1() {
    return digest("SHA-1");
  }

  private Bytes digest(String algorithm) {
    try {
      return new Bytes(MessageDigest.getInstance(algorithm).digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is in every JDK", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** Size and the first bytes: enough to tell values apart in a log. */
  @Override
  public String toString() {
    return value.length <= 32
        ? hex()
        : HexFormat.of().formatHex(value, 0, 16) + "…[" + value.length + "]";
  }
}
