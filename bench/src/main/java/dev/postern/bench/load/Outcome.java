package dev.postern.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What a load did. All of it succeeded; otherwise there is a {@link LoadFailure}.
 *
 * @param operations connections or requests
 * @param octets of bodies, received
 * @param latencies in µs, from the beginning of an operation to its answer
 */
public record Outcome(long operations, long octets, Duration elapsed, Histogram latencies) {
  public double perSecond() {
    return operations * 1e9 / elapsed.toNanos();
  }

  /** In ms. */
  public double percentile(double percent) {
    return latencies.getValueAtPercentile(percent) / 1e3;
  }
}
