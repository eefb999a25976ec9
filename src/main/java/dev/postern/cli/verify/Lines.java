package dev.postern.cli.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of UTF-8, and of those that are too long only the beginning. */
final class Lines {
  private static final int BLOCK = 64 * 1024;

  /** What is kept of a line that is too long: enough to find its id. */
  private static final int BEGINNING = 64 * 1024;

  private final InputStream in;
  private final int longest;
  private final byte[] block = new byte[BLOCK];
  private int at;
  private int end;

  /** A line without its end; {@code whole} unless it was too long. */
  record Line(String text, boolean whole) {}

  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** Empty at the end of the input; a last line may lack its line end. */
  Optional<Line> next() throws IOException {
    var line = new ByteArrayOutputStream();
    boolean any = false;
    long length = 0;
    while (at < end || fill()) {
      any = true;
      int from = at;
      while (at < end && block[at] != '\n') {
        at++;
      }
      length += at - from;
      int room = length > longest ? BEGINNING - line.size() : at - from;
      line.write(block, from, Math.max(0, Math.min(room, at - from)));
      if (at < end) {
        at++;
        break;
      }
    }
    return any ? Optional.of(line(line, length <= longest)) : Optional.empty();
  }

  private static Line line(ByteArrayOutputStream bytes, boolean whole) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    return new Line(whole ? text : text.substring(0, Math.min(text.length(), BEGINNING)), whole);
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(block));
    return end > 0;
  }
}
