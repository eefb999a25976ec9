package dev.postern.bench.report;

import dev.postern.bench.Comparison;
import java.time.Duration;
import java.util.List;

/** All of one run. */
public record Results(Machine machine, boolean quick, Duration took, List<Comparison> comparisons) {
  public Results {
    comparisons = List.copyOf(comparisons);
  }
}
