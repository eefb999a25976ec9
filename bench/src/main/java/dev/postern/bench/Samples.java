package dev.postern.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What a contender took in each round.
 *
 * @param contender who
 * @param values one a round, in the comparison's unit; empty when it could not be measured
 * @param note what is to be known of it, or empty
 */
public record Samples(String contender, List<Double> values, String note) {
  public Samples {
    values = List.copyOf(values);
  }

  public static Samples of(String contender, double... values) {
    return new Samples(contender, Arrays.stream(values).boxed().toList(), "");
  }

  public Samples noting(String text) {
    return new Samples(contender, values, text);
  }

  /** In another unit. */
  public Samples times(double factor) {
    return new Samples(contender, values.stream().map(value -> value * factor).toList(), note);
  }

  public double median() {
    double[] sorted = sorted();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  public double least() {
    return sorted()[0];
  }

  public double most() {
    return sorted()[values.size() - 1];
  }

  private double[] sorted() {
    return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
