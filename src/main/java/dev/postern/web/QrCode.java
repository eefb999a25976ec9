package dev.postern.web;

import java.util.ArrayList;
import java.util.List;

/** A text for a camera (ISO/IEC 18004), drawn for a page or for a terminal. */
public final class QrCode {
  /** The light border that readers need. */
  private static final int QUIET = 4;

  private final io.nayuki.qrcodegen.QrCode code;

  private QrCode(io.nayuki.qrcodegen.QrCode code) {
    this.code = code;
  }

  /** {@link IllegalArgumentException} when {@code text} is longer than a code can hold. */
  public static QrCode of(String text) {
    try {
      return new QrCode(
          io.nayuki.qrcodegen.QrCode.encodeText(text, io.nayuki.qrcodegen.QrCode.Ecc.MEDIUM));
    } catch (io.nayuki.qrcodegen.DataTooLongException e) {
      throw new IllegalArgumentException("too long for a QR code", e);
    }
  }

  /** Modules from edge to edge, the border included. */
  public int size() {
    return code.size + 2 * QUIET;
  }

  private boolean isDark(int x, int y) {
    return code.getModule(x - QUIET, y - QUIET);
  }

  /** The dark modules, as the {@code d} of an SVG path in a square of {@link #size}. */
  public String path() {
    StringBuilder out = new StringBuilder(4096);
    for (int y = 0; y < size(); y++) {
      for (int x = 0; x < size(); x++) {
        if (isDark(x, y)) {
          int from = x;
          while (isDark(x + 1, y)) {
            x++;
          }
          int width = x - from + 1;
          out.append('M').append(from).append(' ').append(y);
          out.append('h').append(width).append("v1h-").append(width).append('z');
        }
      }
    }
    return out.toString();
  }

  /** Two rows of modules a line, as blocks that are light where the code is light. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int y = 0; y < size(); y += 2) {
      StringBuilder line = new StringBuilder(size());
      for (int x = 0; x < size(); x++) {
        boolean top = !isDark(x, y);
        boolean bottom = y + 1 < size() && !isDark(x, y + 1);
        line.append(top && bottom ? '█' : top ? '▀' : bottom ? '▄' : ' ');
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
