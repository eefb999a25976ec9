package dev.postern.path;

import dev.postern.path.CertificateRules.Role;
import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.MalformedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;

/**
 * What the CA/Browser Forum's Baseline Requirements for TLS servers ask beyond RFC 5280. "BR"
 * numbers are those of version 2.
 */
final class WebPkiRules {
  private WebPkiRules() {}

  static void check(Certificate certificate, Role role, Findings findings) {
    checkKey(certificate, findings);
    checkAuthorityKeyIdentifier(certificate, findings);
    if (role == Role.ANCHOR && certificate.extendedKeyUsage().isPresent()) { // BR 7.1.2.1.2
      findings.add(Code.NOT_CONFORMING, certificate, "is a root with extendedKeyUsage");
    }
    if (role == Role.LEAF) {
      checkSubscriber(certificate, findings);
    }
  }

  /** BR 6.1.5, 6.1.6, 7.1.3.1. */
  private static void checkKey(Certificate certificate, Findings findings) {
    KeyAlgorithm key = certificate.publicKey().algorithm();
    boolean accepted =
        switch (key.family()) {
          case RSA -> key.bits() % 8 == 0;
          case EC -> true; // the curves are those of AlgorithmPolicy
          case EDDSA, ML_DSA, DSA, OTHER -> false;
        };
    if (!accepted) {
      findings.add(
          Code.WEAK_ALGORITHM, certificate, "its key, " + key.label() + ", is not for web servers");
    }
  }

  /** BR 7.1.2.1.3 and 7.1.2.11.1: keyIdentifier, and nothing else. */
  private static void checkAuthorityKeyIdentifier(Certificate certificate, Findings findings) {
    try {
      var identifier =
          certificate.extension(
              Extension.authorityKeyIdentifier, AuthorityKeyIdentifier::getInstance);
      if (identifier.isEmpty()) {
        return;
      }
      if (identifier.get().getKeyIdentifierOctets() == null
          || identifier.get().getAuthorityCertIssuer() != null
          || identifier.get().getAuthorityCertSerialNumber() != null) {
        findings.add(
            Code.NOT_CONFORMING,
            certificate,
            "its authorityKeyIdentifier is not the keyIdentifier alone");
      }
      if (certificate.isSelfIssued()
          && certificate.isCa()
          && !certificate.authorityKeyIdentifier().equals(certificate.subjectKeyIdentifier())) {
        findings.add(
            Code.NOT_CONFORMING, certificate, "is a root that names another's key as its issuer's");
      }
    } catch (MalformedException e) {
      findings.add(Code.MALFORMED, certificate, e.getMessage());
    }
  }

  private static void checkSubscriber(Certificate leaf, Findings findings) {
    if (leaf.isCa()) { // BR 7.1.2.7.8
      findings.add(Code.NOT_CONFORMING, leaf, "is a CA in the place of a server");
    }
    if (ExtensionRules.isCritical(leaf, Extension.extendedKeyUsage)) { // BR 7.1.2.7.6
      findings.add(Code.NOT_CONFORMING, leaf, "marks its extendedKeyUsage critical");
    }
    if (leaf.extendedKeyUsage().filter(has -> has.contains(KeyPurpose.ANY)).isPresent()) {
      findings.add( // BR 7.1.2.7.10
          Code.WRONG_PURPOSE, leaf, "is for anything, and not for a server alone");
    }
    List<GeneralName> names = leaf.subjectAlternativeNames();
    if (names.isEmpty()) { // BR 7.1.2.7.12
      findings.add(Code.NOT_CONFORMING, leaf, "has no subjectAltName");
    } else if (ExtensionRules.isCritical(leaf, Extension.subjectAlternativeName)
        != leaf.subject().isEmpty()) {
      findings.add(
          Code.NOT_CONFORMING,
          leaf,
          "its subjectAltName is critical beside a subject, or not critical without one");
    }
    checkCommonName(leaf, findings);
  }

  /**
   * BR 7.1.4.3: at most one, a copy of a subjectAltName, character for character. CAs also write
   * the domain of a wildcard there, or a host name beside addresses alone, and nobody refuses that.
   */
  private static void checkCommonName(Certificate leaf, Findings findings) {
    List<String> commonNames = leaf.subject().attributes(BCStyle.CN);
    Set<String> names = new HashSet<>();
    for (GeneralName name : leaf.subjectAlternativeNames()) {
      if (name instanceof GeneralName.DnsName(String dns)) {
        names.add(dns);
        names.add(dns.startsWith("*.") ? dns.substring(2) : dns);
      } else if (name instanceof GeneralName.IpAddress(var address)) {
        names.add(IpText.of(address));
      }
    }
    boolean onlyAddresses =
        leaf.subjectAlternativeNames().stream().allMatch(GeneralName.IpAddress.class::isInstance);
    boolean beside = onlyAddresses && commonNames.stream().allMatch(WebPkiRules::isQualifiedHost);
    if (commonNames.size() > 1 || !(beside || names.containsAll(commonNames))) {
      findings.add(
          Code.NOT_CONFORMING,
          leaf,
          "its common name " + String.join(", ", commonNames) + " is not one of its names");
    }
  }

  private static boolean isQualifiedHost(String name) {
    return name.contains(".") && NameSyntax.isHost(name);
  }
}
