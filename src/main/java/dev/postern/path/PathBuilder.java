package dev.postern.path;

import static java.util.Comparator.comparingInt;

import dev.postern.path.Budget.Work;
import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.SubjectPublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for a path upwards from the leaf, depth first (RFC 4158 §2.3, forward building).
 *
 * <p>An edge of the graph is a name and a signature: the issuer's subject is the certificate's
 * issuer, and its key made the signature. Whether the issuer was allowed to is for {@link
 * PathChecker}, once the path is complete: so a refusal can say what is wrong with a path that
 * exists, rather than that there is none.
 */
final class PathBuilder {
  private final PathValidator.Request request;
  private final PathChecker checker;
  private final Budget budget;
  private final Map<DistinguishedName, List<TrustAnchor>> anchors;
  private final Map<DistinguishedName, List<Certificate>> intermediates;
  private final Map<Edge, Boolean> signatures = new HashMap<>();

  /** What was found on each complete path. */
  private final List<Findings> complete = new ArrayList<>();

  /** Signatures that the key they name did not make, or could not. */
  private final List<PathProblem> broken = new ArrayList<>();

  // Looked up by fingerprint again and again, and names are slow to compare.
  private final Map<Bytes, List<TrustAnchor>> likelyAnchors = new HashMap<>();
  private final Map<Bytes, List<Certificate>> likelyIssuers = new HashMap<>();
  private final Map<Bytes, Entity> entities = new HashMap<>();

  private record Edge(Bytes certificate, Bytes issuerKey) {}

  private record Entity(Bytes subject, Bytes key) {}

  PathBuilder(PathValidator.Request request, PathChecker checker, Budget budget) {
    this.request = request;
    this.checker = checker;
    this.budget = budget;
    this.anchors =
        request.anchors().stream()
            .collect(Collectors.groupingBy(anchor -> anchor.certificate().subject()));
    this.intermediates =
        usable(request).stream().collect(Collectors.groupingBy(Certificate::subject));
  }

  /** Each once; an anchor among them ends a path and never continues it. */
  private static List<Certificate> usable(PathValidator.Request request) {
    Set<Bytes> ends =
        request.anchors().stream()
            .map(anchor -> anchor.certificate().fingerprint())
            .collect(Collectors.toSet());
    Map<Bytes, Certificate> usable = new LinkedHashMap<>();
    for (Certificate each : request.intermediates()) {
      if (!ends.contains(each.fingerprint())) {
        usable.putIfAbsent(each.fingerprint(), each);
      }
    }
    return List.copyOf(usable.values());
  }

  PathValidation build() {
    List<Certificate> path = new ArrayList<>();
    path.add(request.leaf());
    try {
      Optional<VerifiedPath> verified = extend(path);
      return verified.isPresent()
          ? new PathValidation.Valid(verified.get())
          : new PathValidation.Invalid(problem());
    } catch (Budget.SpentException e) {
      var tooMuch = new PathProblem(Code.TOO_MUCH_WORK, request.leaf(), e.evidence());
      return new PathValidation.Invalid(closest().orElse(tooMuch));
    }
  }

  private Optional<VerifiedPath> extend(List<Certificate> path) throws Budget.SpentException {
    Certificate last = path.getLast();
    for (TrustAnchor anchor : anchorsOf(last)) {
      if (isSigned(last, anchor.certificate())) {
        budget.spend(Work.PATH);
        Findings findings = checker.check(path, anchor);
        if (findings.isEmpty()) {
          return Optional.of(VerifiedPath.of(path, anchor));
        }
        complete.add(findings);
      }
    }
    if (path.size() == Budget.MAX_PATH_LENGTH) {
      return Optional.empty();
    }
    for (Certificate issuer : issuersOf(last)) {
      if (!isOn(path, issuer) && isSigned(last, issuer)) {
        path.add(issuer);
        Optional<VerifiedPath> verified = extend(path);
        if (verified.isPresent()) {
          return verified;
        }
        path.removeLast();
      }
    }
    return Optional.empty();
  }

  private List<TrustAnchor> anchorsOf(Certificate certificate) {
    return likelyAnchors.computeIfAbsent(
        certificate.fingerprint(),
        _ ->
            anchors.getOrDefault(certificate.issuer(), List.of()).stream()
                .sorted(comparingInt(anchor -> unlikelihood(certificate, anchor.certificate())))
                .toList());
  }

  private List<Certificate> issuersOf(Certificate certificate) {
    return likelyIssuers.computeIfAbsent(
        certificate.fingerprint(),
        _ ->
            intermediates.getOrDefault(certificate.issuer(), List.of()).stream()
                .sorted(comparingInt(issuer -> unlikelihood(certificate, issuer)))
                .toList());
  }

  /** The order in which to try, never a reason to leave out (RFC 4158 §3.5). */
  private int unlikelihood(Certificate certificate, Certificate issuer) {
    int identifiers =
        namesKeyOf(certificate, issuer)
            ? 0
            : certificate.authorityKeyIdentifier().isEmpty() ? 2 : 4;
    return identifiers + (issuer.validAt(request.at()) ? 0 : 1);
  }

  private static boolean namesKeyOf(Certificate certificate, Certificate issuer) {
    return certificate.authorityKeyIdentifier().isPresent()
        && certificate.authorityKeyIdentifier().equals(issuer.subjectKeyIdentifier());
  }

  /** The same CA twice, under the same key, is a loop even in two certificates (RFC 4158 §5.2). */
  private boolean isOn(List<Certificate> path, Certificate issuer) throws Budget.SpentException {
    for (Certificate each : path) {
      budget.spend(Work.STEP);
      if (entity(each).equals(entity(issuer))) {
        return true;
      }
    }
    return false;
  }

  private Entity entity(Certificate certificate) {
    return entities.computeIfAbsent(
        certificate.fingerprint(),
        _ -> new Entity(certificate.subject().der(), certificate.publicKey().der()));
  }

  private boolean isSigned(Certificate certificate, Certificate issuer)
      throws Budget.SpentException {
    budget.spend(Work.STEP);
    SubjectPublicKey key = issuer.publicKey();
    Edge edge = new Edge(certificate.fingerprint(), key.der());
    Boolean known = signatures.get(edge);
    if (known != null) {
      return known;
    }
    budget.spend(Work.SIGNATURE);
    boolean verifiable = AlgorithmPolicy.isVerifiable(key);
    boolean signed = verifiable && certificate.isSignedBy(key);
    signatures.put(edge, signed);
    if (!verifiable) {
      String evidence = "its key, " + key + ", makes no signatures that we check";
      broken.add(new PathProblem(Code.WEAK_ALGORITHM, issuer, evidence));
    }
    if (verifiable && !signed && namesKeyOf(certificate, issuer)) {
      String evidence = "names the key of " + issuer.subject() + ", which did not sign it";
      broken.add(new PathProblem(Code.BAD_SIGNATURE, certificate, evidence));
    }
    return signed;
  }

  private PathProblem problem() {
    String evidence = "issued by " + request.leaf().issuer() + ", which leads to nobody trusted";
    var untrusted = new PathProblem(Code.UNTRUSTED_ISSUER, request.leaf(), evidence);
    return closest().orElse(broken.stream().findFirst().orElse(untrusted));
  }

  /** The foremost problem of the complete path with the fewest. */
  private Optional<PathProblem> closest() {
    return complete.stream().min(comparingInt(Findings::count)).map(Findings::foremost);
  }
}
