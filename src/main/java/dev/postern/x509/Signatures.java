package dev.postern.x509;

import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.conscrypt.Conscrypt;

/**
 * Checks signatures: P-256, P-384 and RSA through Conscrypt where it can be loaded (34 µs against
 * the JDK's 308, design decision 7), everything else through the JDK.
 */
public final class Signatures {
  private static final Optional<Provider> CONSCRYPT = conscrypt();
  private static final DefaultSignatureNameFinder NAMES = new DefaultSignatureNameFinder();

  private static final String PSS = "RSASSA-PSS";

  private Signatures() {}

  /**
   * Conscrypt is native code for a few platforms; where it does not load, the JDK does its work.
   */
  public static Optional<Provider> conscrypt() {
    try {
      return Conscrypt.isAvailable() ? Optional.of(Conscrypt.newProvider()) : Optional.empty();
    } catch (LinkageError e) {
      return Optional.empty();
    }
  }

  /**
   * Whether {@code signature} over {@code signed} was made with the private key behind {@code key}.
   */
  public static boolean verify(
      SubjectPublicKey key, AlgorithmIdentifier algorithm, Bytes signed, Bytes signature) {
    return verify(key, algorithm, signed.buffer(), signature);
  }

  /** The same over a part of something longer, which is not copied. */
  public static boolean verify(
      SubjectPublicKey key, AlgorithmIdentifier algorithm, ByteBuffer signed, Bytes signature) {
    try {
      if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
        return pss(key, algorithm, signed, signature);
      }
      return (CONSCRYPT.isPresent() && isFast(key, algorithm))
          ? fast(CONSCRYPT.get(), key, algorithm, signed, signature)
          : general(key, algorithm, signed, signature);
    } catch (GeneralSecurityException
        | org.bouncycastle.operator.OperatorException
        | RuntimeException e) {
      return false; // an unusable key or unknown algorithm has signed nothing
    }
  }

  private static boolean isFast(SubjectPublicKey key, AlgorithmIdentifier algorithm) {
    return switch (name(algorithm)) {
      case "SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA" ->
          key.algorithm().family() == KeyAlgorithm.Family.EC;
      case "SHA256withRSA", "SHA384withRSA", "SHA512withRSA" ->
          key.algorithm().family() == KeyAlgorithm.Family.RSA;
      default -> false;
    };
  }

  private static boolean fast(
      Provider provider,
      SubjectPublicKey key,
      AlgorithmIdentifier algorithm,
      ByteBuffer signed,
      Bytes signature)
      throws GeneralSecurityException {
    String family = key.algorithm().family().name();
    PublicKey publicKey =
        KeyFactory.getInstance(family, provider)
            .generatePublic(new X509EncodedKeySpec(key.der().toArray()));
    Signature engine = Signature.getInstance(name(algorithm), provider);
    engine.initVerify(publicKey);
    engine.update(signed);
    return engine.verify(signature.toArray());
  }

  private static boolean general(
      SubjectPublicKey key, AlgorithmIdentifier algorithm, ByteBuffer signed, Bytes signature)
      throws GeneralSecurityException, org.bouncycastle.operator.OperatorException {
    var verifier = new JcaContentVerifierProviderBuilder().build(key.toPublicKey()).get(algorithm);
    try (var out = verifier.getOutputStream()) {
      byte[] piece = new byte[8192];
      while (signed.hasRemaining()) {
        int length = Math.min(piece.length, signed.remaining());
        signed.get(piece, 0, length);
        out.write(piece, 0, length);
      }
    } catch (java.io.IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return verifier.verify(signature.toArray());
  }

  /** RFC 4055 §3.1: the digest stands in the parameters, and the JDK wants to be told. */
  private static boolean pss(
      SubjectPublicKey key, AlgorithmIdentifier algorithm, ByteBuffer signed, Bytes signature)
      throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance(PSS);
    try {
      parameters.init(Parsing.encode(algorithm.getParameters()).toArray());
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException("not the parameters of RSASSA-PSS", e);
    }
    Signature engine = Signature.getInstance(PSS);
    engine.setParameter(parameters.getParameterSpec(PSSParameterSpec.class));
    engine.initVerify(key.toPublicKey());
    engine.update(signed);
    return engine.verify(signature.toArray());
  }

  /** The JCA name of {@code algorithm}, or its dotted number where the parameters are nonsense. */
  public static String name(AlgorithmIdentifier algorithm) {
    try {
      return Parsing.at(
          "signatureAlgorithm",
          () ->
              NAMES.hasAlgorithmName(algorithm.getAlgorithm())
                  ? NAMES.getAlgorithmName(algorithm).replace("WITH", "with")
                  : algorithm.getAlgorithm().getId());
    } catch (MalformedException e) {
      return algorithm.getAlgorithm().getId();
    }
  }

  /**
   * The AlgorithmIdentifier of a JCA name, with the parameters its RFC wants (absent for ECDSA,
   * NULL for RSA).
   */
  public static AlgorithmIdentifier identifier(String name) {
    return new DefaultSignatureAlgorithmIdentifierFinder().find(name);
  }
}
