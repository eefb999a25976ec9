package dev.postern.cli.verify;

import dev.postern.cli.verify.Fields.BadRequestException;
import dev.postern.cli.verify.PathRequest.Report;
import dev.postern.path.PathProblem;
import dev.postern.path.PathValidator;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.PathStatus;
import dev.postern.x509.MalformedException;
import java.time.InstantSource;
import java.util.Optional;

/** {@code verify --batch}: is this certificate to be believed? */
public final class PathQuestion implements Question {
  private final Verifier verifier;
  private final InstantSource clock;

  public PathQuestion(Verifier verifier, InstantSource clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  @Override
  public Answer answer(Fields fields) throws BadRequestException {
    var line = new PathRequest(fields);
    Report report = line.report();
    try {
      PathValidator.Request request = line.request(clock.instant());
      Optional<Evidence> evidence = line.evidence();
      return answer(report, verifier.verify(request, evidence));
    } catch (MalformedException e) {
      return refused(report, Answer.MALFORMED, e.getMessage());
    } catch (BadRequestException e) {
      return refused(report, Answer.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private static Answer answer(Report report, Verifier.Verdict verdict) {
    return switch (verdict) {
      case Verifier.Verdict.Valid(VerifiedPath path) ->
          new Answer(report == Report.PATH ? "SUCCESS" : "GOOD", "", "", Answer.fingerprints(path));
      case Verifier.Verdict.Invalid(PathProblem problem) ->
          refused(report, problem.code().word(), problem.certificate() + " " + problem.evidence());
      case Verifier.Verdict.Revoked(VerifiedPath path, PathStatus.Revoked status) ->
          new Answer(
              report == Report.PATH ? "FAILURE" : "REVOKED",
              Answer.REVOKED,
              Words.revoked(status),
              Answer.fingerprints(path));
      case Verifier.Verdict.StatusUnknown(VerifiedPath path, PathStatus.Unknown status) ->
          new Answer(
              report == Report.PATH ? "FAILURE" : "UNKNOWN",
              Answer.STATUS_UNKNOWN,
              status.certificate() + ": " + status.evidence(),
              Answer.fingerprints(path));
    };
  }

  private static Answer refused(Report report, String reason, String detail) {
    return Answer.of(report == Report.PATH ? "FAILURE" : "UNKNOWN", reason, detail);
  }

  @Override
  public Answer refused(String reason, String detail) {
    return refused(Report.PATH, reason, detail);
  }
}
