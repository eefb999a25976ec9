package dev.postern.path;

import dev.postern.path.PathProblem.Code;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Signatures;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Which signatures and keys are strong enough: at least 112 bits (NIST SP 800-131A), and of the
 * kinds that RFC 4055, 5480, 8410 and 9881 define. So no MD5, no SHA-1, no DSA, no small RSA, no
 * curves by parameters. What was good enough once is in {@link Era}.
 */
public final class AlgorithmPolicy {
  private static final int MIN_RSA_BITS = 2048;

  private static final int MIN_RSA_BITS_BEFORE_2017 = 1024;

  /** A larger key costs a verifier more than it gives. */
  private static final int MAX_RSA_BITS = 16384;

  private static final int MAX_EXPONENT_BITS = 64;

  private static final Set<ASN1ObjectIdentifier> STRONG_DIGESTS =
      Set.of(
          NISTObjectIdentifiers.id_sha256,
          NISTObjectIdentifiers.id_sha384,
          NISTObjectIdentifiers.id_sha512);

  private static final Set<ASN1ObjectIdentifier> STRONG =
      Set.of(
          PKCSObjectIdentifiers.sha256WithRSAEncryption,
          PKCSObjectIdentifiers.sha384WithRSAEncryption,
          PKCSObjectIdentifiers.sha512WithRSAEncryption,
          X9ObjectIdentifiers.ecdsa_with_SHA256,
          X9ObjectIdentifiers.ecdsa_with_SHA384,
          X9ObjectIdentifiers.ecdsa_with_SHA512,
          EdECObjectIdentifiers.id_Ed25519,
          EdECObjectIdentifiers.id_Ed448,
          NISTObjectIdentifiers.id_ml_dsa_44,
          NISTObjectIdentifiers.id_ml_dsa_65,
          NISTObjectIdentifiers.id_ml_dsa_87);

  private static final Set<ASN1ObjectIdentifier> STRONG_BEFORE_2017 =
      Set.of(PKCSObjectIdentifiers.sha1WithRSAEncryption, X9ObjectIdentifiers.ecdsa_with_SHA1);

  /** Longer than any key in use: ML-DSA-87 takes 2.6 kB. */
  private static final int MAX_KEY_OCTETS = 4096;

  private AlgorithmPolicy() {}

  /** Whether a signature of this key can be checked in bounded time, be it strong or not. */
  public static boolean isVerifiable(SubjectPublicKey key) {
    return switch (key.algorithm().family()) {
      case RSA, EC, EDDSA, ML_DSA -> key.der().size() <= MAX_KEY_OCTETS;
      case DSA, OTHER -> false; // DSA's parameters alone can make a verifier work for minutes
    };
  }

  /** Whether signatures of this kind are believed, on certificates and on what speaks of them. */
  public static boolean isStrong(AlgorithmIdentifier algorithm, Era era) {
    ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
    return STRONG.contains(oid)
        || (era.isPast() && STRONG_BEFORE_2017.contains(oid))
        || (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
            && isStrongPss(algorithm.getParameters()));
  }

  static void checkSignature(Certificate certificate, Era era, Findings findings) {
    AlgorithmIdentifier algorithm = certificate.structure().getSignatureAlgorithm();
    if (!isStrong(algorithm, era)) {
      findings.add(
          Code.WEAK_ALGORITHM,
          certificate,
          "is signed with " + Signatures.name(algorithm) + ", which is not accepted");
    }
  }

  /** RFC 4055 §3.1: one digest for message and mask; absent parameters mean SHA-1. */
  private static boolean isStrongPss(ASN1Encodable parameters) {
    try {
      RSASSAPSSparams pss = RSASSAPSSparams.getInstance(parameters);
      if (pss == null) {
        return false;
      }
      ASN1ObjectIdentifier digest = pss.getHashAlgorithm().getAlgorithm();
      ASN1ObjectIdentifier mask =
          AlgorithmIdentifier.getInstance(pss.getMaskGenAlgorithm().getParameters()).getAlgorithm();
      return STRONG_DIGESTS.contains(digest) && digest.equals(mask);
    } catch (IllegalArgumentException e) {
      return false; // not parameters of PSS
    }
  }

  static void checkKey(Certificate certificate, Era era, Findings findings) {
    if (!isStrongKey(certificate, era)) {
      String label = certificate.publicKey().algorithm().label();
      findings.add(Code.WEAK_ALGORITHM, certificate, "its key, " + label + ", is not accepted");
    }
  }

  /** Whether signatures made with the certificate's key are believed. */
  public static boolean isStrongKey(Certificate certificate, Era era) {
    KeyAlgorithm key = certificate.publicKey().algorithm();
    return switch (key.family()) {
      case RSA -> isStrongRsa(certificate, era);
      case EC ->
          key.equals(KeyAlgorithm.P256)
              || key.equals(KeyAlgorithm.P384)
              || key.equals(KeyAlgorithm.P521);
      case EDDSA, ML_DSA -> true;
      case DSA, OTHER -> false;
    };
  }

  private static boolean isStrongRsa(Certificate certificate, Era era) {
    int bits = certificate.publicKey().algorithm().bits();
    if (bits < (era.isPast() ? MIN_RSA_BITS_BEFORE_2017 : MIN_RSA_BITS) || bits > MAX_RSA_BITS) {
      return false;
    }
    BigInteger exponent = rsa(certificate).getPublicExponent();
    return exponent.testBit(0)
        && exponent.compareTo(BigInteger.ONE) > 0
        && exponent.bitLength() <= MAX_EXPONENT_BITS;
  }

  static RSAPublicKey rsa(Certificate certificate) {
    return RSAPublicKey.getInstance(
        certificate.publicKey().structure().getPublicKeyData().getOctets());
  }
}
