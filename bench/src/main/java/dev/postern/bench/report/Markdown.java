package dev.postern.bench.report;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Samples;
import java.util.Locale;
import java.util.Optional;

/** {@code RESULTS.md}. */
public final class Markdown {
  private final StringBuilder out = new StringBuilder();

  private Markdown() {}

  public static String of(Results results) {
    Markdown page = new Markdown();
    page.write(results);
    return page.out.toString();
  }

  private void write(Results results) {
    Machine machine = results.machine();
    line("# What was measured");
    line("");
    line(
        "By `./postern bench%s` on %s, in %d minutes, start to end: nothing here is written by hand."
            .formatted(
                results.quick() ? " --quick" : "", machine.at(), results.took().toMinutes()));
    line("");
    line(
        "**Machine**: %s, %d cores, %s; %s."
            .formatted(machine.processor(), machine.cores(), machine.memory(), machine.system()));
    line("");
    line("**Beside it**: " + String.join("; ", machine.versions().values()) + ".");
    line("");
    line(
        "**Method**: what is measured runs on one core, the load on another. *CPU* is the time that all"
            + " threads of the measured processes had a core (`/proc/PID/task/*/schedstat`), for each"
            + " operation; contenders take turns, and the median of the rounds stands with the least and the"
            + " most. Below 1 in the column *Postern ÷* means that Postern needs less. Each answer's status is"
            + " checked; one wrong answer, and there is no figure. Peers have one CA and no CRL to check;"
            + " Postern checks path, revocation, user and rule, counts for Prometheus, and all write an access log.");
    line("");
    line("![The aims](chart.svg)");
    line("");
    aims(results);
    for (Comparison comparison : results.comparisons()) {
      comparison(comparison);
    }
  }

  private void aims(Results results) {
    line("## Aims");
    line("");
    line("| work | aim | measured | |");
    line("| --- | --- | ---: | --- |");
    for (Comparison comparison : results.comparisons()) {
      for (Aim aim : comparison.aims()) {
        line(
            "| %s | %s | %s | %s |"
                .formatted(
                    comparison.title(),
                    aim.text(comparison.unit()),
                    aim.measured(comparison).map(Figures::of).orElse("–"),
                    switch (aim.verdict(comparison)) {
                      case MET -> "met";
                      case MISSED -> "**missed** by " + by(aim, comparison);
                      case NOT_MEASURED -> "not measured";
                    }));
      }
    }
    line("");
  }

  private static String by(Aim aim, Comparison comparison) {
    double share = aim.measured(comparison).orElseThrow() / aim.bound();
    return aim.kind() == Aim.Kind.AT_MOST
        ? String.format(
            Locale.ROOT, share < 2 ? "%.0f %%" : "%.0f %% (%.1f ×)", (share - 1) * 100, share)
        : String.format(Locale.ROOT, "%.0f %%", (1 - share) * 100);
  }

  private void comparison(Comparison comparison) {
    line("## " + comparison.title());
    line("");
    line("| | " + comparison.unit() + " | least – most | Postern ÷ | |");
    line("| --- | ---: | ---: | ---: | --- |");
    Optional<Samples> own = comparison.samples(Contender.POSTERN);
    for (Samples each : comparison.samples()) {
      if (each.values().isEmpty()) {
        line("| %s | – | | | %s |".formatted(each.contender(), each.note()));
        continue;
      }
      String ratio =
          own.isPresent() && own.get() != each
              ? String.format(Locale.ROOT, "%.2f", own.get().median() / each.median())
              : "";
      line(
          "| %s | %s | %s – %s | %s | %s |"
              .formatted(
                  each.contender(),
                  Figures.of(each.median()),
                  Figures.of(each.least()),
                  Figures.of(each.most()),
                  ratio,
                  each.note()));
    }
    line("");
    if (!comparison.note().isEmpty()) {
      line(comparison.note());
      line("");
    }
    Bounds.of(comparison)
        .ifPresent(bound -> {
          line("**What bounds it**: " + bound);
          line("");
        });
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
