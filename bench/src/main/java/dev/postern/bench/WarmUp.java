package dev.postern.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Works until it gets no cheaper: a virtual machine compiles what it runs, and compiling takes CPU
 * time, too. How long that takes depends on the machine, so no count of operations would do.
 */
final class WarmUp {
  private static final int LAST = 3;

  /** What is left to gain is less than the rounds differ by. */
  private static final double NO_CHEAPER = 0.97;

  private final List<Double> costs = new ArrayList<>();
  private final Duration least;
  private final Duration most;

  /**
   * {@code least}: before that, three batches that were no cheaper are chance. {@code most}: then
   * it is as warm as it gets here.
   */
  WarmUp(Duration least, Duration most) {
    this.least = least;
    this.most = most;
  }

  /** {@code batch}: does some work, and says what it cost. Returns how long it all took. */
  Duration run(DoubleSupplier batch) {
    long began = System.nanoTime();
    long taken;
    do {
      costs.add(batch.getAsDouble());
      taken = System.nanoTime() - began;
    } while (taken < least.toNanos() || (!isOver() && taken < most.toNanos()));
    return Duration.ofNanos(taken);
  }

  /** The last batches were no cheaper than the cheapest before them. */
  boolean isOver() {
    int before = costs.size() - LAST;
    return before > 0
        && least(costs.subList(before, costs.size()))
            >= NO_CHEAPER * least(costs.subList(0, before));
  }

  private static double least(List<Double> costs) {
    return costs.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }
}
