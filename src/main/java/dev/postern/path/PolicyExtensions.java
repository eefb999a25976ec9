package dev.postern.path;

import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;

/**
 * What a certificate says about policies (RFC 5280 §4.2.1.4, .5, .11, .14).
 *
 * <pre>
 * certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
 *
 * PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
 *      issuerDomainPolicy      CertPolicyId,
 *      subjectDomainPolicy     CertPolicyId }
 *
 * PolicyConstraints ::= SEQUENCE {
 *      requireExplicitPolicy   [0] SkipCerts OPTIONAL,
 *      inhibitPolicyMapping    [1] SkipCerts OPTIONAL }
 *
 * InhibitAnyPolicy ::= SkipCerts          -- INTEGER (0..MAX)
 * </pre>
 *
 * @param policies absent when the extension is
 * @param mappings from an issuer's policy to the subject's that are as good
 */
record PolicyExtensions(
    Optional<Set<String>> policies,
    Map<String, Set<String>> mappings,
    OptionalInt requireExplicitPolicy,
    OptionalInt inhibitPolicyMapping,
    OptionalInt inhibitAnyPolicy) {

  static PolicyExtensions of(Certificate certificate) throws MalformedException {
    var constraints =
        certificate.extension(Extension.policyConstraints, PolicyConstraints::getInstance);
    var explicit = constraints.flatMap(PolicyExtensions::requireExplicitPolicy);
    var mapping = constraints.flatMap(PolicyExtensions::inhibitPolicyMapping);
    if (constraints.isPresent() && explicit.isEmpty() && mapping.isEmpty()) {
      throw new MalformedException("policyConstraints", "constrains nothing");
    }
    return new PolicyExtensions(
        certificate.extension(Extension.certificatePolicies, PolicyExtensions::policies),
        certificate
            .extension(Extension.policyMappings, PolicyExtensions::mappings)
            .orElse(Map.of()),
        skipCerts(explicit),
        skipCerts(mapping),
        skipCerts(
            certificate.extension(
                Extension.inhibitAnyPolicy, value -> ASN1Integer.getInstance(value).getValue())));
  }

  private static Optional<BigInteger> requireExplicitPolicy(PolicyConstraints constraints) {
    return Optional.ofNullable(constraints.getRequireExplicitPolicyMapping());
  }

  private static Optional<BigInteger> inhibitPolicyMapping(PolicyConstraints constraints) {
    return Optional.ofNullable(constraints.getInhibitPolicyMapping());
  }

  /** More certificates than any path has are as good as infinitely many. */
  private static OptionalInt skipCerts(Optional<BigInteger> value) throws MalformedException {
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.get().signum() < 0) {
      throw new MalformedException("SkipCerts", "is negative");
    }
    return OptionalInt.of(value.get().min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue());
  }

  private static Set<String> policies(ASN1Encodable value) {
    Set<String> policies = new LinkedHashSet<>();
    for (PolicyInformation each : CertificatePolicies.getInstance(value).getPolicyInformation()) {
      // §4.2.1.4: "A certificate policy OID MUST NOT appear more than once"
      if (!policies.add(each.getPolicyIdentifier().getId())) {
        throw new IllegalArgumentException("names a policy twice");
      }
    }
    if (policies.isEmpty()) {
      throw new IllegalArgumentException("names no policy");
    }
    return policies;
  }

  private static Map<String, Set<String>> mappings(ASN1Encodable value) {
    Map<String, Set<String>> mappings = new LinkedHashMap<>();
    for (ASN1Encodable each : ASN1Sequence.getInstance(value)) {
      ASN1Sequence pair = ASN1Sequence.getInstance(each);
      if (pair.size() != 2) {
        throw new IllegalArgumentException("a mapping is two policies");
      }
      mappings
          .computeIfAbsent(oid(pair.getObjectAt(0)), _ -> new LinkedHashSet<>())
          .add(oid(pair.getObjectAt(1)));
    }
    if (mappings.isEmpty()) {
      throw new IllegalArgumentException("maps nothing");
    }
    return mappings;
  }

  private static String oid(ASN1Encodable value) {
    return ASN1ObjectIdentifier.getInstance(value).getId();
  }
}
