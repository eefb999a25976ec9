package dev.postern.bench.report;

import java.util.List;
import java.util.Locale;

/** Curves over minutes, as an SVG that can be read in either theme. */
public final class Graph {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 140;
  private static final int LEFT = 64;
  private static final int RIGHT = 740;

  private Graph() {}

  /**
   * One curve.
   *
   * @param values at equal distances
   */
  public record Curve(String title, String unit, List<Double> values) {
    public Curve {
      values = List.copyOf(values);
    }
  }

  /** One below the other; each begins at 0. */
  public static String of(String title, double minutes, List<Curve> curves) {
    StringBuilder body = new StringBuilder();
    int top = 40;
    for (Curve curve : curves) {
      body.append(curve(curve, top, minutes));
      top += HEIGHT + 60;
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" role="img" aria-label="%3$s">
    <style>
    text { font: 12px system-ui, sans-serif; fill: #24292f }
    .head { font-weight: 600 }
    polyline { fill: none; stroke: #0969da; stroke-width: 1.5 }
    line { stroke: #57606a; stroke-width: 0.5 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } polyline { stroke: #58a6ff } line { stroke: #8b949e }
    }
    </style>
    <text x="8" y="18" class="head">%3$s</text>
    %4$s</svg>
    """
        .formatted(WIDTH, top, title, body);
  }

  private static String curve(Curve curve, int top, double minutes) {
    double most = curve.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double ceiling = Math.max(most * 1.1, 1e-9);
    int bottom = top + 20 + HEIGHT;
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < curve.values().size(); i++) {
      double x = LEFT + (RIGHT - LEFT) * (double) i / Math.max(1, curve.values().size() - 1);
      double y = bottom - HEIGHT * curve.values().get(i) / ceiling;
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    double mostAt = bottom - HEIGHT * most / ceiling;
    return String.format(
        Locale.ROOT,
        """
        <text x="8" y="%1$d" class="head">%2$s, %3$s</text>
        <line x1="%4$d" y1="%5$d" x2="%6$d" y2="%5$d"/>
        <line x1="%4$d" y1="%7$.1f" x2="%6$d" y2="%7$.1f"/>
        <text x="%8$d" y="%5$d" text-anchor="end">0</text>
        <text x="%8$d" y="%9$.1f" text-anchor="end">%10$s</text>
        <text x="%6$d" y="%11$d" text-anchor="end">%12$.0f min</text>
        <polyline points="%13$s"/>
        """,
        top + 6,
        curve.title(),
        curve.unit(),
        LEFT,
        bottom,
        RIGHT,
        mostAt,
        LEFT - 6,
        mostAt + 4,
        Figures.of(most),
        bottom + 16,
        minutes,
        points.toString().strip());
  }
}
