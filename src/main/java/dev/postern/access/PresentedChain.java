package dev.postern.access;

import dev.postern.x509.Bytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What a TLS client presented, leaf first, still as bytes: a chain that is known already is never
 * parsed again. Empty when the client presented none.
 */
public final class PresentedChain {
  public static final PresentedChain NONE = new PresentedChain(List.of());

  private final List<Bytes> certificates;
  private final Bytes key;

  private PresentedChain(List<Bytes> certificates) {
    this.certificates = certificates;
    this.key = digest(certificates);
  }

  /** The DER of each certificate, leaf first. */
  public static PresentedChain of(List<Bytes> certificates) {
    return certificates.isEmpty() ? NONE : new PresentedChain(List.copyOf(certificates));
  }

  public boolean isEmpty() {
    return certificates.isEmpty();
  }

  public List<Bytes> certificates() {
    return certificates;
  }

  /** SHA-256 over the whole chain, each certificate with its length before it. */
  Bytes key() {
    return key;
  }

  private static Bytes digest(List<Bytes> certificates) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Bytes certificate : certificates) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(certificate.size()).flip());
        sha256.update(certificate.toArray());
      }
      return Bytes.of(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every JDK", e);
    }
  }
}
