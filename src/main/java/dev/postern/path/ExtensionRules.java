package dev.postern.path;

import dev.postern.path.CertificateRules.Role;
import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import dev.postern.x509.MalformedException;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/**
 * What RFC 5280 §4.2 asks of the extensions: which may and must be critical, and what must not
 * stand beside what. An unknown critical one is refused (§6.1.4 (o), §6.1.5 (f)).
 */
final class ExtensionRules {
  /** Those this room processes; a critical one outside is not understood. */
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectAlternativeName,
          Extension.issuerAlternativeName, // names nobody on the path
          Extension.nameConstraints,
          Extension.certificatePolicies,
          Extension.policyMappings,
          Extension.policyConstraints,
          Extension.inhibitAnyPolicy,
          Extension.cRLDistributionPoints); // read by the revocation room

  /** "MUST mark this extension as non-critical": §4.2.1.1, .2, .8, .15, §4.2.2.1, .2. */
  private static final Set<ASN1ObjectIdentifier> NEVER_CRITICAL =
      Set.of(
          Extension.authorityKeyIdentifier,
          Extension.subjectKeyIdentifier,
          Extension.subjectDirectoryAttributes,
          Extension.freshestCRL,
          Extension.authorityInfoAccess,
          Extension.subjectInfoAccess);

  private final PathRules rules;

  ExtensionRules(PathRules rules) {
    this.rules = rules;
  }

  void check(Certificate certificate, Role role, Findings findings) {
    checkCriticality(certificate, findings);
    checkBasicConstraints(certificate, role, findings);
    checkKeyUsage(certificate, role, findings);
    if (!rules.era().isPast()) {
      checkKeyIdentifiers(certificate, role, findings);
    }
    checkSubjectAltName(certificate, role, findings);
    checkNameConstraints(certificate, findings);
    try {
      certificate.extension(Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance);
      certificate.extension(
          Extension.cRLDistributionPoints,
          value -> CRLDistPoint.getInstance(value).getDistributionPoints());
    } catch (MalformedException e) {
      findings.add(Code.MALFORMED, certificate, e.getMessage());
    }
  }

  /** policyConstraints may be either: RFC 3280 left it open, and here it counts in any case. */
  private static void checkCriticality(Certificate certificate, Findings findings) {
    Extensions extensions = certificate.structure().getTBSCertificate().getExtensions();
    if (extensions == null) {
      return;
    }
    for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
      boolean critical = extensions.getExtension(oid).isCritical();
      if (critical && NEVER_CRITICAL.contains(oid)) {
        findings.add(Code.NOT_CONFORMING, certificate, "marks extension " + oid + " critical");
      } else if (critical && !UNDERSTOOD.contains(oid)) {
        findings.add(
            Code.UNKNOWN_CRITICAL_EXTENSION,
            certificate,
            "its extension " + oid + " must be understood, and is not");
      } else if (!critical && oid.equals(Extension.inhibitAnyPolicy)) { // §4.2.1.14
        findings.add(
            Code.NOT_CONFORMING, certificate, "does not mark its inhibitAnyPolicy critical");
      }
    }
  }

  /** §4.2.1.9. */
  private static void checkBasicConstraints(Certificate certificate, Role role, Findings findings) {
    if (role == Role.ANCHOR && !certificate.isCa()) {
      findings.add(Code.NOT_A_CA, certificate, "is a trust anchor, but its cA flag is not set");
      return;
    }
    // Of others §6.1.4 (k) asks the flag alone; who chose the anchor can choose a conforming one.
    if (role == Role.ANCHOR && !isCritical(certificate, Extension.basicConstraints)) {
      findings.add(Code.NOT_CONFORMING, certificate, "does not mark its basicConstraints critical");
    }
    if (certificate.basicConstraints().isEmpty()
        || certificate.basicConstraints().get().pathLength().isEmpty()) {
      return;
    }
    boolean signs =
        certificate.keyUsage().isEmpty()
            || certificate.keyUsage().get().contains(KeyUsage.KEY_CERT_SIGN);
    if (!certificate.isCa() || !signs) {
      findings.add(Code.NOT_CONFORMING, certificate, "limits the path below it, but may not issue");
    }
  }

  /** §4.2.1.3 and .12. */
  private static void checkKeyUsage(Certificate certificate, Role role, Findings findings) {
    if (certificate.keyUsage().isPresent()) {
      Set<KeyUsage> usage = certificate.keyUsage().get();
      boolean signs = usage.contains(KeyUsage.KEY_CERT_SIGN);
      if (usage.isEmpty()) {
        findings.add(Code.NOT_CONFORMING, certificate, "its keyUsage has no bit set");
      }
      if (signs && !certificate.isCa()) {
        findings.add(Code.NOT_CONFORMING, certificate, "has keyCertSign, but is no CA");
      }
      if (role == Role.ANCHOR && !signs) { // of intermediates §6.1.4 (n) asks it
        findings.add(
            Code.NOT_A_CA, certificate, "is a trust anchor, but its keyUsage has no keyCertSign");
      }
    }
    if (certificate.extendedKeyUsage().filter(Set<KeyPurpose>::isEmpty).isPresent()) {
      findings.add(Code.NOT_CONFORMING, certificate, "its extendedKeyUsage is empty");
    }
  }

  /** §4.2.1.1 and .2. */
  private static void checkKeyIdentifiers(Certificate certificate, Role role, Findings findings) {
    if (certificate.authorityKeyIdentifier().isEmpty() && !mayOmitIssuerKey(certificate, role)) {
      findings.add(Code.NOT_CONFORMING, certificate, "has no authorityKeyIdentifier");
    }
    if (certificate.isCa() && certificate.subjectKeyIdentifier().isEmpty()) {
      findings.add(Code.NOT_CONFORMING, certificate, "is a CA without subjectKeyIdentifier");
    }
  }

  /** Where the issuer's key is the certificate's own: "there is one exception". */
  private static boolean mayOmitIssuerKey(Certificate certificate, Role role) {
    return switch (role) {
      case ANCHOR, LEGACY_ANCHOR ->
          certificate.isSelfIssued() || certificate.isSignedBy(certificate.publicKey());
      case LEAF, LEGACY_LEAF -> certificate.isSelfIssued();
      case INTERMEDIATE -> false;
    };
  }

  /** §4.2.1.6. */
  private static void checkSubjectAltName(Certificate certificate, Role role, Findings findings) {
    Extension extension = extension(certificate, Extension.subjectAlternativeName);
    if (extension != null && certificate.subjectAlternativeNames().isEmpty()) {
      findings.add(Code.NOT_CONFORMING, certificate, "its subjectAltName is empty");
    }
    if (certificate.subject().isEmpty() && (extension == null || !extension.isCritical())) {
      findings.add(
          Code.NOT_CONFORMING, certificate, "has no subject and no critical subjectAltName");
    }
    if (role == Role.ANCHOR) {
      return; // its own names are not believed for anything
    }
    for (GeneralName name : certificate.subjectAlternativeNames()) {
      if (!NameSyntax.isWellFormed(name)) {
        findings.add(
            Code.NOT_CONFORMING, certificate, "its subjectAltName " + name.text() + " is no name");
      }
    }
  }

  /** §4.2.1.10: "MUST be used only in a CA certificate", critical; BR 7.1.2.10.8 excuses that. */
  private void checkNameConstraints(Certificate certificate, Findings findings) {
    if (extension(certificate, Extension.nameConstraints) == null) {
      return;
    }
    if (!certificate.isCa()) {
      findings.add(Code.NOT_CONFORMING, certificate, "has nameConstraints, but is no CA");
    }
    if (rules.profile() == PathProfile.RFC5280
        && !isCritical(certificate, Extension.nameConstraints)) {
      findings.add(Code.NOT_CONFORMING, certificate, "does not mark its nameConstraints critical");
    }
  }

  static boolean isCritical(Certificate certificate, ASN1ObjectIdentifier oid) {
    Extension extension = extension(certificate, oid);
    return extension != null && extension.isCritical();
  }

  private static @Nullable Extension extension(Certificate certificate, ASN1ObjectIdentifier oid) {
    Extensions extensions = certificate.structure().getTBSCertificate().getExtensions();
    return extensions == null ? null : extensions.getExtension(oid);
  }
}
