package dev.postern.keys;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;

/**
 * PKCS#12 (RFC 7292): a private key and its certificates in one file under a password, the form
 * that browsers, phones and mail programs import.
 *
 * <pre>
 * PFX ::= SEQUENCE {
 *     version     INTEGER {v3(3)}(v3,...),
 *     authSafe    ContentInfo,
 *     macData     MacData OPTIONAL }
 *
 * AuthenticatedSafe ::= SEQUENCE OF ContentInfo      -- Data if unencrypted, EncryptedData if not
 * SafeContents ::= SEQUENCE OF SafeBag
 * </pre>
 */
public final class Pkcs12 {
  /** Far above any chain; a Java key store with a hundred CAs has 150 kB. */
  public static final int MAX_SIZE = 1024 * 1024;

  /** Which devices shall read it. */
  public enum Format {
    /** AES-256 and HMAC-SHA256, in OpenSSL 3's exact shape. */
    MODERN,
    /**
     * 3DES and HMAC-SHA1, for macOS, iOS, Android up to 13 and Windows Server 2016, which call a
     * modern file "wrong password".
     */
    LEGACY
  }

  /** What came of {@link #open}. */
  public sealed interface Opening {
    /**
     * The certificate of the first key leads, if there is one; {@code remarks} are sentences about
     * what was left out or is weak.
     */
    record Opened(
        List<Certificate> certificates,
        List<SecretKeyPair> keys,
        Optional<String> friendlyName,
        List<String> remarks)
        implements Opening {
      public Opened {
        certificates = List.copyOf(certificates);
        keys = List.copyOf(keys);
        remarks = List.copyOf(remarks);
      }
    }

    /** Or the file was changed: the MAC cannot tell these apart. */
    record WrongPassword() implements Opening {}

    /** Not a PKCS#12 file, or one that asks for something we do not do; a sentence for people. */
    record Malformed(String reason) implements Opening {}
  }

  private Pkcs12() {}

  /**
   * The key with its certificates, leaf first. {@link IllegalArgumentException} when the leaf is
   * about another key, or the passphrase too weak; ask {@link SecretKeyPair#matches} and {@link
   * Passphrase#weakness} before.
   */
  public static Bytes write(
      SecretKeyPair key,
      List<Certificate> chain,
      String friendlyName,
      Passphrase passphrase,
      Format format,
      SecureRandom random) {
    passphrase.requireStrong();
    if (chain.isEmpty() || !key.matches(chain.getFirst())) {
      throw new IllegalArgumentException("the first certificate must be the key's own");
    }
    return new Pkcs12Writing(format, passphrase, random).write(key, chain, friendlyName);
  }

  /**
   * The form to write a file anew in, so that whatever read it still can: what has a MAC of SHA-1
   * is {@link Format#LEGACY}. Needs no password.
   */
  public static Format formatOf(Bytes file) {
    return Pkcs12Reading.macOf(file).filter(OIWObjectIdentifiers.idSHA1::equals).isPresent()
        ? Format.LEGACY
        : Format.MODERN;
  }

  /** Opens a file of anybody's making, within bounds of size and work. */
  public static Opening open(Bytes file, Passphrase passphrase) {
    return passphrase.with(password -> new Pkcs12Reading(password).read(file));
  }

  /** Opens a file that has no password, or the empty one. */
  public static Opening open(Bytes file) {
    return new Pkcs12Reading(new char[0]).read(file);
  }
}
