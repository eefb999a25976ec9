package dev.postern.bench;

import java.util.List;
import java.util.Optional;

/**
 * One row of the table: what several contenders took for the same work.
 *
 * @param title what was done, in a line
 * @param unit of the figures: {@code µs CPU/connection}
 * @param samples one a contender, in the order to be shown
 * @param aims what we want of it
 * @param note unequal work, and what bounds us; or empty
 */
public record Comparison(
    String title, String unit, List<Samples> samples, List<Aim> aims, String note) {
  public Comparison {
    samples = List.copyOf(samples);
    aims = List.copyOf(aims);
  }

  public Optional<Samples> samples(String contender) {
    return samples.stream()
        .filter(each -> each.contender().equals(contender) && !each.values().isEmpty())
        .findFirst();
  }
}
