package dev.postern.fakes;

import dev.postern.x509.Bytes;
import dev.postern.x509.Signatures;
import dev.postern.x509.Signer;
import dev.postern.x509.SubjectPublicKey;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** A key in memory, behind the seam that key files and HSMs implement. */
public final class TestSigner implements Signer {
  private final KeyPair pair;
  private final String algorithm;
  private boolean broken;

  private TestSigner(KeyPair pair, String algorithm) {
    this.pair = pair;
    this.algorithm = algorithm;
  }

  public static TestSigner p256() {
    return generate("EC", 256, "SHA256withECDSA");
  }

  public static TestSigner rsa(int bits) {
    return generate("RSA", bits, "SHA256withRSA");
  }

  public static TestSigner ed25519() {
    return generate("Ed25519", 255, "Ed25519");
  }

  private static TestSigner generate(String family, int bits, String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
      generator.initialize(bits);
      return new TestSigner(generator.generateKeyPair(), algorithm);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** From now on signatures come out wrong, as from a failing HSM. */
  public void breakDown() {
    broken = true;
  }

  public KeyPair pair() {
    return pair;
  }

  @Override
  public SubjectPublicKey publicKey() {
    return SubjectPublicKey.of(pair.getPublic());
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    return Signatures.identifier(algorithm);
  }

  @Override
  public Bytes sign(Bytes toBeSigned) {
    return sign(sink -> sink.accept(toBeSigned.buffer()));
  }

  @Override
  public Bytes sign(Content toBeSigned) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(pair.getPrivate());
      var all = new ByteArrayOutputStream();
      toBeSigned.writeTo(piece -> {
        byte[] copy = new byte[piece.remaining()];
        piece.get(copy);
        all.writeBytes(copy);
      });
      signature.update(broken ? new byte[] {1} : all.toByteArray());
      return Bytes.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new SignerUnavailable("the test key cannot sign", e);
    }
  }
}
