package dev.postern.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes in the ways that parsers of DER and of HTTP trip over; the same seed, the same. */
final class Damage {
  /** Tags and lengths that claim too much, too little, or nothing definite. */
  private static final byte[][] TRAPS = {
    {(byte) 0x80},
    {(byte) 0x84, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
    {(byte) 0x84, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff},
    {(byte) 0x88, 1, 0, 0, 0, 0, 0, 0, 0},
    {0x30, (byte) 0x80, 0, 0},
    {0x1f, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 0},
    {0x05, 0x00},
    {0x02, 0x00},
    {0x06, 0x00},
    {0x30, 0x00},
    {0x00},
    {'\r', '\n'},
    {' '},
    {':'},
  };

  private final Random random;

  Damage(long seed) {
    random = new Random(seed);
  }

  /** One to four kinds of damage at once. */
  byte[] to(byte[] whole) {
    byte[] damaged = whole.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      damaged = damaged.length == 0 ? whole.clone() : once(damaged);
    }
    return damaged;
  }

  private byte[] once(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(32, bytes.length - at));
    return switch (random.nextInt(7)) {
      case 0 -> flipped(bytes, at);
      case 1 -> replaced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> replaced(bytes, at, length, new byte[0]);
      case 4 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      case 5 -> replaced(bytes, at, 1, trap());
      default -> replaced(bytes, at, length, noise(length));
    };
  }

  private byte[] trap() {
    return TRAPS[random.nextInt(TRAPS.length)];
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] with) {
    var out = new ByteArrayOutputStream(bytes.length + with.length);
    out.write(bytes, 0, at);
    out.writeBytes(with);
    out.write(bytes, at + length, bytes.length - at - length);
    return out.toByteArray();
  }
}
