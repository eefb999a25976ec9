package dev.postern.bench.sqlite;

import java.nio.charset.StandardCharsets;

/**
 * A record, in the file's own form (§2.1): {@code header size, a type for each column, the
 * columns}. Made once and filled again for each row.
 */
public final class Row {
  private static final int MOST = 4096;
  private static final int NUMBER_0 = 8;
  private static final int NUMBER_1 = 9;
  private static final int BLOB = 12;
  private static final int TEXT = 13;

  private final byte[] types = new byte[64];
  private final byte[] values = new byte[MOST];
  private int typesEnd;
  private int valuesEnd;

  /** Forgets what it had. */
  public Row start() {
    typesEnd = 0;
    valuesEnd = 0;
    return this;
  }

  public Row nothing() {
    type(0);
    return this;
  }

  public Row text(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  public Row text(byte[] utf8) {
    type(TEXT + 2 * utf8.length);
    return copy(utf8);
  }

  public Row blob(byte[] octets) {
    type(BLOB + 2 * octets.length);
    return copy(octets);
  }

  private Row copy(byte[] octets) {
    System.arraycopy(octets, 0, values, valuesEnd, octets.length);
    valuesEnd += octets.length;
    return this;
  }

  /** In as few octets as it needs. */
  public Row number(long value) {
    if (value == 0 || value == 1) {
      type(value == 0 ? NUMBER_0 : NUMBER_1);
      return this;
    }
    long positive = value < 0 ? ~value : value;
    int bits = 65 - Long.numberOfLeadingZeros(positive);
    int octets = bits <= 32 ? (bits + 7) / 8 : bits <= 48 ? 6 : 8;
    type(octets <= 4 ? octets : octets == 6 ? 5 : 6);
    for (int i = octets - 1; i >= 0; i--) {
      values[valuesEnd++] = (byte) (value >> (8 * i));
    }
    return this;
  }

  private void type(int type) {
    typesEnd = varint(types, typesEnd, type);
  }

  int size() {
    return typesEnd + valuesEnd + 1; // the header is shorter than 128 octets
  }

  /** Returns where it ended. */
  int write(byte[] to, int at) {
    to[at] = (byte) (typesEnd + 1);
    System.arraycopy(types, 0, to, at + 1, typesEnd);
    System.arraycopy(values, 0, to, at + 1 + typesEnd, valuesEnd);
    return at + size();
  }

  /** Big-endian, seven bits an octet (§1.6); shorter than 9 octets here. */
  static int varint(byte[] to, int at, long value) {
    int octets = Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    for (int i = octets - 1; i >= 0; i--) {
      to[at + octets - 1 - i] = (byte) (value >> (7 * i) & 0x7f | (i == 0 ? 0 : 0x80));
    }
    return at + octets;
  }
}
