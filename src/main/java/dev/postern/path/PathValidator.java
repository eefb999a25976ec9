package dev.postern.path;

import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Builds certification paths from a leaf to a trust anchor and validates them (RFC 5280 §6). One
 * valid path is enough; when there is none, the answer is the problem of the path that came
 * closest.
 */
public final class PathValidator {
  /**
   * What to validate: {@code intermediates} may hold anything, in any order; only what helps is
   * used.
   */
  public record Request(
      Certificate leaf,
      List<Certificate> intermediates,
      List<TrustAnchor> anchors,
      Purpose purpose,
      Instant at,
      PathRules rules) {
    public Request {
      intermediates = List.copyOf(intermediates);
      anchors = List.copyOf(anchors);
    }

    /** A request under {@link PathRules#DEFAULT}. */
    public Request(
        Certificate leaf,
        List<Certificate> intermediates,
        List<TrustAnchor> anchors,
        Purpose purpose,
        Instant at) {
      this(leaf, intermediates, anchors, purpose, at, PathRules.DEFAULT);
    }
  }

  /** Answers after a bounded amount of work, whatever the request holds. */
  public PathValidation validate(Request request) {
    Budget budget = new Budget();
    return new PathBuilder(request, new PathChecker(request, budget), budget).build();
  }
}
