package dev.postern.x509;

import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;

/** Certificates in one file: {@code .p7b}, {@code .p7c} (RFC 8551 §3.2.2, certs-only). */
public final class CertsOnly {
  private CertsOnly() {}

  /**
   * A SignedData that signs nothing and carries certificates (RFC 5652 §5.1).
   *
   * <pre>
   * SignedData ::= SEQUENCE {
   *   version CMSVersion,
   *   digestAlgorithms DigestAlgorithmIdentifiers,
   *   encapContentInfo EncapsulatedContentInfo,
   *   certificates [0] IMPLICIT CertificateSet OPTIONAL,
   *   crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
   *   signerInfos SignerInfos }
   * </pre>
   */
  public static Bytes of(List<Certificate> certificates) {
    var set = new ASN1EncodableVector();
    certificates.forEach(each -> set.add(each.structure()));
    var fields = new ASN1EncodableVector();
    fields.add(new ASN1Integer(1));
    fields.add(new DERSet());
    fields.add(new DERSequence(CMSObjectIdentifiers.data));
    fields.add(new DERTaggedObject(false, 0, new DERSet(set)));
    fields.add(new DERSet());
    return Parsing.encode(
        new ContentInfo(CMSObjectIdentifiers.signedData, new DERSequence(fields)));
  }
}
