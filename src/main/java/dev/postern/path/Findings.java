package dev.postern.path;

import dev.postern.x509.Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The problems of one candidate path, as they are found. */
final class Findings {
  private final List<PathProblem> problems = new ArrayList<>();

  void add(PathProblem.Code code, Certificate certificate, String evidence) {
    problems.add(new PathProblem(code, certificate, evidence));
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  int count() {
    return problems.size();
  }

  /** The problem to tell: by the order of the codes, and among equals the one found last. */
  PathProblem foremost() {
    // The checker walks from the anchor to the leaf, and the leaf is what its holder can replace.
    return problems.reversed().stream()
        .min(Comparator.comparing(PathProblem::code))
        .orElseThrow(() -> new IllegalStateException("a path without problems is valid"));
  }
}
