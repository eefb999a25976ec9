package dev.postern.x509;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** Signs with a private key that stays where it is: a file's or an HSM's. Safe for many threads. */
public interface Signer {
  SubjectPublicKey publicKey();

  /** What {@link #sign} produces, as it stands in the certificate. */
  AlgorithmIdentifier algorithm();

  /**
   * The signature over {@code toBeSigned}; {@link SignerUnavailable} when the key cannot be used
   * right now.
   */
  Bytes sign(Bytes toBeSigned);

  /** What is too long to be held twice: it writes itself, in pieces, when it is signed. */
  @FunctionalInterface
  interface Content {
    /** Each piece is only good until the next one. */
    void writeTo(Consumer<ByteBuffer> sink);
  }

  /** As {@link #sign(Bytes)}. */
  Bytes sign(Content toBeSigned);

  /** A fault of the key store, never the requester's. */
  final class SignerUnavailable extends RuntimeException {
    public SignerUnavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
