package dev.postern.x509;

import java.util.Locale;

/** What kind of public key, and how large: {@code RSA 2048}, {@code EC P-256}, {@code Ed25519}. */
public record KeyAlgorithm(Family family, String parameter, int bits) {
  /** The families of RFC 3279, 5480, 8410 and 9881. */
  public enum Family {
    RSA,
    EC,
    EDDSA,
    ML_DSA,
    DSA,
    OTHER
  }

  public static final KeyAlgorithm P256 = new KeyAlgorithm(Family.EC, "P-256", 256);
  public static final KeyAlgorithm P384 = new KeyAlgorithm(Family.EC, "P-384", 384);
  public static final KeyAlgorithm P521 = new KeyAlgorithm(Family.EC, "P-521", 521);
  public static final KeyAlgorithm ED25519 = new KeyAlgorithm(Family.EDDSA, "Ed25519", 255);
  public static final KeyAlgorithm RSA_2048 = rsa(2048);
  public static final KeyAlgorithm RSA_3072 = rsa(3072);
  public static final KeyAlgorithm RSA_4096 = rsa(4096);

  public static KeyAlgorithm rsa(int bits) {
    return new KeyAlgorithm(Family.RSA, Integer.toString(bits), bits);
  }

  /**
   * Reads what a person types: {@code p256}, {@code P-384}, {@code rsa2048}, {@code RSA-3072},
   * {@code ed25519}.
   */
  public static KeyAlgorithm parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT).replace("-", "").replace(" ", "")) {
      case "p256", "ecp256", "ec" -> P256;
      case "p384", "ecp384" -> P384;
      case "p521", "ecp521" -> P521;
      case "ed25519" -> ED25519;
      case "rsa", "rsa2048" -> RSA_2048;
      case "rsa3072" -> RSA_3072;
      case "rsa4096" -> RSA_4096;
      default ->
          throw new IllegalArgumentException(
              "a key is p256, p384, p521, ed25519, rsa2048, rsa3072 or rsa4096, not " + text);
    };
  }

  public String label() {
    return switch (family) {
      case RSA -> "RSA " + parameter;
      case EC -> "EC " + parameter;
      case EDDSA, ML_DSA, DSA, OTHER -> parameter;
    };
  }
}
