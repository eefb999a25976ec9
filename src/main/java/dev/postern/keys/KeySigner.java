package dev.postern.keys;

import dev.postern.x509.Bytes;
import dev.postern.x509.KeyAlgorithm.Family;
import dev.postern.x509.Signatures;
import dev.postern.x509.Signer;
import dev.postern.x509.SubjectPublicKey;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * Signs with a key in memory, through Conscrypt for EC and RSA where it loads (13 µs against the
 * JDK's 100, design decision 7). A new engine for each signature: the JDK's are not for sharing.
 */
final class KeySigner implements Signer {
  private static final Optional<Provider> CONSCRYPT = Signatures.conscrypt();

  private static final Bytes PROBE = Bytes.of(new byte[] {1});

  private final PrivateKey privateKey;
  private final SubjectPublicKey publicKey;
  private final String name;
  private final Optional<Provider> provider;

  private KeySigner(
      PrivateKey privateKey, SubjectPublicKey publicKey, Optional<Provider> provider) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.name = KeyKinds.signature(publicKey.algorithm());
    this.provider = provider;
  }

  static KeySigner of(PrivateKey privateKey, SubjectPublicKey publicKey) {
    Family family = publicKey.algorithm().family();
    if (CONSCRYPT.isPresent() && (family == Family.EC || family == Family.RSA)) {
      try {
        return new KeySigner(translated(privateKey, family, CONSCRYPT.get()), publicKey, CONSCRYPT);
      } catch (GeneralSecurityException e) {
        // A key that BoringSSL does not take, such as RSA with an odd exponent: the JDK's turn.
        return new KeySigner(privateKey, publicKey, Optional.empty());
      }
    }
    return new KeySigner(privateKey, publicKey, Optional.empty());
  }

  private static PrivateKey translated(PrivateKey key, Family family, Provider provider)
      throws GeneralSecurityException {
    byte[] encoded = key.getEncoded();
    try {
      return KeyFactory.getInstance(family.name(), provider)
          .generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  @Override
  public SubjectPublicKey publicKey() {
    return publicKey;
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    return Signatures.identifier(name);
  }

  @Override
  public Bytes sign(Bytes toBeSigned) {
    return signature(sink -> sink.accept(toBeSigned.buffer()));
  }

  @Override
  public Bytes sign(Content toBeSigned) {
    return signature(toBeSigned);
  }

  private Bytes signature(Content toBeSigned) {
    try {
      Signature engine =
          provider.isPresent()
              ? Signature.getInstance(name, provider.get())
              : Signature.getInstance(name);
      engine.initSign(privateKey);
      toBeSigned.writeTo(piece -> update(engine, piece));
      return Bytes.of(engine.sign());
    } catch (GeneralSecurityException e) {
      throw new SignerUnavailable("the key " + publicKey + " cannot sign: " + e.getMessage(), e);
    }
  }

  private static void update(Signature engine, ByteBuffer piece) {
    try {
      engine.update(piece);
    } catch (SignatureException e) {
      throw new IllegalStateException("the engine was made ready to sign", e);
    }
  }

  /** Whether what it signs verifies: the numbers of a key file may contradict each other. */
  boolean works() {
    try {
      return Signatures.verify(
          publicKey, algorithm(), PROBE, signature(sink -> sink.accept(PROBE.buffer())));
    } catch (SignerUnavailable e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return name + " with a key that is not shown";
  }
}
