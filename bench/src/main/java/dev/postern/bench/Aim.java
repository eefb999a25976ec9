package dev.postern.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * What we want to be true.
 *
 * @param contender whose median is looked at
 * @param against whose median it is divided by; empty: the figure itself counts
 * @param bound the most it may be, or the least
 * @param kind which of the two
 */
public record Aim(String contender, Optional<String> against, double bound, Kind kind) {
  /** Which side of the bound is good. */
  public enum Kind {
    AT_MOST("≤"),
    AT_LEAST("≥");

    private final String sign;

    Kind(String sign) {
      this.sign = sign;
    }
  }

  /** Postern's median, divided by a peer's, is to be at most this. */
  public static Aim ratio(String against, double most) {
    return new Aim(Contender.POSTERN, Optional.of(against), most, Kind.AT_MOST);
  }

  /** A median is to be at most this. */
  public static Aim most(String contender, double most) {
    return new Aim(contender, Optional.empty(), most, Kind.AT_MOST);
  }

  /** A median is to be at least this. */
  public static Aim least(String contender, double least) {
    return new Aim(contender, Optional.empty(), least, Kind.AT_LEAST);
  }

  public Aim of(String other) {
    return new Aim(other, against, bound, kind);
  }

  public Aim atLeast() {
    return new Aim(contender, against, bound, Kind.AT_LEAST);
  }

  /** What was measured; empty when one of the two is missing. */
  public Optional<Double> measured(Comparison comparison) {
    Optional<Double> own = comparison.samples(contender).map(Samples::median);
    return against.isEmpty()
        ? own
        : own.flatMap(
            value -> comparison.samples(against.get()).map(other -> value / other.median()));
  }

  public Verdict verdict(Comparison comparison) {
    return measured(comparison)
        .map(value ->
            (kind == Kind.AT_MOST ? value <= bound : value >= bound) ? Verdict.MET : Verdict.MISSED)
        .orElse(Verdict.NOT_MEASURED);
  }

  /** {@code postern ≤ 0.42 × nginx}. */
  public String text(String unit) {
    String figure = String.format(Locale.ROOT, bound < 10 ? "%.2f" : "%,.0f", bound);
    return "%s %s %s"
        .formatted(
            contender,
            kind.sign,
            against.map(other -> figure + " × " + other).orElse(figure + " " + unit));
  }

  /** What became of it. */
  public enum Verdict {
    MET,
    MISSED,
    NOT_MEASURED
  }
}
