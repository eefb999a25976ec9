package dev.postern.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns under bold headings, as wide as their content. */
final class Table {
  private static final String GAP = "  ";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    this.headings = List.of(headings);
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  void print(Terminal terminal) {
    int[] widths = new int[headings.size()];
    for (int column = 0; column < widths.length; column++) {
      int c = column;
      widths[column] =
          Math.max(
              headings.get(c).length(),
              rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0));
    }
    terminal.printMarked("@|bold " + line(headings, widths) + "|@");
    rows.forEach(row -> terminal.print(line(row, widths)));
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      line.append(cells.get(column));
      if (column < widths.length - 1) {
        line.append(" ".repeat(widths[column] - cells.get(column).length())).append(GAP);
      }
    }
    return line.toString();
  }
}
