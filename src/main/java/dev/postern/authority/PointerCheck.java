package dev.postern.authority;

import dev.postern.revocation.CrlLocation;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Extension;

/**
 * Whether a certificate says exactly where its status is to be learned: what it must say, and
 * nothing that contradicts it (RFC 9608 §2: with noRevAvail, no CRLDistributionPoints, FreshestCRL
 * or id-ad-ocsp).
 */
final class PointerCheck {
  private final Certificate certificate;
  private final List<Problem> problems = new ArrayList<>();

  private PointerCheck(Certificate certificate) {
    this.certificate = certificate;
  }

  static List<Problem> problems(Certificate certificate, StatusPointers expected) {
    var check = new PointerCheck(certificate);
    try {
      check.compare(expected);
    } catch (MalformedException e) {
      throw new IllegalStateException("we wrote a certificate that we cannot read", e);
    }
    return List.copyOf(check.problems);
  }

  private void compare(StatusPointers expected) throws MalformedException {
    Optional<StatusPointers.Published> published =
        expected instanceof StatusPointers.Published each ? Optional.of(each) : Optional.empty();
    location(
        "cRLDistributionPoints",
        Extension.cRLDistributionPoints,
        published.map(StatusPointers.Published::crl));
    location(
        "freshestCRL", Extension.freshestCRL, published.flatMap(StatusPointers.Published::delta));
    marker("noRevAvail", Extension.noRevAvail, expected instanceof StatusPointers.NoneNeeded);
    marker(
        "ocsp-nocheck",
        OCSPObjectIdentifiers.id_pkix_ocsp_nocheck,
        expected instanceof StatusPointers.Unchecked);
    List<String> responders = responders();
    List<String> wanted = published.map(each -> List.of(each.ocsp().toString())).orElse(List.of());
    if (!responders.equals(wanted)) {
      add("authorityInfoAccess", "names the OCSP responders " + responders + ", not " + wanted);
    }
  }

  private void location(String field, ASN1ObjectIdentifier oid, Optional<CrlLocation> expected)
      throws MalformedException {
    Optional<CRLDistPoint> found = certificate.extension(oid, CRLDistPoint::getInstance);
    boolean same =
        expected.isPresent()
            ? found.isPresent()
                && found.get().getDistributionPoints().length == 1
                && found
                    .get()
                    .getDistributionPoints()[0]
                    .toASN1Primitive()
                    .equals(expected.get().structure().toASN1Primitive())
            : found.isEmpty();
    if (!same) {
      add(field, expected.isPresent() ? "is not " + expected.get().uri() : "must be absent");
    }
  }

  private void marker(String field, ASN1ObjectIdentifier oid, boolean expected)
      throws MalformedException {
    boolean found = certificate.extension(oid, ASN1Null::getInstance).isPresent();
    if (found != expected) {
      add(field, expected ? "is missing" : "must be absent");
    }
  }

  private List<String> responders() throws MalformedException {
    return certificate
        .extension(Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance)
        .map(access ->
            Stream.of(access.getAccessDescriptions())
                .filter(each -> each.getAccessMethod().equals(AccessDescription.id_ad_ocsp))
                .map(each -> each.getAccessLocation().getName().toString())
                .toList())
        .orElse(List.of());
  }

  private void add(String field, String reason) {
    problems.add(new Problem(field, reason));
  }
}
