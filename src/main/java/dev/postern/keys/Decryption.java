package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBEParameter;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.generators.SCrypt;
import org.jspecify.annotations.Nullable;

/**
 * Opens what others encrypted under a passphrase: PBES2 (RFC 8018 §6.2), its predecessor PBES1
 * (§6.1) and PKCS#12's own scheme (RFC 7292 appendix C), within a {@link WorkLimit}.
 */
final class Decryption {
  /** Block ciphers by name in the JDK, with the key length where the cipher leaves it open. */
  private record Scheme(String cipher, int keyLength, int blockLength) {
    String transformation() {
      return cipher + "/CBC/PKCS5Padding";
    }
  }

  private static final Map<ASN1ObjectIdentifier, Scheme> PBES2_SCHEMES =
      Map.of(
          NISTObjectIdentifiers.id_aes128_CBC, new Scheme("AES", 16, 16),
          NISTObjectIdentifiers.id_aes192_CBC, new Scheme("AES", 24, 16),
          NISTObjectIdentifiers.id_aes256_CBC, new Scheme("AES", 32, 16),
          PKCSObjectIdentifiers.des_EDE3_CBC, new Scheme("DESede", 24, 8),
          OIWObjectIdentifiers.desCBC, new Scheme("DES", 8, 8));

  private static final Map<ASN1ObjectIdentifier, Scheme> PKCS12_SCHEMES =
      Map.of(
          PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC, new Scheme("DESede", 24, 8),
          PKCSObjectIdentifiers.pbeWithSHAAnd2_KeyTripleDES_CBC, new Scheme("DESede", 16, 8),
          PKCSObjectIdentifiers.pbeWithSHAAnd128BitRC2_CBC, new Scheme("RC2", 16, 8),
          PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC, new Scheme("RC2", 5, 8));

  private static final Map<ASN1ObjectIdentifier, String> PBES1_DIGESTS =
      Map.of(
          PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC, "MD5",
          PKCSObjectIdentifiers.pbeWithSHA1AndDES_CBC, "SHA-1");

  private static final Map<ASN1ObjectIdentifier, String> HMACS =
      Map.of(
          PKCSObjectIdentifiers.id_hmacWithSHA1, "HmacSHA1",
          PKCSObjectIdentifiers.id_hmacWithSHA224, "HmacSHA224",
          PKCSObjectIdentifiers.id_hmacWithSHA256, "HmacSHA256",
          PKCSObjectIdentifiers.id_hmacWithSHA384, "HmacSHA384",
          PKCSObjectIdentifiers.id_hmacWithSHA512, "HmacSHA512");

  private final char[] password;
  private final WorkLimit limit;
  private final Deriving deriving;

  /** Where the password became keys before, they may be known; see {@link DerivedKeys#get}. */
  @FunctionalInterface
  interface Deriving {
    byte[] get(DerivedKeys.Derivation how, byte[] password) throws GeneralSecurityException;
  }

  Decryption(char[] password, WorkLimit limit) {
    this(password, limit, DerivedKeys.Derivation::of);
  }

  Decryption(char[] password, WorkLimit limit, Deriving deriving) {
    this.password = password;
    this.limit = limit;
    this.deriving = deriving;
  }

  /** What {@code ciphertext} hides. Padding that does not fit means: wrong passphrase. */
  byte[] decrypt(AlgorithmIdentifier algorithm, byte[] ciphertext)
      throws Problem, MalformedException {
    ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
    try {
      if (oid.equals(PKCSObjectIdentifiers.id_PBES2)) {
        return pbes2(
            parameters(
                "encryptionAlgorithm", algorithm.getParameters(), PBES2Parameters::getInstance),
            ciphertext);
      }
      Scheme pkcs12 = PKCS12_SCHEMES.get(oid);
      if (pkcs12 != null) {
        return pkcs12(pkcs12, algorithm, ciphertext);
      }
      String digest = PBES1_DIGESTS.get(oid);
      if (digest != null) {
        return pbes1(digest, algorithm, ciphertext);
      }
    } catch (javax.crypto.BadPaddingException | javax.crypto.IllegalBlockSizeException e) {
      throw new Problem(Reason.WRONG_PASSPHRASE, "was encrypted with another passphrase");
    } catch (GeneralSecurityException e) {
      throw new Problem(Reason.UNSUPPORTED, "cannot be decrypted: " + e.getMessage());
    }
    throw unsupported("is encrypted with", oid);
  }

  private byte[] pbes2(PBES2Parameters parameters, byte[] ciphertext)
      throws GeneralSecurityException, Problem, MalformedException {
    ASN1ObjectIdentifier oid = parameters.getEncryptionScheme().getAlgorithm();
    Scheme scheme = PBES2_SCHEMES.get(oid);
    if (scheme == null) {
      throw unsupported("is encrypted with", oid);
    }
    byte[] iv =
        parameters(
            "encryptionScheme",
            parameters.getEncryptionScheme().getParameters(),
            value -> ASN1OctetString.getInstance(value).getOctets());
    return cbc(scheme, derive(parameters.getKeyDerivationFunc(), scheme), iv, ciphertext);
  }

