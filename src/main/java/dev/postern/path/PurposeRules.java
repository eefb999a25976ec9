package dev.postern.path;

import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a certificate is for: extended key usage (RFC 5280 §4.2.1.12) of the leaf and of everybody
 * above it, and the leaf's key usage (§4.2.1.3).
 *
 * <p>RFC 5280 leaves open what extended key usage means in a CA. Everybody who checks it at all
 * reads it as a limit on what is below, and so do we.
 */
final class PurposeRules {
  private final Purpose purpose;
  private final PathRules rules;

  PurposeRules(Purpose purpose, PathRules rules) {
    this.purpose = purpose;
    this.rules = rules;
  }

  void checkAnchor(Certificate anchor, Findings findings) {
    checkExtended(anchor, ExtendedKeyUsageMode.LENIENT, findings);
  }

  void checkIssuer(Certificate issuer, Findings findings) {
    checkExtended(
        issuer,
        rules.extendedKeyUsage() == ExtendedKeyUsageMode.STRICT
            ? ExtendedKeyUsageMode.STRICT
            : ExtendedKeyUsageMode.LENIENT,
        findings);
  }

  void checkLeaf(Certificate leaf, Findings findings) {
    // CA/Browser Forum BR 7.1.2.7.10: serverAuth present, anyExtendedKeyUsage not enough.
    checkExtended(
        leaf,
        rules.profile() == PathProfile.WEBPKI
            ? ExtendedKeyUsageMode.STRICT_LEAF
            : rules.extendedKeyUsage(),
        findings);
    checkKeyUsage(leaf, findings);
  }

  private void checkExtended(
      Certificate certificate, ExtendedKeyUsageMode mode, Findings findings) {
    KeyPurpose wanted = wanted();
    if (wanted.equals(KeyPurpose.ANY)) {
      return;
    }
    if (certificate.extendedKeyUsage().isEmpty()) {
      if (mode != ExtendedKeyUsageMode.LENIENT) {
        findings.add(
            Code.WRONG_PURPOSE, certificate, "does not say that it is for " + wanted.word());
      }
      return;
    }
    Set<KeyPurpose> has = certificate.extendedKeyUsage().get();
    boolean fits =
        has.contains(wanted)
            || (mode == ExtendedKeyUsageMode.LENIENT && has.contains(KeyPurpose.ANY));
    if (!fits) {
      String words = has.stream().map(KeyPurpose::word).collect(Collectors.joining(", "));
      findings.add(
          Code.WRONG_PURPOSE, certificate, "is for " + words + ", not for " + wanted.word());
    }
  }

  private KeyPurpose wanted() {
    return switch (purpose) {
      case CLIENT -> KeyPurpose.CLIENT_AUTH;
      case SERVER -> KeyPurpose.SERVER_AUTH;
      case ANY -> KeyPurpose.ANY;
    };
  }

  /** The usages that §4.2.1.12 calls consistent with each purpose. */
  private void checkKeyUsage(Certificate leaf, Findings findings) {
    Set<KeyUsage> fitting =
        switch (purpose) {
          case CLIENT -> EnumSet.of(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_AGREEMENT);
          case SERVER ->
              EnumSet.of(
                  KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT, KeyUsage.KEY_AGREEMENT);
          case ANY -> EnumSet.allOf(KeyUsage.class);
        };
    // A CA may stand in a server's place: RFC 5280 makes no rule, and its usages speak of its work
    // as a CA. Nobody signs in as one.
    if (leaf.keyUsage().isEmpty() || (purpose == Purpose.SERVER && leaf.isCa())) {
      return;
    }
    Set<KeyUsage> has = leaf.keyUsage().get();
    if (!has.isEmpty() && Collections.disjoint(has, fitting)) {
      findings.add(
          Code.WRONG_PURPOSE, leaf, "its key is for " + words(has) + ", not for " + words(fitting));
    }
  }

  private static String words(Collection<KeyUsage> usages) {
    return usages.stream().map(KeyUsage::word).collect(Collectors.joining(" or "));
  }
}
