package dev.postern.bench.report;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Samples;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** For the terminal. */
public final class TextTable {
  private static final int NAME = 26;

  private final PrintStream out;
  private final boolean coloured;

  public TextTable(PrintStream out, boolean coloured) {
    this.out = out;
    this.coloured = coloured;
  }

  public void print(Comparison comparison) {
    out.println();
    out.println(bold(comparison.title()) + "  (" + comparison.unit() + ")");
    Optional<Samples> own = comparison.samples(Contender.POSTERN);
    for (Samples each : comparison.samples()) {
      if (each.values().isEmpty()) {
        out.printf(Locale.ROOT, "  %-" + NAME + "s %s%n", each.contender(), each.note());
        continue;
      }
      String ratio =
          own.isPresent() && own.get() != each
              ? String.format(
                  Locale.ROOT, "Postern is %.2f of it", own.get().median() / each.median())
              : "";
      out.printf(
          Locale.ROOT,
          "  %-" + NAME + "s %10s  %-19s %s%s%n",
          each.contender(),
          Figures.of(each.median()),
          "[" + Figures.of(each.least()) + " – " + Figures.of(each.most()) + "]",
          ratio,
          each.note().isEmpty() ? "" : "  " + each.note());
    }
    for (Aim aim : comparison.aims()) {
      out.println("  " + verdict(aim, comparison));
    }
    out.flush();
  }

  private String verdict(Aim aim, Comparison comparison) {
    String text = "aim: " + aim.text(comparison.unit());
    String measured = aim.measured(comparison).map(Figures::of).orElse("–");
    return switch (aim.verdict(comparison)) {
      case MET -> colour(32, "✓ " + text + "  (" + measured + ")");
      case MISSED -> colour(31, "✗ " + text + "  (" + measured + ")");
      case NOT_MEASURED -> "? " + text;
    };
  }

  private String bold(String text) {
    return coloured ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  private String colour(int code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
