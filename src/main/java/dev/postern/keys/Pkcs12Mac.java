package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** What proves that the password is right and the file whole: RFC 7292 §5.1, or RFC 9579. */
final class Pkcs12Mac {
  private static final Map<ASN1ObjectIdentifier, Pkcs12Derivation> DIGESTS =
      Map.of(
          OIWObjectIdentifiers.idSHA1, Pkcs12Derivation.SHA1,
          NISTObjectIdentifiers.id_sha224, Pkcs12Derivation.SHA224,
          NISTObjectIdentifiers.id_sha256, Pkcs12Derivation.SHA256,
          NISTObjectIdentifiers.id_sha384, Pkcs12Derivation.SHA384,
          NISTObjectIdentifiers.id_sha512, Pkcs12Derivation.SHA512);

  /** HMAC keys shorter than this can be searched; RFC 9579 §5 wants 20 bytes at least. */
  private static final int MIN_KEY = 20;

  private static final int MAX_KEY = 1024;

  private Pkcs12Mac() {}

  /** Whether {@code password} made {@code mac} over {@code content}. */
  static boolean verify(MacData mac, char[] password, byte[] content, WorkLimit limit)
      throws Problem, MalformedException {
    AlgorithmIdentifier algorithm = mac.getMac().getAlgorithmId();
    byte[] expected = mac.getMac().getDigest();
    try {
      if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBMAC1)) {
        return MessageDigest.isEqual(expected, pbmac1(algorithm, password, content, limit));
      }
      Pkcs12Derivation derivation = DIGESTS.get(algorithm.getAlgorithm());
      if (derivation == null) {
        throw new Problem(
            Reason.UNSUPPORTED,
            "is protected by algorithm "
                + algorithm.getAlgorithm().getId()
                + ", which Postern does not know");
      }
      BigInteger iterations = mac.getIterationCount();
      byte[] salt = WorkLimit.salt(mac.getSalt());
      return MessageDigest.isEqual(
          expected, legacy(derivation, password, salt, limit.iterations(iterations), content));
    } catch (GeneralSecurityException e) {
      throw new Problem(Reason.UNSUPPORTED, "cannot be checked: " + e.getMessage());
    }
  }

  static byte[] legacy(
      Pkcs12Derivation derivation, char[] password, byte[] salt, int iterations, byte[] content) {
    byte[] key =
        derivation.derive(
            Pkcs12Derivation.Use.MAC, password, salt, iterations, derivation.length());
    try {
      return hmac(derivation.hmac(), key, content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC is in every JDK", e);
    }
  }

  /**
   * PBMAC1-params ::= SEQUENCE { keyDerivationFunc, messageAuthScheme } (RFC 8018 A.5); the salt
   * and the iterations beside it in MacData are ignored (RFC 9579 §4).
   */
  private static byte[] pbmac1(
      AlgorithmIdentifier algorithm, char[] password, byte[] content, WorkLimit limit)
      throws GeneralSecurityException, Problem, MalformedException {
    PBMAC1Params parameters =
        Decryption.parameters(
            "PBMAC1-params", algorithm.getParameters(), PBMAC1Params::getInstance);
    if (!parameters.getKeyDerivationFunc().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
      throw new Problem(Reason.UNSUPPORTED, "derives its MAC key by something else than PBKDF2");
    }
    PBKDF2Params function = Decryption.pbkdf2(parameters.getKeyDerivationFunc().getParameters());
    BigInteger length = function.getKeyLength();
    // RFC 9579 §4: keyLength MUST be there, since an HMAC key may have any length.
    if (length == null) {
      throw new Problem(Reason.MALFORMED, "does not say how long its MAC key is");
    }
    if (length.compareTo(BigInteger.valueOf(MIN_KEY)) < 0
        || length.compareTo(BigInteger.valueOf(MAX_KEY)) > 0) {
      throw new Problem(Reason.UNSUPPORTED, "has a MAC key of " + length + " bytes");
    }
    byte[] key = Decryption.pbkdf2(function, Pbes2.utf8(password), length.intValueExact(), limit);
    return hmac(Decryption.hmac(parameters.getMessageAuthScheme().getAlgorithm()), key, content);
  }

  private static byte[] hmac(String name, byte[] key, byte[] content)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(key, name));
    return mac.doFinal(content);
  }
}
