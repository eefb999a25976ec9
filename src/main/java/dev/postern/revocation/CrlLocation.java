package dev.postern.revocation;

import java.net.URI;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Where a CRL is to be had. A CRL that lists only part of an issuer's certificates says so by the
 * very name that those certificates carry (RFC 5280 §5.2.5: "MUST use the same encoding"), so both
 * sides have it from here.
 *
 * <pre>
 * DistributionPoint ::= SEQUENCE {
 *      distributionPoint       [0]     DistributionPointName OPTIONAL,
 *      reasons                 [1]     ReasonFlags OPTIONAL,
 *      cRLIssuer               [2]     GeneralNames OPTIONAL }
 *
 * DistributionPointName ::= CHOICE {
 *      fullName                [0]     GeneralNames,
 *      nameRelativeToCRLIssuer [1]     RelativeDistinguishedName }
 * </pre>
 */
public record CrlLocation(URI uri) {
  /** As it stands in IssuingDistributionPoint. */
  public DistributionPointName name() {
    return new DistributionPointName(
        new GeneralNames(
            new GeneralName(
                GeneralName.uniformResourceIdentifier, new DERIA5String(uri.toString(), true))));
  }

  /** As it stands in CRLDistributionPoints and FreshestCRL. */
  public DistributionPoint structure() {
    return new DistributionPoint(name(), null, null);
  }
}
