package dev.postern.console;

import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignInStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Sign-ins and refusals over time, as bars and as a table.
 *
 * @param key of its texts
 */
public record Chart(String key, List<Bar> bars) {
  /** In units of the drawing. */
  public static final int WIDTH = 720;

  public static final int HEIGHT = 160;
  private static final int GAP = 3;

  public Chart {
    bars = List.copyOf(bars);
  }

  /** What happened within one step of time. */
  public record Bar(Instant from, long admitted, long refused) {}

  /** The last {@code steps} steps; the one that goes on now is the last. */
  static Chart of(
      String key, List<SignInStore.Count> counts, Duration step, int steps, Instant now) {
    long width = step.toMillis();
    long last = Math.floorDiv(now.toEpochMilli(), width);
    long[] admitted = new long[steps];
    long[] refused = new long[steps];
    for (SignInStore.Count each : counts) {
      long index = Math.floorDiv(each.hour().toEpochMilli(), width) - last + steps - 1;
      if (index >= 0 && index < steps) {
        (each.code().equals(SignIn.ADMITTED) ? admitted : refused)[(int) index] += each.count();
      }
    }
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      Instant from = Instant.ofEpochMilli((last - steps + 1 + i) * width);
      bars.add(new Bar(from, admitted[i], refused[i]));
    }
    return new Chart(key, bars);
  }

  boolean covers(Instant hour) {
    return !hour.isBefore(bars.getFirst().from());
  }

  public long most() {
    return Math.max(
        1, bars.stream().mapToLong(bar -> bar.admitted() + bar.refused()).max().orElse(1));
  }

  public long admitted() {
    return bars.stream().mapToLong(Bar::admitted).sum();
  }

  public long refused() {
    return bars.stream().mapToLong(Bar::refused).sum();
  }

  public double x(int index) {
    return Math.round(10.0 * index * WIDTH / bars.size()) / 10.0;
  }

  public double barWidth() {
    return Math.round(10.0 * WIDTH / bars.size()) / 10.0 - GAP;
  }

  /** What happened once is seen, however small it is beside the rest. */
  public double height(long count) {
    return count == 0 ? 0 : Math.max(2, Math.round(10.0 * count * HEIGHT / most()) / 10.0);
  }
}
