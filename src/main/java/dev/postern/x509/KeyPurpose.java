package dev.postern.x509;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** One KeyPurposeId of ExtendedKeyUsage (RFC 5280 §4.2.1.12), known to us or not. */
public record KeyPurpose(String oid) {
  public static final KeyPurpose ANY = of(KeyPurposeId.anyExtendedKeyUsage);
  public static final KeyPurpose SERVER_AUTH = of(KeyPurposeId.id_kp_serverAuth);
  public static final KeyPurpose CLIENT_AUTH = of(KeyPurposeId.id_kp_clientAuth);
  public static final KeyPurpose OCSP_SIGNING = of(KeyPurposeId.id_kp_OCSPSigning);

  static KeyPurpose of(KeyPurposeId id) {
    return new KeyPurpose(id.getId());
  }

  public KeyPurposeId structure() {
    return KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid));
  }

  /** The standard's word, or the number where there is none. */
  public String word() {
    return switch (oid) {
      case "2.5.29.37.0" -> "anyExtendedKeyUsage";
      case "1.3.6.1.5.5.7.3.1" -> "serverAuth";
      case "1.3.6.1.5.5.7.3.2" -> "clientAuth";
      case "1.3.6.1.5.5.7.3.3" -> "codeSigning";
      case "1.3.6.1.5.5.7.3.4" -> "emailProtection";
      case "1.3.6.1.5.5.7.3.8" -> "timeStamping";
      case "1.3.6.1.5.5.7.3.9" -> "OCSPSigning";
      case "1.3.6.1.4.1.311.20.2.2" -> "smartcardLogon";
      default -> oid;
    };
  }
}
