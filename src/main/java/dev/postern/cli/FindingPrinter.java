package dev.postern.cli;

import dev.postern.cli.inspect.Finding;

/** A finding as lines: title, facts in a column, then what is wrong and what to do. */
final class FindingPrinter {
  private final Terminal terminal;

  FindingPrinter(Terminal terminal) {
    this.terminal = terminal;
  }

  void print(Finding finding) {
    terminal.printMarked("@|bold " + finding.title() + "|@");
    int width = finding.facts().stream().mapToInt(fact -> fact.label().length()).max().orElse(0);
    for (Finding.Fact fact : finding.facts()) {
      terminal.print(
          "  " + fact.label() + " ".repeat(width - fact.label().length()) + "  " + fact.value());
    }
    for (Finding.Warning warning : finding.warnings()) {
      String mark =
          switch (warning.level()) {
            case BAD -> "@|red ✗|@ ";
            case CAREFUL -> "@|yellow !|@ ";
          };
      terminal.printMarked("  " + mark + warning.text());
      if (!warning.advice().isEmpty()) {
        terminal.print("    → " + warning.advice());
      }
    }
    terminal.print("");
  }
}
