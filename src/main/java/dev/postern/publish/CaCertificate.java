package dev.postern.publish;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;

/** A CA certificate in the forms in which it is fetched. */
final class CaCertificate {
  private final Certificate certificate;
  private final String keyId;
  private final PublicFile der;
  private final PublicFile pem;
  private final PublicFile chain;

  private CaCertificate(Certificate certificate, List<Certificate> upwards) {
    this.certificate = certificate;
    this.keyId = certificate.keyIdentifier().hex();
    this.der = file(PublicFile.CERTIFICATE, certificate.der());
    this.pem = file(PublicFile.PEM, PublicSite.pem(certificate));
    this.chain = file(PublicFile.CERTIFICATES, certificatesOnly(upwards));
  }

  /** Each of {@code chain} with those above it. */
  static List<CaCertificate> chain(List<Certificate> chain) {
    List<CaCertificate> all = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      all.add(new CaCertificate(chain.get(i), chain.subList(i, chain.size())));
    }
    return List.copyOf(all);
  }

  private PublicFile file(String type, Bytes content) {
    return new PublicFile(type, content, certificate.notBefore(), Optional.empty());
  }

  /**
   * A SignedData that signs nothing and carries certificates (RFC 5652 §5.1, RFC 8551 §3.2.2).
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
  private static Bytes certificatesOnly(List<Certificate> certificates) {
    var set = new ASN1EncodableVector();
    certificates.forEach(each -> set.add(each.structure()));
    var fields = new ASN1EncodableVector();
    fields.add(new ASN1Integer(1));
    fields.add(new DERSet());
    fields.add(new DERSequence(CMSObjectIdentifiers.data));
    fields.add(new org.bouncycastle.asn1.DERTaggedObject(false, 0, new DERSet(set)));
    fields.add(new DERSet());
    try {
      return Bytes.of(
          new ContentInfo(CMSObjectIdentifiers.signedData, new DERSequence(fields))
              .getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
  }

  Certificate certificate() {
    return certificate;
  }

  /** As it stands in the addresses. */
  String keyId() {
    return keyId;
  }

  PublicFile file(String ending) {
    return switch (ending) {
      case "cer" -> der;
      case "pem" -> pem;
      default -> chain;
    };
  }
}
