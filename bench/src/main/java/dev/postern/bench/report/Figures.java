package dev.postern.bench.report;

import java.util.Locale;

/** Three digits that matter, or all before the point. */
final class Figures {
  private Figures() {}

  static String of(double value) {
    String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f";
    return String.format(Locale.ROOT, format, value);
  }
}
