package dev.postern.keys;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Parsing;
import dev.postern.x509.Pem;
import dev.postern.x509.Signer;
import dev.postern.x509.SubjectPublicKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/**
 * A private key and its public half. The private half never leaves {@code keys} in the clear, but
 * by {@link #toUnsafePem}: it signs, it is written under a passphrase, or it serves TLS.
 */
public final class SecretKeyPair {
  private final PrivateKey privateKey;
  private final SubjectPublicKey publicKey;

  SecretKeyPair(PrivateKey privateKey, SubjectPublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** A new key; {@link IllegalArgumentException} for a kind that Postern does not make. */
  public static SecretKeyPair generate(KeyAlgorithm algorithm, SecureRandom random) {
    try {
      KeyPair pair = generator(algorithm, random).generateKeyPair();
      return new SecretKeyPair(pair.getPrivate(), SubjectPublicKey.of(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes " + algorithm.label() + " keys", e);
    }
  }

  private static KeyPairGenerator generator(KeyAlgorithm algorithm, SecureRandom random)
      throws GeneralSecurityException {
    if (!KeyKinds.USED.contains(algorithm)) {
      throw new IllegalArgumentException("Postern does not make keys of type " + algorithm.label());
    }
    String name = KeyKinds.jcaName(algorithm);
    KeyPairGenerator generator = KeyPairGenerator.getInstance(name);
    switch (algorithm.family()) {
      case RSA -> generator.initialize(algorithm.bits(), random);
      case EC ->
          generator.initialize(new ECGenParameterSpec("NIST " + algorithm.parameter()), random);
      case EDDSA, ML_DSA, DSA, OTHER -> generator.initialize(algorithm.bits(), random);
    }
    return generator;
  }

  public SubjectPublicKey publicKey() {
    return publicKey;
  }

  public KeyAlgorithm algorithm() {
    return publicKey.algorithm();
  }

  /** Whether {@code certificate} is about this key. */
  public boolean matches(Certificate certificate) {
    return publicKey.equals(certificate.publicKey());
  }

  /** Signs with this key: SHA-256, or the hash that fits the larger curves. */
  public Signer signer() {
    return KeySigner.of(privateKey, publicKey);
  }

  /**
   * {@code ENCRYPTED PRIVATE KEY} text that {@code openssl pkcs8} reads; {@link
   * IllegalArgumentException} when the passphrase is too weak.
   */
  public String toPem(Passphrase passphrase, SecureRandom random) {
    passphrase.requireStrong();
    return Pem.write(
        Pem.ENCRYPTED_PRIVATE_KEY,
        Parsing.encode(Pbes2.FILE.encryptedKey(this, passphrase, random)));
  }

  /**
   * {@code PRIVATE KEY} text that serves whoever reads it: for servers that start without anybody
   * to ask for a passphrase. Belongs into files that only they can read.
   */
  public String toUnsafePem() {
    return Pem.write("PRIVATE KEY", Parsing.encode(pkcs8()));
  }

  PrivateKey privateKey() {
    return privateKey;
  }

  /**
   * OneAsymmetricKey (RFC 5958 §2) the way OpenSSL writes it: EC keys with their public point (RFC
   * 5915 §3), which macOS and older readers need and the JDK leaves out.
   */
  PrivateKeyInfo pkcs8() {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(privateKey.getEncoded());
    if (!(privateKey instanceof ECPrivateKey ec)) {
      return info;
    }
    var inner =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            ec.getParams().getOrder().bitLength(),
            ec.getS(),
            new DERBitString(publicKey.structure().getPublicKeyData().getOctets()),
            null);
    try {
      return new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), inner);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
  }

  /** Whether the two halves belong together. */
  boolean works() {
    return KeySigner.of(privateKey, publicKey).works();
  }

  /** Of the public half: the way to recognise a key without showing it. */
  public Bytes keyIdentifier() {
    return publicKey.keyIdentifier();
  }

  @Override
  public String toString() {
    return algorithm().label() + " private key [not shown]";
  }
}
