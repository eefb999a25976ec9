package dev.postern.revocation;

import static java.util.Comparator.comparing;

import dev.postern.path.AlgorithmPolicy;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Effort.SpentException;
import dev.postern.revocation.Effort.Work;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyUsage;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * CRL validation (RFC 5280 §6.3.3), with delta CRLs where there are any. Letters in comments are
 * the steps there.
 *
 * <p>Newer CRLs are asked before older ones, so that a hold that ended is known to have ended.
 */
final class CrlValidation {
  private static final Comparator<CertificateList> NEWEST_FIRST =
      comparing(CertificateList::thisUpdate)
          .thenComparing(crl -> crl.crlNumber().orElse(BigInteger.ZERO))
          .reversed();

  private final Inquiry inquiry;
  private final Instant at;
  private final List<CertificateList> complete;
  private final List<CertificateList> deltas;

  /** The key that signed a CRL and may, or why there is none. */
  private sealed interface Signer {
    record Known(SubjectPublicKey key) implements Signer {}

    record Missing(String evidence) implements Signer {}
  }

  CrlValidation(Inquiry inquiry) {
    this.inquiry = inquiry;
    this.at = inquiry.at();
    List<CertificateList> all = inquiry.evidence().crls().stream().sorted(NEWEST_FIRST).toList();
    this.complete = all.stream().filter(crl -> !crl.isDelta()).toList();
    this.deltas = all.stream().filter(CertificateList::isDelta).toList();
  }

  /** The variables of §6.3.2, and why CRLs were passed over. */
  private static final class State {
    final Certificate certificate;
    final Issuer issuer;
    final Set<CrlReason> reasons = EnumSet.noneOf(CrlReason.class);
    final Set<String> problems = new LinkedHashSet<>();

    State(Certificate certificate, Issuer issuer) {
      this.certificate = certificate;
      this.issuer = issuer;
    }

    boolean isDetermined() {
      return reasons.containsAll(ReasonFlags.ALL);
    }
  }

  RevocationStatus status(Certificate certificate, Issuer issuer) throws SpentException {
    List<DistributionPoint> points;
    try {
      points = new ArrayList<>(DistributionPoint.of(certificate));
    } catch (MalformedException e) {
      return new RevocationStatus.Unknown("its distribution points are malformed: " + e.reason());
    }
    points.add(DistributionPoint.ofIssuer(certificate.issuer()));
    State state = new State(certificate, issuer);
    for (DistributionPoint point : points) {
      for (CertificateList crl : complete) {
        inquiry.effort().spend(Work.STEP);
        Set<CrlReason> reasons = common(crl.issuingDistributionPoint().reasons(), point.reasons());
        // (b), (e)
        if (isFor(crl, point, certificate) && !state.reasons.containsAll(reasons)) {
          Optional<RevocationStatus.Revoked> revoked = process(crl, reasons, state);
          if (revoked.isPresent()) {
            return revoked.get();
          }
          if (state.isDetermined()) {
            return new RevocationStatus.Good();
          }
        }
      }
    }
    return new RevocationStatus.Unknown(evidence(state));
  }

  private static String evidence(State state) {
    if (!state.problems.isEmpty()) {
      return String.join("; ", state.problems);
    }
    return state.reasons.isEmpty()
        ? "no CRL is about it"
        : "no CRL covers every reason it could be revoked for";
  }

  /** (d), and where it is met with the certificate's own demand. */
  private static Set<CrlReason> common(Set<CrlReason> some, Set<CrlReason> others) {
    Set<CrlReason> common = EnumSet.copyOf(ReasonFlags.ALL);
    common.retainAll(some);
    common.retainAll(others);
    return common;
  }

  /** (b): whether the CRL is of the issuer and scope that {@code point} asks for. */
  private static boolean isFor(
      CertificateList crl, DistributionPoint point, Certificate certificate) {
    IssuingDistributionPoint covered = crl.issuingDistributionPoint();
    boolean ofIssuer =
        point.crlIssuer().isEmpty()
            ? crl.issuer().equals(certificate.issuer())
            : covered.isIndirect() && point.crlIssuer().contains(crl.issuer()); // (b)(1)
    return ofIssuer && covered.covers(certificate.isCa()) && isAt(point, covered);
  }

  /** (b)(2)(i). */
  private static boolean isAt(DistributionPoint point, IssuingDistributionPoint covered) {
    if (covered.names().isEmpty()) {
      return true;
    }
    List<GeneralName> wanted = new ArrayList<>(point.names());
    if (wanted.isEmpty()) {
      point.crlIssuer().forEach(name -> wanted.add(new GeneralName.DirectoryName(name)));
    }
    return !Collections.disjoint(covered.names(), wanted);
  }

  /** (a), (c), and from (f) on: what this CRL says, if it counts. */
  private Optional<RevocationStatus.Revoked> process(
      CertificateList crl, Set<CrlReason> reasons, State state) throws SpentException {
    if (crl.defect().isPresent()) {
      state.problems.add(label(crl) + " " + crl.defect().get());
      return Optional.empty();
    }
    return switch (signer(crl, state.issuer)) {
      case Signer.Missing(String evidence) -> {
        state.problems.add(evidence);
        yield Optional.empty();
      }
      case Signer.Known(SubjectPublicKey key) -> {
        Optional<CertificateList> delta = delta(crl, key);
        // (a): a complete CRL that is over can be carried on by a delta CRL that is not.
        Optional<String> untimely =
            crl.thisUpdate().isAfter(at) || delta.isEmpty() ? untimely(crl) : Optional.empty();
        if (untimely.isPresent()) {
          state.problems.add(untimely.get());
          yield Optional.empty();
        }
        state.reasons.addAll(reasons); // (l)
        yield revocation(state.certificate, crl, delta);
      }
    };
  }

