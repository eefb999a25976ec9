package dev.postern.bench.report;

import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code chart.svg}: Postern's CPU as a share of each peer's, a bar each; readable in either theme.
 */
public final class Chart {
  private static final int WIDTH = 760;
  private static final int LEFT = 380;
  private static final int BAR = 14;
  private static final int GAP = 6;
  private static final double WIDEST = 2.0;

  private Chart() {}

  private record Bar(String label, double ratio) {}

  public static String of(Results results) {
    StringBuilder body = new StringBuilder();
    int y = 54;
    for (Comparison comparison : results.comparisons()) {
      List<Bar> bars = bars(comparison);
      if (bars.isEmpty()) {
        continue;
      }
      body.append(text(8, y + 10, "title", comparison.title()));
      y += BAR + GAP;
      for (Bar bar : bars) {
        body.append(text(24, y + 11, "label", "of " + bar.label()));
        body.append(bar(y, bar));
        y += BAR + GAP;
      }
      y += 6;
    }
    int one = x(1);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" role="img" aria-label="CPU time of Postern as a share of its peers'">
    <style>
    text { font: 12px system-ui, sans-serif; fill: #24292f }
    .title, .head { font-weight: 600 }
    .less { fill: #1a7f37 } .more { fill: #bc4c00 }
    line { stroke: #57606a }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .less { fill: #3fb950 } .more { fill: #f0883e } line { stroke: #8b949e }
    }
    </style>
    <text x="8" y="18" class="head">CPU time of Postern for the same work, as a share of its peers’</text>
    <text x="8" y="36">shorter is better; the line is “as much as theirs”</text>
    <line x1="%3$d" y1="44" x2="%3$d" y2="%4$d"/>
    %5$s</svg>
    """
        .formatted(WIDTH, y + 10, one, y, body);
  }

  private static List<Bar> bars(Comparison comparison) {
    List<Bar> bars = new ArrayList<>();
    Optional<Samples> own = comparison.samples(Contender.POSTERN);
    if (own.isEmpty() || !comparison.unit().contains("CPU")) {
      return bars;
    }
    for (Samples each : comparison.samples()) {
      boolean other = each != own.get() && !each.contender().equals(Contender.LIMIT);
      if (other && !each.values().isEmpty()) {
        bars.add(new Bar(each.contender(), own.get().median() / each.median()));
      }
    }
    return bars;
  }

  private static int x(double ratio) {
    return LEFT - 220 + (int) ((WIDTH - LEFT + 140) * Math.min(ratio, WIDEST) / WIDEST);
  }

  private static String bar(int y, Bar bar) {
    int start = x(0);
    int end = x(bar.ratio());
    return "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"%s\"/>%n"
            .formatted(start, y, end - start, BAR, bar.ratio() <= 1 ? "less" : "more")
        + text(end + 6, y + 11, "label", String.format(Locale.ROOT, "%.2f", bar.ratio()));
  }

  private static String text(int x, int y, String kind, String text) {
    String safe = text.replace("&", "&amp;").replace("<", "&lt;");
    return "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n".formatted(x, y, kind, safe);
  }
}
