package dev.postern.keys;

import dev.postern.x509.KeyAlgorithm;
import java.util.Set;

/** The kinds of key this room makes, and what the JDK and RFC 5480, 8017 and 8410 call them. */
final class KeyKinds {
  static final Set<KeyAlgorithm> USED =
      Set.of(
          KeyAlgorithm.P256,
          KeyAlgorithm.P384,
          KeyAlgorithm.P521,
          KeyAlgorithm.RSA_2048,
          KeyAlgorithm.RSA_3072,
          KeyAlgorithm.RSA_4096,
          KeyAlgorithm.ED25519);

  private KeyKinds() {}

  /** For KeyFactory and KeyPairGenerator. */
  static String jcaName(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case RSA -> "RSA";
      case EC -> "EC";
      case EDDSA, ML_DSA, DSA, OTHER -> algorithm.parameter();
    };
  }

  /** The hash as strong as the curve (RFC 5480 §4); SHA-256 for RSA of any size. */
  static String signature(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case RSA -> "SHA256withRSA";
      case EC ->
          switch (algorithm.bits()) {
            case 521 -> "SHA512withECDSA";
            case 384 -> "SHA384withECDSA";
            default -> "SHA256withECDSA";
          };
      case EDDSA, ML_DSA, DSA, OTHER -> algorithm.parameter();
    };
  }
}