  private byte[] derive(KeyDerivationFunc function, Scheme scheme)
      throws GeneralSecurityException, Problem, MalformedException {
    byte[] utf8 = Pbes2.utf8(password);
    try {
      if (function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
        PBKDF2Params parameters = pbkdf2(function.getParameters());
        return deriving.get(derivation(parameters, scheme.keyLength(), limit), utf8);
      }
      if (function.getAlgorithm().equals(MiscObjectIdentifiers.id_scrypt)) {
        ScryptParams parameters =
            parameters("scrypt-params", function.getParameters(), ScryptParams::getInstance);
        return scrypt(parameters, utf8, scheme.keyLength());
      }
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
    throw unsupported("derives its key by", function.getAlgorithm());
  }

  static PBKDF2Params pbkdf2(@Nullable ASN1Encodable parameters) throws MalformedException {
    return parameters("PBKDF2-params", parameters, PBKDF2Params::getInstance);
  }

  /** Also what PBMAC1 (RFC 9579) derives its key by. */
  static byte[] pbkdf2(PBKDF2Params parameters, byte[] utf8, int length, WorkLimit limit)
      throws GeneralSecurityException, Problem {
    return derivation(parameters, length, limit).of(utf8);
  }

  private static DerivedKeys.Derivation derivation(
      PBKDF2Params parameters, int length, WorkLimit limit) throws Problem {
    return new DerivedKeys.Derivation(
        hmac(parameters.getPrf().getAlgorithm()),
        Bytes.of(WorkLimit.salt(parameters.getSalt())),
        limit.iterations(parameters.getIterationCount()),
        length);
  }

  static String hmac(ASN1ObjectIdentifier oid) throws Problem {
    String hmac = HMACS.get(oid);
    if (hmac == null) {
      throw unsupported("derives its key by", oid);
    }
    return hmac;
  }

  private byte[] scrypt(ScryptParams parameters, byte[] utf8, int length) throws Problem {
    limit.scrypt(
        parameters.getCostParameter(),
        parameters.getBlockSize(),
        parameters.getParallelizationParameter());
    int cost = parameters.getCostParameter().intValueExact();
    if (cost < 2 || Integer.bitCount(cost) != 1) {
      throw new Problem(Reason.MALFORMED, "has an scrypt cost that is not a power of two");
    }
    return SCrypt.generate(
        utf8,
        WorkLimit.salt(parameters.getSalt()),
        cost,
        parameters.getBlockSize().intValueExact(),
        parameters.getParallelizationParameter().intValueExact(),
        length);
  }

  private byte[] pkcs12(Scheme scheme, AlgorithmIdentifier algorithm, byte[] ciphertext)
      throws GeneralSecurityException, Problem, MalformedException {
    PKCS12PBEParams parameters =
        parameters("pkcs-12PbeParams", algorithm.getParameters(), PKCS12PBEParams::getInstance);
    byte[] salt = WorkLimit.salt(parameters.getIV());
    int iterations = limit.iterations(parameters.getIterations());
    byte[] key =
        Pkcs12Derivation.SHA1.derive(
            Pkcs12Derivation.Use.KEY, password, salt, iterations, scheme.keyLength());
    byte[] iv =
        Pkcs12Derivation.SHA1.derive(
            Pkcs12Derivation.Use.IV, password, salt, iterations, scheme.blockLength());
    boolean twoKeys = scheme.cipher().equals("DESede") && key.length == 16;
    if (twoKeys) {
      // Two-key 3DES: K1, K2, K1.
      key = Arrays.copyOf(key, 24);
      System.arraycopy(key, 0, key, 16, 8);
    }
    return cbc(scheme, key, iv, ciphertext);
  }

  /** PBKDF1 (RFC 8018 §5.1): sixteen bytes, half key and half IV. */
  private byte[] pbes1(String digest, AlgorithmIdentifier algorithm, byte[] ciphertext)
      throws GeneralSecurityException, Problem, MalformedException {
    PBEParameter parameters =
        parameters("PBEParameter", algorithm.getParameters(), PBEParameter::getInstance);
    byte[] salt = WorkLimit.salt(parameters.getSalt());
    int iterations = limit.iterations(parameters.getIterationCount());
    MessageDigest hash = MessageDigest.getInstance(digest);
    hash.update(Pbes2.utf8(password));
    byte[] derived = hash.digest(salt);
    for (int i = 1; i < iterations; i++) {
      derived = hash.digest(derived);
    }
    return cbc(
        new Scheme("DES", 8, 8),
        Arrays.copyOf(derived, 8),
        Arrays.copyOfRange(derived, 8, 16),
        ciphertext);
  }

  private static byte[] cbc(Scheme scheme, byte[] key, byte[] iv, byte[] ciphertext)
      throws GeneralSecurityException, Problem {
    if (iv.length != scheme.blockLength()) {
      throw new Problem(Reason.MALFORMED, "has an IV of " + iv.length + " bytes");
    }
    Cipher cipher = Cipher.getInstance(scheme.transformation());
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, scheme.cipher()), new IvParameterSpec(iv));
    return cipher.doFinal(ciphertext);
  }

  static <T> T parameters(
      String path, @Nullable ASN1Encodable parameters, Certificate.Reader<T> reader)
      throws MalformedException {
    return Parsing.at(
        path,
        () ->
            Optional.ofNullable(parameters)
                .map(reader::read)
                .orElseThrow(() -> new IOException("the algorithm has no parameters")));
  }

  private static Problem unsupported(String does, ASN1ObjectIdentifier oid) {
    return new Problem(
        Reason.UNSUPPORTED, does + " algorithm " + oid.getId() + ", which Postern does not know");
  }
}
