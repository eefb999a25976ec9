package dev.postern.x509;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTNamedCurves;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) with its algorithm already understood.
 *
 * <pre>
 * SubjectPublicKeyInfo ::= SEQUENCE {
 *      algorithm            AlgorithmIdentifier,
 *      subjectPublicKey     BIT STRING }
 * </pre>
 */
public final class SubjectPublicKey {
  private static final Map<ASN1ObjectIdentifier, String> NAMED =
      Map.of(
          EdECObjectIdentifiers.id_Ed25519, "Ed25519",
          EdECObjectIdentifiers.id_Ed448, "Ed448",
          NISTObjectIdentifiers.id_ml_dsa_44, "ML-DSA-44",
          NISTObjectIdentifiers.id_ml_dsa_65, "ML-DSA-65",
          NISTObjectIdentifiers.id_ml_dsa_87, "ML-DSA-87",
          X9ObjectIdentifiers.id_dsa, "DSA");

  private final SubjectPublicKeyInfo structure;
  private final Bytes der;
  private final KeyAlgorithm algorithm;

  private SubjectPublicKey(SubjectPublicKeyInfo structure, KeyAlgorithm algorithm) {
    this.structure = structure;
    this.der = Parsing.encode(structure);
    this.algorithm = algorithm;
  }

  public static SubjectPublicKey of(SubjectPublicKeyInfo structure) throws MalformedException {
    return new SubjectPublicKey(
        structure, Parsing.at("subjectPublicKeyInfo", () -> algorithmOf(structure)));
  }

  /** Reads one key; refuses BER and trailing bytes. */
  public static SubjectPublicKey parse(Bytes der) throws MalformedException {
    var primitive = Parsing.der("subjectPublicKeyInfo", der, Parsing.MAX_STRUCTURE);
    return of(
        Parsing.at("subjectPublicKeyInfo", () -> SubjectPublicKeyInfo.getInstance(primitive)));
  }

  /** A key we hold ourselves. */
  public static SubjectPublicKey of(PublicKey key) {
    try {
      return of(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    } catch (MalformedException e) {
      throw new IllegalStateException("the JDK encodes its own keys well", e);
    }
  }

  private static KeyAlgorithm algorithmOf(SubjectPublicKeyInfo key) throws java.io.IOException {
    if (key.getPublicKeyData().getPadBits() != 0) {
      throw new IllegalArgumentException("the key is not a whole number of octets");
    }
    ASN1ObjectIdentifier oid = key.getAlgorithm().getAlgorithm();
    if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)
        || oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return KeyAlgorithm.rsa(
          RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength());
    }
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      // RFC 5480 §2.1.1: implicitCurve and specifiedCurve MUST NOT be used.
      ASN1ObjectIdentifier curve =
          ASN1ObjectIdentifier.getInstance(key.getAlgorithm().getParameters());
      String name = NISTNamedCurves.getName(curve);
      return name == null
          ? new KeyAlgorithm(KeyAlgorithm.Family.EC, curve.getId(), 0)
          : new KeyAlgorithm(
              KeyAlgorithm.Family.EC,
              name,
              NISTNamedCurves.getByName(name).getCurve().getFieldSize());
    }
    String name = NAMED.getOrDefault(oid, oid.getId());
    KeyAlgorithm.Family family =
        switch (name) {
          case "Ed25519", "Ed448" -> KeyAlgorithm.Family.EDDSA;
          case "ML-DSA-44", "ML-DSA-65", "ML-DSA-87" -> KeyAlgorithm.Family.ML_DSA;
          case "DSA" -> KeyAlgorithm.Family.DSA;
          default -> KeyAlgorithm.Family.OTHER;
        };
    return new KeyAlgorithm(
        family, name, family == KeyAlgorithm.Family.EDDSA ? name.equals("Ed448") ? 448 : 255 : 0);
  }

  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  public SubjectPublicKeyInfo structure() {
    return structure;
  }

  public Bytes der() {
    return der;
  }

  /**
   * The leftmost 160 bits of the SHA-256 of the key (RFC 7093 §2, method 1): what we write as
   * SubjectKeyIdentifier.
   */
  public Bytes keyIdentifier() {
    Bytes digest = Bytes.of(structure.getPublicKeyData().getOctets()).sha256();
    return Bytes.of(Arrays.copyOf(digest.toArray(), 20));
  }

  /**
   * For the JDK's engines; throws when no provider knows the algorithm or the key is not a point on
   * its curve.
   */
  public PublicKey toPublicKey() throws GeneralSecurityException {
    String name =
        switch (algorithm.family()) {
          case RSA -> isPss() ? "RSASSA-PSS" : "RSA";
          case EC -> onCurve("EC");
          case EDDSA -> algorithm.parameter();
          case ML_DSA -> algorithm.parameter();
          case DSA -> "DSA";
          case OTHER ->
              throw new GeneralSecurityException(
                  "no engine for keys of type " + algorithm.parameter());
        };
    return KeyFactory.getInstance(name).generatePublic(new X509EncodedKeySpec(der().toArray()));
  }

  /** A key that may make PSS signatures only (RFC 4055 §1.2). */
  private boolean isPss() {
    return structure.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  /** The JDK decodes points without looking whether they lie on the curve. */
  private String onCurve(String engine) throws GeneralSecurityException {
    X9ECParameters curve = NISTNamedCurves.getByName(algorithm.parameter());
    try {
      if (curve == null
          || curve.getCurve().decodePoint(structure.getPublicKeyData().getOctets()).isInfinity()) {
        throw new GeneralSecurityException("no engine for the curve " + algorithm.parameter());
      }
      return engine;
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("not a point on " + algorithm.parameter(), e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectPublicKey that && der().equals(that.der());
  }

  @Override
  public int hashCode() {
    return der().hashCode();
  }

  @Override
  public String toString() {
    return algorithm.label();
  }
}
