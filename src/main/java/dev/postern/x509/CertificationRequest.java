package dev.postern.x509;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * A PKCS#10 request (RFC 2986 §4): a public key, a wish for a name, and a signature that shows the
 * requester holds the private key. What it wishes for is a proposal; the profile and the requester
 * decide.
 *
 * <pre>
 * CertificationRequestInfo ::= SEQUENCE {
 *      version       INTEGER { v1(0) } (v1,...),
 *      subject       Name,
 *      subjectPKInfo SubjectPublicKeyInfo{{ PKInfoAlgorithms }},
 *      attributes    [0] Attributes{{ CRIAttributes }} }
 * </pre>
 */
public final class CertificationRequest {
  private final Bytes der;
  private final org.bouncycastle.asn1.pkcs.CertificationRequest structure;
  private final DistinguishedName subject;
  private final SubjectPublicKey publicKey;
  private final List<GeneralName> subjectAlternativeNames;

  private CertificationRequest(Bytes der, org.bouncycastle.asn1.pkcs.CertificationRequest structure)
      throws MalformedException {
    this.der = der;
    this.structure = structure;
    CertificationRequestInfo info = structure.getCertificationRequestInfo();
    this.subject =
        Parsing.at(
            "certificationRequestInfo.subject", () -> DistinguishedName.of(info.getSubject()));
    this.publicKey = SubjectPublicKey.of(info.getSubjectPublicKeyInfo());
    List<GeneralName> names = new ArrayList<>();
    Extensions requested = requestedExtensions(info);
    if (requested != null && requested.getExtension(Extension.subjectAlternativeName) != null) {
      for (var name :
          GeneralNames.fromExtensions(requested, Extension.subjectAlternativeName).getNames()) {
        names.add(GeneralName.of(name));
      }
    }
    this.subjectAlternativeNames = List.copyOf(names);
  }

  /** Reads one request; the signature is checked by {@link #provesPossession}, not here. */
  public static CertificationRequest parse(Bytes der) throws MalformedException {
    var primitive = Parsing.der("certificationRequest", der, Parsing.MAX_STRUCTURE);
    return Parsing.at(
        "certificationRequest",
        () ->
            new CertificationRequest(
                der, org.bouncycastle.asn1.pkcs.CertificationRequest.getInstance(primitive)));
  }

  /** extensionRequest (RFC 2985 §5.4.2). */
  private static @org.jspecify.annotations.Nullable Extensions requestedExtensions(
      CertificationRequestInfo info) {
    if (info.getAttributes() == null) {
      return null;
    }
    for (var each : info.getAttributes()) {
      Attribute attribute = Attribute.getInstance(each);
      if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
        return Extensions.getInstance(attribute.getAttrValues().getObjectAt(0));
      }
    }
    return null;
  }

  /** Whether the request is signed by the key it carries (RFC 2986 §3, note 2). */
  public boolean provesPossession() {
    return Signatures.verify(
        publicKey,
        structure.getSignatureAlgorithm(),
        Parsing.firstOf(der),
        Bytes.of(structure.getSignature().getOctets()));
  }

  public DistinguishedName subject() {
    return subject;
  }

  public SubjectPublicKey publicKey() {
    return publicKey;
  }

  /** The names asked for, in the order of the request. */
  public List<GeneralName> subjectAlternativeNames() {
    return subjectAlternativeNames;
  }

  public String signatureAlgorithm() {
    return Signatures.name(structure.getSignatureAlgorithm());
  }

  public Bytes der() {
    return der;
  }

  @Override
  public String toString() {
    return "request for " + subject() + ", " + publicKey;
  }
}
