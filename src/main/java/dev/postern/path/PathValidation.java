package dev.postern.path;

/** The answer of {@link PathValidator}. */
public sealed interface PathValidation {
  record Valid(VerifiedPath path) implements PathValidation {}

  record Invalid(PathProblem problem) implements PathValidation {}
}
