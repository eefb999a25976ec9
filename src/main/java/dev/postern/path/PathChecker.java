package dev.postern.path;

import dev.postern.path.CertificateRules.Role;
import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Certificate;
import dev.postern.x509.Certificate.BasicConstraints;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyUsage;
import dev.postern.x509.MalformedException;
import java.util.List;
import java.util.OptionalInt;

/**
 * Basic path validation (RFC 5280 §6.1) of one candidate path, whose signatures (§6.1.3 (a)(1)) and
 * name chaining ((a)(4)) {@link PathBuilder} has already checked. Collects every problem, so that
 * the best one can be told.
 *
 * <p>The trust anchor is a certificate too, and somebody here chose it: its own constraints bind
 * the path (§6.2, RFC 5937), and it must be as good as the profile asks.
 */
final class PathChecker {
  private final PathValidator.Request request;
  private final Budget budget;
  private final CertificateRules rules;
  private final PurposeRules purposes;

  PathChecker(PathValidator.Request request, Budget budget) {
    this.request = request;
    this.budget = budget;
    this.rules = new CertificateRules(request.rules(), request.at());
    this.purposes = new PurposeRules(request.purpose(), request.rules());
  }

  /** The variables of §6.1.2 that change from certificate to certificate. */
  private static final class State {
    final Findings findings = new Findings();
    final NameConstraints names; // (b) and (c)
    final PolicyState policies; // (a), (d), (e), (f)

    State(int length, PathRules rules) {
      names = new NameConstraints(rules.era());
      policies = new PolicyState(length, rules.policy());
    }
  }

  /** Judges {@code path}, leaf first, below {@code anchor}. */
  Findings check(List<Certificate> path, TrustAnchor anchor) throws Budget.SpentException {
    State state = new State(path.size(), request.rules());
    checkAnchor(anchor, state);
    checkPathLength(path, anchor, state.findings);
    for (int i = path.size() - 1; i >= 0; i--) {
      Certificate certificate = path.get(i);
      boolean isLeaf = i == 0;
      Role role = isLeaf ? leafRole(path, anchor) : Role.INTERMEDIATE;
      rules.check(certificate, role, state.findings);
      try {
        process(certificate, isLeaf, state);
        if (isLeaf) {
          wrapUp(certificate, role, state);
        } else {
          purposes.checkIssuer(certificate, state.findings);
          prepareForNext(certificate, state);
        }
      } catch (MalformedException e) {
        state.findings.add(Code.MALFORMED, certificate, e.getMessage());
      }
    }
    return state.findings;
  }

  private void checkAnchor(TrustAnchor anchor, State state) {
    Certificate certificate = anchor.certificate();
    boolean legacy = isLegacy(certificate, anchor);
    rules.check(certificate, legacy ? Role.LEGACY_ANCHOR : Role.ANCHOR, state.findings);
    purposes.checkAnchor(certificate, state.findings);
    try {
      constrain(certificate, state);
    } catch (MalformedException e) {
      state.findings.add(Code.MALFORMED, certificate, e.getMessage());
    }
  }

  private static Role leafRole(List<Certificate> path, TrustAnchor anchor) {
    boolean isBelowAnchor = path.size() == 1;
    return isBelowAnchor && isLegacy(path.getFirst(), anchor) ? Role.LEGACY_LEAF : Role.LEAF;
  }

  private static boolean isLegacy(Certificate certificate, TrustAnchor anchor) {
    return anchor.leniency().contains(TrustAnchor.Leniency.LEGACY_V1)
        && certificate.version() < 3
        && certificate.structure().getTBSCertificate().getExtensions() == null;
  }

  /** §6.1.3, what (a) to (f) leave to do here. */
  private void process(Certificate certificate, boolean isLeaf, State state)
      throws MalformedException, Budget.SpentException {
    // (b), (c): a CA may certify its own next key whatever its own name is.
    if (isLeaf || !certificate.isSelfIssued()) {
      for (String violation : state.names.violations(constrained(certificate, isLeaf), budget)) {
        state.findings.add(Code.NAME_NOT_PERMITTED, certificate, violation);
      }
    }
    // (d), (e), (f)
    if (!state.policies.process(PolicyExtensions.of(certificate), isLeaf, certificate)) {
      state.findings.add(
          Code.POLICY_NOT_MET, certificate, "no policy is left that the whole path agrees to");
    }
  }

  /** A common name that passes for a host is bound like one. */
  private List<GeneralName> constrained(Certificate certificate, boolean isLeaf)
      throws MalformedException {
    List<GeneralName> names = SubjectNames.of(certificate);
    if (isLeaf && request.rules().era().isPast()) {
      names.addAll(SubjectNames.hostsByCommonName(certificate));
    }
    return names;
  }

  /** §6.1.4. */
  private static void prepareForNext(Certificate certificate, State state)
      throws MalformedException {
    // (a), (b)
    if (!state.policies.map(PolicyExtensions.of(certificate).mappings())) {
      state.findings.add(
          Code.POLICY_NOT_MET, certificate, "maps anyPolicy, which stands for no policy");
    }
    // (h)
    if (!certificate.isSelfIssued()) {
      state.policies.countDown();
    }
    // (k)
    if (!certificate.isCa()) {
      state.findings.add(
          Code.NOT_A_CA, certificate, "issued a certificate, but its cA flag is not set");
    }
    // (n)
    if (certificate.keyUsage().isPresent()
        && !certificate.keyUsage().get().contains(KeyUsage.KEY_CERT_SIGN)) {
      state.findings.add(
          Code.NOT_A_CA, certificate, "issued a certificate, but its keyUsage has no keyCertSign");
    }
    constrain(certificate, state);
  }

  /** §6.1.4 (g), (i), (j): what a CA demands of everything below it. */
  private static void constrain(Certificate certificate, State state) throws MalformedException {
    state.names.add(certificate);
    state.policies.constrain(PolicyExtensions.of(certificate));
  }

  /** max_path_length: §6.1.2 (k), §6.1.4 (l), (m). */
  private void checkPathLength(List<Certificate> path, TrustAnchor anchor, Findings findings) {
    int allowed = limited(request.rules().maxDepth(), anchor.certificate());
    for (Certificate issuer : path.subList(1, path.size()).reversed()) {
      if (!issuer.isSelfIssued()) {
        if (allowed == 0) {
          findings.add(
              Code.PATH_TOO_LONG, issuer, "is one CA more than a CA above it, or we, allow");
          return;
        }
        allowed--;
      }
      allowed = limited(allowed, issuer);
    }
  }

  private static int limited(int allowed, Certificate issuer) {
    OptionalInt length =
        issuer.basicConstraints().map(BasicConstraints::pathLength).orElse(OptionalInt.empty());
    return Math.min(allowed, length.orElse(allowed));
  }

  /** §6.1.5, and what the request asks of the leaf. */
  private void wrapUp(Certificate leaf, Role role, State state) throws MalformedException {
    // (a), (b), (g)
    if (!state.policies.wrapUp(PolicyExtensions.of(leaf))) {
      state.findings.add(
          Code.POLICY_NOT_MET, leaf, "is not issued under any of the policies asked for");
    }
    if (role != Role.LEGACY_LEAF) {
      purposes.checkLeaf(leaf, state.findings);
    }
    new PeerNames(request.rules())
        .missing(request.rules().names(), leaf)
        .forEach(name ->
            state.findings.add(
                Code.NAME_MISMATCH, leaf, "has no subjectAltName for " + name.text()));
  }
}
