package dev.postern.revocation;

import static java.util.Comparator.comparing;

import dev.postern.path.AlgorithmPolicy;
import dev.postern.revocation.BasicOcspResponse.SingleResponse;
import dev.postern.revocation.Effort.SpentException;
import dev.postern.revocation.Effort.Work;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;

/**
 * Whether an OCSP response can be relied on, and what it says (RFC 6960 §3.2). It is signed by the
 * CA that issued the certificate, or by a responder to whom that CA delegated it; nobody else is
 * believed, as nobody configured him.
 */
final class OcspValidation {
  /**
   * §2.4: without nextUpdate "newer revocation information is available all the time", so such an
   * answer is soon too old, unless the question says how old it may be.
   */
  private static final Duration WITHOUT_NEXT_UPDATE = Duration.ofDays(1);

  /** The critical extensions that a responder's certificate may have. */
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectAlternativeName,
          Extension.certificatePolicies,
          Extension.cRLDistributionPoints,
          OCSPObjectIdentifiers.id_pkix_ocsp_nocheck);

  private static final Comparator<Answer> NEWEST_FIRST =
      comparing((Answer answer) -> answer.single.thisUpdate())
          .reversed()
          .thenComparing(answer -> !(answer.single.status() instanceof RevocationStatus.Revoked));

  private final Inquiry inquiry;
  private final Instant at;

  /** What one response says of the certificate asked about. */
  private record Answer(BasicOcspResponse response, SingleResponse single) {}

  OcspValidation(Inquiry inquiry) {
    this.inquiry = inquiry;
    this.at = inquiry.at();
  }

  RevocationStatus status(Certificate certificate, Issuer issuer) throws SpentException {
    Set<String> problems = new LinkedHashSet<>();
    List<Answer> answers = new ArrayList<>();
    for (OcspResponse response : inquiry.evidence().ocsp()) {
      inquiry.effort().spend(Work.STEP);
      if (response.basic().isEmpty()) {
        problems.add("an OCSP responder answered " + response.status().word());
      } else {
        answers.addAll(answers(response.basic().get(), certificate, issuer));
      }
    }
    answers.sort(NEWEST_FIRST);
    for (Answer answer : answers) {
      Optional<String> problem = problem(answer, certificate, issuer);
      if (problem.isEmpty()) {
        return answer.single.status();
      }
      problems.add("an OCSP response " + problem.get());
    }
    return new RevocationStatus.Unknown(
        problems.isEmpty() ? "no OCSP response is about it" : String.join("; ", problems));
  }

  /** §3.2, 1: those about this very certificate. */
  private List<Answer> answers(BasicOcspResponse response, Certificate certificate, Issuer issuer)
      throws SpentException {
    List<Answer> answers = new ArrayList<>();
    for (SingleResponse single : response.responses()) {
      inquiry.effort().spend(Work.STEP);
      if (single.certId().names(certificate, issuer.certificate().publicKey())) {
        answers.add(new Answer(response, single));
      }
    }
    return answers;
  }

  private Optional<String> problem(Answer answer, Certificate certificate, Issuer issuer)
      throws SpentException {
    Optional<String> defect = answer.response.defect().or(answer.single::defect);
    if (defect.isPresent()) {
      return defect;
    }
    Optional<String> untimely = untimely(answer);
    if (untimely.isPresent()) {
      return untimely;
    }
    return inquiry.accepts(answer.response.algorithm())
        ? unsigned(answer.response, certificate, issuer)
        : Optional.of(
            "is signed with " + answer.response.signatureAlgorithm() + ", which is not accepted");
  }

  /**
   * §3.2, 5 and 6, and §4.2.2.1: "earlier than the local system time" is unreliable, so nextUpdate
   * itself still counts.
   */
  private Optional<String> untimely(Answer answer) {
    SingleResponse single = answer.single;
    if (single.thisUpdate().isAfter(at) || answer.response.producedAt().isAfter(at)) {
      return Optional.of("is not valid yet");
    }
    boolean over =
        single.nextUpdate().isPresent()
            ? single.nextUpdate().get().isBefore(at)
            : inquiry.evidence().maxAge().isEmpty()
                && single.thisUpdate().plus(WITHOUT_NEXT_UPDATE).isBefore(at);
    if (over) {
      return Optional.of("is stale");
    }
    return inquiry.isTooOld(single.thisUpdate())
        ? Optional.of("is older than is asked for")
        : Optional.empty();
  }

  /** §3.2, 2 to 4: who signed it, and whether he may. */
  private Optional<String> unsigned(
      BasicOcspResponse response, Certificate certificate, Issuer issuer) throws SpentException {
    if (response.responderId().names(issuer.certificate())
        && isSigned(response, issuer.certificate())) {
      return Optional.empty();
    }
    Optional<String> problem = Optional.of("is not signed by whom it names");
    for (Certificate delegate : delegates(response)) {
      if (isSigned(response, delegate)) {
        problem = mayNotSign(delegate, certificate, issuer);
        if (problem.isEmpty()) {
          return problem;
        }
      }
    }
    return problem;
  }

  private Set<Certificate> delegates(BasicOcspResponse response) {
    Set<Certificate> delegates = new LinkedHashSet<>();
    for (List<Certificate> source :
        List.of(response.certificates(), inquiry.evidence().certificates())) {
      source.stream().filter(response.responderId()::names).forEach(delegates::add);
    }
    return delegates;
  }

  private boolean isSigned(BasicOcspResponse response, Certificate signer) throws SpentException {
    inquiry.effort().spend(Work.SIGNATURE);
    return AlgorithmPolicy.isVerifiable(signer.publicKey())
        && response.isSignedBy(signer.publicKey());
  }

  /** §4.2.2.2: "issued directly by the CA that is identified in the request", and for this. */
  private Optional<String> mayNotSign(Certificate delegate, Certificate certificate, Issuer issuer)
      throws SpentException {
    if (!isIssued(delegate, issuer.certificate())) {
      return Optional.of("is signed by " + delegate + ", whom the CA did not authorize");
    }
    if (!isForOcsp(delegate)) {
      return Optional.of("is signed by " + delegate + ", whose certificate is not for that");
    }
    if (!delegate.validAt(at)) {
      return Optional.of("is signed by " + delegate + ", whose certificate is not valid now");
    }
    if (delegate.equals(certificate)) {
      return Optional.of("is signed by the certificate that it is about");
    }
    return isGood(delegate, issuer)
        ? Optional.empty()
        : Optional.of("is signed by " + delegate + ", which is not known to be good itself");
  }

  private boolean isIssued(Certificate delegate, Certificate issuer) throws SpentException {
    inquiry.effort().spend(Work.SIGNATURE);
    return delegate.issuer().equals(issuer.subject())
        && inquiry.accepts(delegate.structure().getSignatureAlgorithm())
        && AlgorithmPolicy.isStrongKey(delegate, inquiry.era())
        && delegate.isSignedBy(issuer.publicKey());
  }

  /** id-kp-OCSPSigning by name: anyExtendedKeyUsage does not delegate. */
  private static boolean isForOcsp(Certificate delegate) {
    boolean signs =
        delegate.keyUsage().isEmpty()
            || delegate.keyUsage().get().contains(KeyUsage.DIGITAL_SIGNATURE)
            || delegate.keyUsage().get().contains(KeyUsage.NON_REPUDIATION);
    boolean named =
        delegate
            .extendedKeyUsage()
            .filter(purposes -> purposes.contains(KeyPurpose.OCSP_SIGNING))
            .isPresent();
    var extensions = delegate.structure().getTBSCertificate().getExtensions();
    return signs
        && named
        && UNDERSTOOD.containsAll(Arrays.asList(extensions.getCriticalExtensionOIDs()));
  }

  /**
   * §4.2.2.2.1, three cases. With id-pkix-ocsp-nocheck it is trusted as long as it is valid. Where
   * it says how to ask about it, it must be known to be good. Where it says neither, the standard
   * leaves it to us: there is nobody to ask, so it passes unless it is known to be revoked.
   */
  private boolean isGood(Certificate delegate, Issuer issuer) throws SpentException {
    var extensions = delegate.structure().getTBSCertificate().getExtensions();
    if (extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck) != null) {
      return true;
    }
    return switch (inquiry.status(delegate, issuer)) {
      case RevocationStatus.Good _ -> true;
      case RevocationStatus.Revoked _ -> false;
      case RevocationStatus.Unknown _ -> !Inquiry.namesWay(delegate);
    };
  }
}