  /** (i), (j), (k). */
  private static Optional<RevocationStatus.Revoked> revocation(
      Certificate certificate, CertificateList crl, Optional<CertificateList> delta) {
    var inDelta = delta.flatMap(list -> list.find(certificate));
    if (inDelta.filter(entry -> entry.reason() == CrlReason.REMOVE_FROM_CRL).isPresent()) {
      return Optional.empty();
    }
    return inDelta
        .or(() -> crl.find(certificate))
        .map(entry -> new RevocationStatus.Revoked(entry.revocationDate(), entry.reason()));
  }

  /** "Verify that the current time is before the next update value": that instant excluded. */
  private Optional<String> untimely(CertificateList crl) {
    if (crl.thisUpdate().isAfter(at)) {
      return Optional.of(label(crl) + " is not valid yet");
    }
    if (crl.nextUpdate().filter(at::isBefore).isEmpty()) {
      return Optional.of(label(crl) + " is stale");
    }
    return inquiry.isTooOld(crl.thisUpdate())
        ? Optional.of(label(crl) + " is older than is asked for")
        : Optional.empty();
  }

  /** (c), (h), and §5.2.4 on how the two belong together. */
  private Optional<CertificateList> delta(CertificateList crl, SubjectPublicKey key)
      throws SpentException {
    for (CertificateList delta : deltas) {
      inquiry.effort().spend(Work.STEP);
      if (continues(delta, crl)
          && delta.defect().isEmpty()
          && untimely(delta).isEmpty()
          && inquiry.accepts(delta.algorithm())
          && isSigned(delta, key)) {
        return Optional.of(delta);
      }
    }
    return Optional.empty();
  }

  private static boolean continues(CertificateList delta, CertificateList crl) {
    if (delta.baseCrlNumber().isEmpty()
        || delta.crlNumber().isEmpty()
        || crl.crlNumber().isEmpty()) {
      return false;
    }
    BigInteger number = crl.crlNumber().get();
    return delta.baseCrlNumber().get().compareTo(number) <= 0
        && number.compareTo(delta.crlNumber().get()) < 0
        && delta.issuer().equals(crl.issuer())
        && delta.issuingDistributionPoint().equals(crl.issuingDistributionPoint())
        && delta.authorityKeyIdentifier().equals(crl.authorityKeyIdentifier());
  }

  private boolean isSigned(CertificateList crl, SubjectPublicKey key) throws SpentException {
    inquiry.effort().spendOn(crl.size());
    return crl.isSignedBy(key);
  }

  /** (f), (g): the CRL issuer's key, with a path to the anchor of the certificate's own. */
  private Signer signer(CertificateList crl, Issuer issuer) throws SpentException {
    if (!inquiry.accepts(crl.algorithm())) {
      return new Signer.Missing(
          label(crl) + " is signed with " + crl.signatureAlgorithm() + ", which is not accepted");
    }
    String evidence = label(crl) + " is signed by nobody known";
    for (Certificate candidate : candidates(crl.issuer(), issuer)) {
      SubjectPublicKey key = candidate.publicKey();
      if (!AlgorithmPolicy.isVerifiable(key) || !isSigned(crl, key)) {
        continue;
      }
      Optional<String> problem = mayNotSign(candidate, issuer);
      if (problem.isEmpty()) {
        return new Signer.Known(key);
      }
      evidence = label(crl) + " is signed by " + candidate + ", which " + problem.get();
    }
    return new Signer.Missing(evidence);
  }

  /** Those above the certificate first: they are trusted already. */
  private Set<Certificate> candidates(DistinguishedName name, Issuer issuer) {
    Set<Certificate> candidates = new LinkedHashSet<>();
    for (List<Certificate> source : List.of(issuer.chain(), inquiry.evidence().certificates())) {
      source.stream().filter(each -> each.subject().equals(name)).forEach(candidates::add);
    }
    return candidates;
  }

  private Optional<String> mayNotSign(Certificate signer, Issuer issuer) throws SpentException {
    if (signer.keyUsage().filter(usage -> !usage.contains(KeyUsage.CRL_SIGN)).isPresent()) {
      return Optional.of("may not sign CRLs");
    }
    if (issuer.chain().contains(signer)) {
      return Optional.empty();
    }
    // "The trust anchor … MUST be the same as the trust anchor used to validate the certificate."
    Optional<VerifiedPath> path = inquiry.path(signer, issuer.chain(), issuer.anchor());
    if (path.isEmpty()) {
      return Optional.of("has no valid path to the same trust anchor");
    }
    List<Certificate> certificates = path.get().certificates();
    for (int i = 0; i < certificates.size(); i++) {
      Certificate each = certificates.get(i);
      if (!issuer.chain().contains(each)
          && !(inquiry.status(each, Issuer.of(path.get(), i)) instanceof RevocationStatus.Good)) {
        return Optional.of("is not known to be good itself");
      }
    }
    return Optional.empty();
  }

  private static String label(CertificateList crl) {
    return "the CRL of " + crl.issuer() + " of " + crl.thisUpdate();
  }
}
