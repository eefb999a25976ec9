package dev.postern.fakes;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Key pairs by the name of their kind; each number of a kind is made once, since RSA is slow. */
public final class TestKeys {
  private static final Map<String, KeyPair> MADE = new ConcurrentHashMap<>();

  private TestKeys() {}

  /** A new P-256 key. */
  public static KeyPair fresh() {
    return make("P-256");
  }

  /**
   * {@code P-256}, {@code RSA 2048}, {@code RSASSA-PSS 2048}, {@code Ed25519}, {@code ML-DSA-44}…
   */
  public static KeyPair of(String kind) {
    return MADE.computeIfAbsent(kind, TestKeys::make);
  }

  private static KeyPair make(String kind) {
    try {
      String[] words = kind.split(" ");
      boolean curve = kind.startsWith("P-");
      var generator = KeyPairGenerator.getInstance(curve ? "EC" : words[0]);
      if (curve) {
        generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"));
      } else if (words.length > 1) {
        generator.initialize(Integer.parseInt(words[1]));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(kind + " with " + Security.getProviders().length, e);
    }
  }
}
