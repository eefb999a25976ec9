package dev.postern.path;

import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;

/** Builds and validates certification paths. */
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
      Instant at) {
    public Request {
      intermediates = List.copyOf(intermediates);
      anchors = List.copyOf(anchors);
    }
  }

  /** Interim: one or two signatures and the dates; the whole of RFC 5280 §6 replaces it. */
  public PathValidation validate(Request request) {
    Certificate leaf = request.leaf();
    for (TrustAnchor anchor : request.anchors()) {
      for (List<Certificate> path : candidates(request)) {
        if (path.getLast().isSignedBy(anchor.certificate().publicKey())
            && (path.size() == 1 || leaf.isSignedBy(path.getLast().publicKey()))) {
          if (!leaf.validAt(request.at())) {
            PathProblem.Code code =
                request.at().isBefore(leaf.notBefore())
                    ? PathProblem.Code.NOT_YET_VALID
                    : PathProblem.Code.EXPIRED;
            return new PathValidation.Invalid(
                new PathProblem(code, leaf, "ended " + leaf.notAfter()));
          }
          return new PathValidation.Valid(
              new VerifiedPath(path, anchor, leaf.notBefore(), leaf.notAfter()));
        }
      }
    }
    return new PathValidation.Invalid(
        new PathProblem(PathProblem.Code.UNTRUSTED_ISSUER, leaf, "issued by " + leaf.issuer()));
  }

  private static List<List<Certificate>> candidates(Request request) {
    List<List<Certificate>> paths = new java.util.ArrayList<>();
    paths.add(List.of(request.leaf()));
    request
        .intermediates()
        .forEach(intermediate -> paths.add(List.of(request.leaf(), intermediate)));
    return paths;
  }
}
