package dev.postern.revocation;

import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which certificates and reasons a CRL covers (RFC 5280 §5.2.5).
 *
 * <pre>
 * IssuingDistributionPoint ::= SEQUENCE {
 *      distributionPoint          [0] DistributionPointName OPTIONAL,
 *      onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
 *      onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
 *      onlySomeReasons            [3] ReasonFlags OPTIONAL,
 *      indirectCRL                [4] BOOLEAN DEFAULT FALSE,
 *      onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
 * </pre>
 *
 * @param names empty when the CRL is not for one distribution point
 */
public record IssuingDistributionPoint(
    List<GeneralName> names, Scope scope, Set<CrlReason> reasons, Entries entries) {
  /** Whose certificates. */
  public enum Scope {
    ALL_CERTS,
    USER_CERTS,
    CA_CERTS,
    ATTRIBUTE_CERTS
  }

  /** Issued by the CRL's issuer alone, or, in an indirect CRL, by anybody an entry names. */
  public enum Entries {
    DIRECT,
    INDIRECT
  }

  /** What a CRL without the extension covers: everything that its issuer issued. */
  static final IssuingDistributionPoint NONE =
      new IssuingDistributionPoint(List.of(), Scope.ALL_CERTS, ReasonFlags.ALL, Entries.DIRECT);

  public IssuingDistributionPoint {
    names = List.copyOf(names);
    reasons = Set.copyOf(reasons);
  }

  static IssuingDistributionPoint of(
      org.bouncycastle.asn1.x509.IssuingDistributionPoint point, DistinguishedName crlIssuer)
      throws MalformedException {
    List<Scope> scopes = new ArrayList<>();
    if (point.onlyContainsUserCerts()) {
      scopes.add(Scope.USER_CERTS);
    }
    if (point.onlyContainsCACerts()) {
      scopes.add(Scope.CA_CERTS);
    }
    if (point.onlyContainsAttributeCerts()) {
      scopes.add(Scope.ATTRIBUTE_CERTS);
    }
    if (scopes.size() > 1) { // "at most one of …"
      throw new MalformedException("issuingDistributionPoint", "covers two kinds and thus none");
    }
    return new IssuingDistributionPoint(
        DistributionPoint.names(point.getDistributionPoint(), crlIssuer),
        scopes.isEmpty() ? Scope.ALL_CERTS : scopes.getFirst(),
        ReasonFlags.of(point.getOnlySomeReasons()),
        point.isIndirectCRL() ? Entries.INDIRECT : Entries.DIRECT);
  }

  boolean isIndirect() {
    return entries == Entries.INDIRECT;
  }

  boolean covers(boolean ca) {
    return switch (scope) {
      case ALL_CERTS -> true;
      case USER_CERTS -> !ca;
      case CA_CERTS -> ca;
      case ATTRIBUTE_CERTS -> false;
    };
  }
}
