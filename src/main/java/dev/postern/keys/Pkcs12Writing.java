package dev.postern.keys;

import dev.postern.keys.Pbes2.Encrypted;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Parsing;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * Writes PKCS#12 byte for byte in the shape of OpenSSL: certificates first and encrypted, then the
 * key, DER throughout. Importers were tried with that shape and little else; Bouncy Castle's own
 * generator writes another.
 */
final class Pkcs12Writing {
  /** Rounds of the scheme of old; more of them do not rescue it, and old devices are slow. */
  private static final int LEGACY_ITERATIONS = 2048;

  private static final int SALT = 8;
  private static final int DES_BLOCK = 8;
  private static final int THREE_KEYS = 24;

  private final Pkcs12.Format format;
  private final Passphrase passphrase;
  private final SecureRandom random;

  Pkcs12Writing(Pkcs12.Format format, Passphrase passphrase, SecureRandom random) {
    this.format = format;
    this.passphrase = passphrase;
    this.random = random;
  }

  Bytes write(SecretKeyPair key, List<Certificate> chain, String friendlyName) {
    // The leaf's SHA-1 ties key and certificate together; it is a name here, not a protection.
    ASN1Set attributes = attributes(friendlyName, chain.getFirst().der().sha1());
    DERSequence authenticatedSafe =
        new DERSequence(
            new ASN1Encodable[] {
              encryptedData(certificateBags(chain, attributes)), data(keyBag(key, attributes))
            });
    byte[] content = Der.of(authenticatedSafe);
    return Parsing.encode(
        new DERSequence(new ASN1Encodable[] {new ASN1Integer(3), data(content), macData(content)}));
  }

  private static ASN1Set attributes(String friendlyName, Bytes localKeyId) {
    return new DERSet(
        new ASN1Encodable[] {
          attribute(PKCSObjectIdentifiers.pkcs_9_at_friendlyName, new DERBMPString(friendlyName)),
          attribute(
              PKCSObjectIdentifiers.pkcs_9_at_localKeyId, new DEROctetString(localKeyId.toArray()))
        });
  }

  private static DERSequence attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return new DERSequence(type, new DERSet(value));
  }

  /**
   * SafeBag ::= SEQUENCE { bagId, bagValue [0] EXPLICIT ANY, bagAttributes SET OF OPTIONAL } (§4.2)
   */
  private static DERSequence bag(
      ASN1ObjectIdentifier type, ASN1Encodable value, Optional<ASN1Set> attributes) {
    var fields = new ASN1EncodableVector();
    fields.add(type);
    fields.add(new DERTaggedObject(true, 0, value));
    attributes.ifPresent(fields::add);
    return new DERSequence(fields);
  }

  private static byte[] certificateBags(List<Certificate> chain, ASN1Set leafAttributes) {
    List<ASN1Encodable> bags = new ArrayList<>();
    for (Certificate certificate : chain) {
      var value =
          new DERSequence(
              PKCSObjectIdentifiers.x509Certificate,
              new DERTaggedObject(true, 0, new DEROctetString(certificate.der().toArray())));
      bags.add(
          bag(
              PKCSObjectIdentifiers.certBag,
              value,
              bags.isEmpty() ? Optional.of(leafAttributes) : Optional.empty()));
    }
    return Der.of(new DERSequence(bags.toArray(ASN1Encodable[]::new)));
  }

  private byte[] keyBag(SecretKeyPair key, ASN1Set attributes) {
    byte[] plaintext = Der.of(key.pkcs8());
    Encrypted encrypted = encrypt(plaintext);
    Arrays.fill(plaintext, (byte) 0);
    return Der.of(
        new DERSequence(
            bag(
                PKCSObjectIdentifiers.pkcs8ShroudedKeyBag,
                new EncryptedPrivateKeyInfo(
                    encrypted.algorithm(), encrypted.ciphertext().toArray()),
                Optional.of(attributes))));
  }

  /** ContentInfo of type data. */
  private static DERSequence data(byte[] content) {
    return new DERSequence(
        PKCSObjectIdentifiers.data, new DERTaggedObject(true, 0, new DEROctetString(content)));
  }

  /** ContentInfo of type encryptedData (RFC 2315 §13), version 0. */
  private DERSequence encryptedData(byte[] content) {
    Encrypted encrypted = encrypt(content);
    var contentInfo =
        new DERSequence(
            new ASN1Encodable[] {
              PKCSObjectIdentifiers.data,
              encrypted.algorithm(),
              new DERTaggedObject(false, 0, new DEROctetString(encrypted.ciphertext().toArray()))
            });
    return new DERSequence(
        PKCSObjectIdentifiers.encryptedData,
        new DERTaggedObject(true, 0, new DERSequence(new ASN1Integer(0), contentInfo)));
  }

  private Encrypted encrypt(byte[] plaintext) {
    return switch (format) {
      case MODERN -> Pbes2.PKCS12.encrypt(plaintext, passphrase, random);
      case LEGACY -> passphrase.with(password -> tripleDes(plaintext, password));
    };
  }

  /** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C). */
  private Encrypted tripleDes(byte[] plaintext, char[] password) {
    byte[] salt = salt();
    var derivation = Pkcs12Derivation.SHA1;
    byte[] key =
        derivation.derive(Pkcs12Derivation.Use.KEY, password, salt, LEGACY_ITERATIONS, THREE_KEYS);
    byte[] iv =
        derivation.derive(Pkcs12Derivation.Use.IV, password, salt, LEGACY_ITERATIONS, DES_BLOCK);
    try {
      Cipher cipher = Cipher.getInstance("DESede/CBC/PKCS5Padding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DESede"), new IvParameterSpec(iv));
      return new Encrypted(
          new AlgorithmIdentifier(
              PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC,
              new PKCS12PBEParams(salt, LEGACY_ITERATIONS)),
          Bytes.of(cipher.doFinal(plaintext)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("3DES is in every JDK", e);
    }
  }

  /**
   * MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
   * (§4).
   */
  private DERSequence macData(byte[] content) {
    boolean modern = format == Pkcs12.Format.MODERN;
    var derivation = modern ? Pkcs12Derivation.SHA256 : Pkcs12Derivation.SHA1;
    int iterations = modern ? Pbes2.PKCS12.iterations() : LEGACY_ITERATIONS;
    var digest =
        new AlgorithmIdentifier(
            modern ? NISTObjectIdentifiers.id_sha256 : OIWObjectIdentifiers.idSHA1,
            DERNull.INSTANCE);
    byte[] salt = salt();
    byte[] mac =
        passphrase.with(
            password -> Pkcs12Mac.legacy(derivation, password, salt, iterations, content));
    return new DERSequence(
        new ASN1Encodable[] {
          new DERSequence(digest, new DEROctetString(mac)),
          new DEROctetString(salt),
          new ASN1Integer(iterations)
        });
  }

  private byte[] salt() {
    byte[] salt = new byte[SALT];
    random.nextBytes(salt);
    return salt;
  }
}
