package dev.postern.path;

import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;

/**
 * What RFC 5280 §4.1 asks of each certificate by itself, and §6.1.3 (a)(2), its dates. The
 * extensions are the work of {@link ExtensionRules}.
 */
final class CertificateRules {
  /** §4.1.2.2: twenty octets, of a positive INTEGER. */
  private static final int MAX_SERIAL_BITS = 20 * 8 - 1;

  /** §4.1.2.5.1 and .2: with seconds, in Zulu, without fractions. */
  private static final Pattern UTC_TIME = Pattern.compile("[0-9]{12}Z");

  private static final Pattern GENERALIZED_TIME = Pattern.compile("[0-9]{14}Z");

  private final PathRules rules;
  private final Instant at;
  private final ExtensionRules extensions;

  /** Where a certificate stands on the path. */
  enum Role {
    ANCHOR,
    INTERMEDIATE,
    LEAF,
    /**
     * Version 1 or 2 and without extensions, forgiven by {@link TrustAnchor.Leniency#LEGACY_V1}.
     */
    LEGACY_ANCHOR,
    LEGACY_LEAF;

    boolean isAnchor() {
      return this == ANCHOR || this == LEGACY_ANCHOR;
    }

    boolean isLegacy() {
      return this == LEGACY_ANCHOR || this == LEGACY_LEAF;
    }
  }

  CertificateRules(PathRules rules, Instant at) {
    this.rules = rules;
    this.at = at;
    this.extensions = new ExtensionRules(rules);
  }

  void check(Certificate certificate, Role role, Findings findings) {
    checkDates(certificate, findings);
    checkFields(certificate, role, findings);
    AlgorithmPolicy.checkKey(certificate, rules.era(), findings);
    if (!role.isAnchor()) { // an anchor's signature proves nothing, so nobody looks at it
      AlgorithmPolicy.checkSignature(certificate, rules.era(), findings);
    }
    if (certificate.version() == 3) { // others are legacy, or refused already
      extensions.check(certificate, role, findings);
    }
    if (rules.profile() == PathProfile.WEBPKI) {
      WebPkiRules.check(certificate, role, findings);
    }
  }

  /** §6.1.3 (a)(2), both ends included (§4.1.2.5). */
  private void checkDates(Certificate certificate, Findings findings) {
    if (at.isBefore(certificate.notBefore())) {
      findings.add(Code.NOT_YET_VALID, certificate, "is valid from " + certificate.notBefore());
    } else if (!certificate.validAt(at)) {
      findings.add(Code.EXPIRED, certificate, "was valid until " + certificate.notAfter());
    }
    TBSCertificate tbs = certificate.structure().getTBSCertificate();
    if (!isWellWritten(tbs.getStartDate()) || !isWellWritten(tbs.getEndDate())) {
      findings.add(Code.NOT_CONFORMING, certificate, "its dates are not written YYMMDDHHMMSSZ");
    }
  }

  private static boolean isWellWritten(Time time) {
    ASN1Primitive value = time.toASN1Primitive();
    return switch (value) {
      case ASN1UTCTime utc -> UTC_TIME.matcher(utc.toString()).matches();
      case ASN1GeneralizedTime general ->
          GENERALIZED_TIME.matcher(general.getTimeString()).matches();
      default -> false;
    };
  }

  private static void checkFields(Certificate certificate, Role role, Findings findings) {
    var structure = certificate.structure();
    TBSCertificate tbs = structure.getTBSCertificate();
    if (!role.isLegacy() && certificate.version() != 3) { // §4.1.2.1, §6.1.4 (k)
      findings.add(
          Code.NOT_CONFORMING, certificate, "is of version " + certificate.version() + ", not 3");
    }
    if (!structure.getSignatureAlgorithm().equals(tbs.getSignature())) { // §4.1.1.2
      findings.add(Code.NOT_CONFORMING, certificate, "names two different signature algorithms");
    }
    var serial = certificate.serialNumber().value();
    // An anchor's serial number names it to nobody, and well-known roots have 0.
    if (!role.isAnchor() && (serial.signum() <= 0 || serial.bitLength() > MAX_SERIAL_BITS)) {
      findings.add(
          Code.NOT_CONFORMING,
          certificate,
          "its serial number "
              + certificate.serialNumber().hex()
              + " is not positive and at most 20 octets");
    }
    if (certificate.issuer().isEmpty()) { // §4.1.2.4
      findings.add(Code.NOT_CONFORMING, certificate, "its issuer is empty");
    }
    boolean issues = role == Role.INTERMEDIATE || role.isAnchor() || certificate.isCa();
    if (issues && certificate.subject().isEmpty()) { // §4.1.2.6
      findings.add(Code.NOT_CONFORMING, certificate, "is a CA with an empty subject");
    }
  }
}
