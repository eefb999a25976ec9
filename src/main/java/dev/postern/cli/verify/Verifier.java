package dev.postern.cli.verify;

import dev.postern.path.PathProblem;
import dev.postern.path.PathValidation;
import dev.postern.path.PathValidator;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.PathStatus;
import dev.postern.revocation.RevocationChecker;
import java.util.Optional;

/**
 * Judges one certificate: its path by the gateway's own validator, then, if asked, its status by
 * what was handed over and nothing else.
 */
public final class Verifier {
  private final PathValidator validator = new PathValidator();

  /** What came of it. */
  public sealed interface Verdict {
    /** And not revoked, where that was asked. */
    record Valid(VerifiedPath path) implements Verdict {}

    record Invalid(PathProblem problem) implements Verdict {}

    record Revoked(VerifiedPath path, PathStatus.Revoked status) implements Verdict {}

    /** A valid path of which nobody knows whether it was revoked. */
    record StatusUnknown(VerifiedPath path, PathStatus.Unknown status) implements Verdict {}
  }

  /** With {@code evidence}, the status of the whole path must be known and good. */
  public Verdict verify(PathValidator.Request request, Optional<Evidence> evidence) {
    return switch (validator.validate(request)) {
      case PathValidation.Invalid(PathProblem problem) -> new Verdict.Invalid(problem);
      case PathValidation.Valid(VerifiedPath path) ->
          evidence
              .map(given -> withStatus(path, request, given))
              .orElseGet(() -> new Verdict.Valid(path));
    };
  }

  /** The verdict on a path that is valid, now that {@code evidence} is there. */
  public Verdict withStatus(VerifiedPath path, PathValidator.Request request, Evidence evidence) {
    var checker = new RevocationChecker(validator, request.rules().era());
    return switch (checker.check(path, evidence, request.at())) {
      case PathStatus.Good _ -> new Verdict.Valid(path);
      case PathStatus.Revoked revoked -> new Verdict.Revoked(path, revoked);
      case PathStatus.Unknown unknown -> new Verdict.StatusUnknown(path, unknown);
    };
  }
}
