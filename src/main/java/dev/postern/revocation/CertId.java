package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.SubjectPublicKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ocsp.CertID;

/**
 * The name of a certificate in OCSP (RFC 6960 §4.1.1).
 *
 * <pre>
 * CertID ::= SEQUENCE {
 *      hashAlgorithm       AlgorithmIdentifier,
 *      issuerNameHash      OCTET STRING, -- hash of issuer's DN
 *      issuerKeyHash       OCTET STRING, -- hash of issuer's public key
 *      serialNumber        CertificateSerialNumber }
 * </pre>
 *
 * @param hashAlgorithm dotted; SHA-1 is not a signature here, and what everybody asks with
 */
public record CertId(
    String hashAlgorithm, Bytes issuerNameHash, Bytes issuerKeyHash, SerialNumber serialNumber) {
  public static final String SHA_1 = "1.3.14.3.2.26";

  private static final Map<String, String> DIGESTS =
      Map.of(
          SHA_1,
          "SHA-1",
          "2.16.840.1.101.3.4.2.1",
          "SHA-256",
          "2.16.840.1.101.3.4.2.2",
          "SHA-384",
          "2.16.840.1.101.3.4.2.3",
          "SHA-512");

  public static CertId of(CertID structure) {
    return new CertId(
        structure.getHashAlgorithm().getAlgorithm().getId(),
        Bytes.of(structure.getIssuerNameHash().getOctets()),
        Bytes.of(structure.getIssuerKeyHash().getOctets()),
        new SerialNumber(structure.getSerialNumber().getValue()));
  }

  /** Whether this is {@code certificate}, issued under {@code issuerKey}. */
  public boolean names(Certificate certificate, SubjectPublicKey issuerKey) {
    return serialNumber.equals(certificate.serialNumber())
        && isIssuedBy(certificate.issuer(), issuerKey);
  }

  /** Whether the issuer it means has this name and key; never, where the hash is unknown here. */
  public boolean isIssuedBy(DistinguishedName name, SubjectPublicKey key) {
    Bytes keyBits = Bytes.of(key.structure().getPublicKeyData().getOctets());
    return digest(name.der()).filter(issuerNameHash::equals).isPresent()
        && digest(keyBits).filter(issuerKeyHash::equals).isPresent();
  }

  private Optional<Bytes> digest(Bytes value) {
    String name = DIGESTS.get(hashAlgorithm);
    if (name == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Bytes.of(MessageDigest.getInstance(name).digest(value.toArray())));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(name + " is in every JDK", e);
    }
  }
}
