package dev.postern.revocation;

import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/**
 * Where a certificate says that its CRL is to be found (RFC 5280 §4.2.1.13).
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
 *
 * @param names any of them names the point; a relative name stands here in full; empty when absent
 * @param crlIssuer empty when the certificate's own issuer signs its CRLs
 */
public record DistributionPoint(
    List<GeneralName> names, Set<CrlReason> reasons, List<DistinguishedName> crlIssuer) {
  public DistributionPoint {
    names = List.copyOf(names);
    reasons = Set.copyOf(reasons);
    crlIssuer = List.copyOf(crlIssuer);
  }

  /** Those that {@code certificate} names; none when the extension is absent. */
  public static List<DistributionPoint> of(Certificate certificate) throws MalformedException {
    Optional<CRLDistPoint> extension =
        certificate.extension(Extension.cRLDistributionPoints, CRLDistPoint::getInstance);
    if (extension.isEmpty()) {
      return List.of();
    }
    return Parsing.at(
        "cRLDistributionPoints",
        () -> {
          List<DistributionPoint> points = new ArrayList<>();
          for (var point : extension.get().getDistributionPoints()) {
            points.add(of(point, certificate.issuer()));
          }
          return List.copyOf(points);
        });
  }

  /** §6.3.3, last paragraph: what is assumed of CRLs that no distribution point names. */
  static DistributionPoint ofIssuer(DistinguishedName issuer) {
    return new DistributionPoint(
        List.of(new GeneralName.DirectoryName(issuer)), ReasonFlags.ALL, List.of());
  }

  private static DistributionPoint of(
      org.bouncycastle.asn1.x509.DistributionPoint point, DistinguishedName certificateIssuer)
      throws MalformedException {
    List<DistinguishedName> crlIssuer = directoryNames(point.getCRLIssuer());
    // "If the certificate issuer is also the CRL issuer, … relative to the certificate issuer"
    List<DistinguishedName> bases = crlIssuer.isEmpty() ? List.of(certificateIssuer) : crlIssuer;
    List<GeneralName> names = new ArrayList<>();
    for (DistinguishedName base : bases) {
      names.addAll(names(point.getDistributionPoint(), base));
    }
    var reasons = point.getReasons();
    return new DistributionPoint(
        names,
        ReasonFlags.of(reasons == null ? null : ASN1BitString.getInstance(reasons)),
        crlIssuer);
  }

  static List<DistinguishedName> directoryNames(@Nullable GeneralNames names)
      throws MalformedException {
    List<DistinguishedName> list = new ArrayList<>();
    if (names != null) {
      for (var name : names.getNames()) {
        if (GeneralName.of(name) instanceof GeneralName.DirectoryName(var directoryName)) {
          list.add(directoryName);
        }
      }
      if (list.isEmpty()) {
        throw new MalformedException("cRLIssuer", "holds no distinguished name");
      }
    }
    return List.copyOf(list);
  }

  /** Every name of the point, in full; none when it is absent. */
  static List<GeneralName> names(@Nullable DistributionPointName name, DistinguishedName crlIssuer)
      throws MalformedException {
    List<GeneralName> names = new ArrayList<>();
    if (name != null && name.getType() == DistributionPointName.FULL_NAME) {
      for (var each : GeneralNames.getInstance(name.getName()).getNames()) {
        names.add(GeneralName.of(each));
      }
    } else if (name != null) {
      RDN[] base = crlIssuer.structure().getRDNs();
      RDN[] full = Arrays.copyOf(base, base.length + 1);
      full[base.length] = RDN.getInstance(name.getName());
      names.add(new GeneralName.DirectoryName(DistinguishedName.of(new X500Name(full))));
    }
    return List.copyOf(names);
  }
}
