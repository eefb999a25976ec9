package dev.postern.revocation;

import dev.postern.path.AlgorithmPolicy;
import dev.postern.path.Era;
import dev.postern.path.PathRules;
import dev.postern.path.PathValidation;
import dev.postern.path.PathValidator;
import dev.postern.path.Purpose;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Effort.SpentException;
import dev.postern.revocation.Effort.Work;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;

/**
 * One question and what it leads to: who signed a CRL or an OCSP response is a certificate too, and
 * may itself have been revoked.
 */
final class Inquiry {
  /** RFC 9608 §2. */
  private static final ASN1ObjectIdentifier NO_REV_AVAIL = new ASN1ObjectIdentifier("2.5.29.56");

  private final PathValidator validator;
  private final Evidence evidence;
  private final Instant at;
  private final Era era;
  private final Effort effort = new Effort();
  private final CrlValidation crls;
  private final OcspValidation ocsp;

  private final Map<Subject, RevocationStatus> answers = new HashMap<>();
  private final Map<Subject, Optional<VerifiedPath>> paths = new HashMap<>();

  /** Those whose answer is being looked for. */
  private final Set<Subject> open = new HashSet<>();

  /** Those among them that an answer was built upon. */
  private final Set<Subject> assumed = new HashSet<>();

  private record Subject(Bytes certificate, Bytes issuer) {}

  Inquiry(PathValidator validator, Evidence evidence, Instant at, Era era) {
    this.validator = validator;
    this.evidence = evidence;
    this.at = at;
    this.era = era;
    this.crls = new CrlValidation(this);
    this.ocsp = new OcspValidation(this);
  }

  Evidence evidence() {
    return evidence;
  }

  Instant at() {
    return at;
  }

  Era era() {
    return era;
  }

  Effort effort() {
    return effort;
  }

  /**
   * Either source suffices, and a revocation in either counts.
   *
   * <p>A CRL may be the one that covers its own signer (NIST's PKITS, 4.14.30). So while the
   * question about him is open he is taken to be good; if he turns out not to be, nothing that was
   * built upon it is kept.
   */
  RevocationStatus status(Certificate certificate, Issuer issuer) throws SpentException {
    Subject subject = new Subject(certificate.fingerprint(), issuer.certificate().fingerprint());
    RevocationStatus known = answers.get(subject);
    if (known != null) {
      return known;
    }
    if (!open.add(subject)) {
      assumed.add(subject);
      return new RevocationStatus.Good();
    }
    RevocationStatus answer = find(certificate, issuer);
    open.remove(subject);
    assumed.remove(subject);
    if (assumed.isEmpty()) {
      answers.put(subject, answer);
    }
    return answer;
  }

  private RevocationStatus find(Certificate certificate, Issuer issuer) throws SpentException {
    if (isBeyondRevocation(certificate)) {
      return new RevocationStatus.Good();
    }
    RevocationStatus byOcsp = ocsp.status(certificate, issuer);
    if (byOcsp instanceof RevocationStatus.Revoked) {
      return byOcsp;
    }
    RevocationStatus byCrl = crls.status(certificate, issuer);
    return switch (byCrl) {
      case RevocationStatus.Revoked revoked -> revoked;
      case RevocationStatus.Good good -> good;
      case RevocationStatus.Unknown(String crlEvidence) ->
          switch (byOcsp) {
            case RevocationStatus.Unknown(String ocspEvidence) ->
                new RevocationStatus.Unknown(ocspEvidence + "; " + crlEvidence);
            case RevocationStatus.Good _, RevocationStatus.Revoked _ -> byOcsp;
          };
    };
  }

  /**
   * RFC 9608 §3 and §4: short-lived, and its CA says that it will never be revoked. Not in CA
   * certificates, nor beside the extensions that say the contrary.
   */
  private static boolean isBeyondRevocation(Certificate certificate) {
    var extensions = certificate.structure().getTBSCertificate().getExtensions();
    return extensions != null
        && extensions.getExtension(NO_REV_AVAIL) != null
        && !certificate.isCa()
        && extensions.getExtension(Extension.freshestCRL) == null
        && !namesWay(certificate);
  }

  /** Whether the certificate says how its status can be asked for; also if that is unreadable. */
  static boolean namesWay(Certificate certificate) {
    var extensions = certificate.structure().getTBSCertificate().getExtensions();
    if (extensions != null && extensions.getExtension(Extension.cRLDistributionPoints) != null) {
      return true;
    }
    try {
      return certificate
          .extension(Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance)
          .filter(Inquiry::namesOcsp)
          .isPresent();
    } catch (MalformedException e) {
      return true;
    }
  }

  private static boolean namesOcsp(AuthorityInformationAccess access) {
    for (AccessDescription each : access.getAccessDescriptions()) {
      if (each.getAccessMethod().equals(AccessDescription.id_ad_ocsp)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a signature of this kind is believed at the instant asked about. */
  boolean accepts(AlgorithmIdentifier algorithm) {
    return AlgorithmPolicy.isStrong(algorithm, era);
  }

  /** Whether an answer of {@code thisUpdate} is older than the question allows. */
  boolean isTooOld(Instant thisUpdate) {
    return evidence.maxAge().filter(age -> thisUpdate.plus(age).isBefore(at)).isPresent();
  }

  /** A path for {@code certificate} to {@code anchor}, by way of {@code helpers}. */
  Optional<VerifiedPath> path(
      Certificate certificate, List<Certificate> helpers, TrustAnchor anchor)
      throws SpentException {
    Subject subject = new Subject(certificate.fingerprint(), anchor.certificate().fingerprint());
    Optional<VerifiedPath> known = paths.get(subject);
    if (known == null) {
      effort.spend(Work.PATH);
      List<Certificate> intermediates = new ArrayList<>(helpers);
      intermediates.addAll(evidence.certificates());
      known = validate(certificate, intermediates, anchor);
      paths.put(subject, known);
    }
    return known;
  }

  private Optional<VerifiedPath> validate(
      Certificate certificate, List<Certificate> intermediates, TrustAnchor anchor) {
    var request =
        new PathValidator.Request(
            certificate,
            intermediates,
            List.of(anchor),
            Purpose.ANY,
            at,
            PathRules.DEFAULT.withEra(era));
    return switch (validator.validate(request)) {
      case PathValidation.Valid(VerifiedPath path) -> Optional.of(path);
      case PathValidation.Invalid _ -> Optional.empty();
    };
  }
}
