package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SubjectPublicKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * A private key as it stands in files, made into a pair. The public half is always computed, never
 * believed.
 *
 * <pre>
 * OneAsymmetricKey ::= SEQUENCE {                 -- RFC 5958 §2
 *     version                   Version,
 *     privateKeyAlgorithm       PrivateKeyAlgorithmIdentifier,
 *     privateKey                OCTET STRING,
 *     attributes            [0] Attributes OPTIONAL,
 *     publicKey             [1] PublicKey OPTIONAL }
 *
 * ECPrivateKey ::= SEQUENCE {                     -- RFC 5915 §3
 *     version                   INTEGER { ecPrivkeyVer1(1) },
 *     privateKey                OCTET STRING,
 *     parameters            [0] ECParameters {{ NamedCurve }} OPTIONAL,
 *     publicKey             [1] BIT STRING OPTIONAL }
 * </pre>
 */
final class PrivateKeyStructure {
  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(
          SECObjectIdentifiers.secp256r1,
          SECObjectIdentifiers.secp384r1,
          SECObjectIdentifiers.secp521r1);

  /** Larger moduli take seconds per signature and are in nobody's use. */
  private static final int MAX_RSA_BITS = 8192;

  private static final int MIN_RSA_BITS = 1024;

  private PrivateKeyStructure() {}

  static SecretKeyPair pair(PrivateKeyInfo info) throws Problem, MalformedException {
    ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return rsa(
          Parsing.at("RSAPrivateKey", () -> RSAPrivateKey.getInstance(info.parsePrivateKey())));
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      var parameters = info.getPrivateKeyAlgorithm().getParameters();
      return ec(
          Parsing.at("ECPrivateKey", () -> ECPrivateKey.getInstance(info.parsePrivateKey())),
          parameters instanceof ASN1ObjectIdentifier curve ? curve : null);
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return ed25519(info);
    }
    throw new Problem(
        Reason.UNSUPPORTED,
        "holds a key of type "
            + algorithm.getId()
            + "; Postern uses RSA, EC P-256, P-384, P-521 and Ed25519");
  }

  static SecretKeyPair rsa(RSAPrivateKey key) throws Problem, MalformedException {
    int bits = key.getModulus().bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new Problem(
          Reason.UNSUPPORTED,
          "holds an RSA key of "
              + bits
              + " bits; Postern reads "
              + MIN_RSA_BITS
              + " to "
              + MAX_RSA_BITS);
    }
    var algorithm =
        new AlgorithmIdentifier(
            PKCSObjectIdentifiers.rsaEncryption, org.bouncycastle.asn1.DERNull.INSTANCE);
    SecretKeyPair pair =
        pair(
            "RSA",
            structure(algorithm, key),
            publicKey(
                algorithm, Der.of(new RSAPublicKey(key.getModulus(), key.getPublicExponent()))));
    // Eight numbers that may contradict each other: one signature shows whether they fit.
    if (!pair.works()) {
      throw damaged();
    }
    return pair;
  }

  /** {@code curve} as the wrapping says; the SEC 1 form carries it inside. */
  static SecretKeyPair ec(
      ECPrivateKey key, @org.jspecify.annotations.Nullable ASN1ObjectIdentifier curve)
      throws Problem, MalformedException {
    // Bouncy Castle looks into the two optional fields only when asked for them.
    var inside = Parsing.at("ECPrivateKey.parameters", key::getParametersObject);
    var claimed = Parsing.at("ECPrivateKey.publicKey", key::getPublicKey);
    var parameters = curve == null ? inside : curve;
    if (!(parameters instanceof ASN1ObjectIdentifier oid) || !CURVES.contains(oid)) {
      // RFC 5480 §2.1.1: explicit curve parameters MUST NOT be used.
      throw new Problem(
          Reason.UNSUPPORTED,
          "holds an EC key on "
              + (parameters instanceof ASN1ObjectIdentifier other
                  ? "curve " + other.getId()
                  : "a curve without a name")
              + "; Postern uses P-256, P-384 and P-521");
    }
    X9ECParameters domain =
        CustomNamedCurves.getByOID(oid); // ten times faster than NISTNamedCurves
    BigInteger secret = key.getKey();
    if (secret.signum() <= 0 || secret.compareTo(domain.getN()) >= 0) {
      throw damaged();
    }
    byte[] point = domain.getG().multiply(secret).normalize().getEncoded(false);
    if (claimed != null
        && claimed.getBytes().length == point.length
        && !Arrays.equals(claimed.getBytes(), point)) {
      throw damaged();
    }
    var algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, oid);
    var inner = new ECPrivateKey(domain.getN().bitLength(), secret, oid);
    return pair("EC", structure(algorithm, inner), publicKey(algorithm, point));
  }

  private static SecretKeyPair ed25519(PrivateKeyInfo info) throws Problem, MalformedException {
    // CurvePrivateKey ::= OCTET STRING, wrapped once more (RFC 8410 §7).
    byte[] seed =
        Parsing.at(
            "CurvePrivateKey",
            () -> ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets());
    if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
      throw damaged();
    }
    byte[] point = new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
    var algorithm = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    return pair(
        "Ed25519", structure(algorithm, new DEROctetString(seed)), publicKey(algorithm, point));
  }

  private static PrivateKeyInfo structure(
      AlgorithmIdentifier algorithm, org.bouncycastle.asn1.ASN1Encodable key) {
    try {
      return new PrivateKeyInfo(algorithm, key);
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
  }

  private static SubjectPublicKey publicKey(AlgorithmIdentifier algorithm, byte[] key)
      throws MalformedException {
    return SubjectPublicKey.of(new SubjectPublicKeyInfo(algorithm, key));
  }

  private static SecretKeyPair pair(String factory, PrivateKeyInfo info, SubjectPublicKey publicKey)
      throws Problem {
    try {
      PrivateKey privateKey =
          KeyFactory.getInstance(factory).generatePrivate(new PKCS8EncodedKeySpec(Der.of(info)));
      return new SecretKeyPair(privateKey, publicKey);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw damaged(); // the JDK's complaints about the numbers say nothing to a person
    }
  }

  private static Problem damaged() {
    return new Problem(
        Reason.MALFORMED, "is damaged: the numbers of the private key contradict each other");
  }
}
