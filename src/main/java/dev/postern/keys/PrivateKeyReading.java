package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;

/**
 * The forms a private key is found in: PKCS#8 with and without a passphrase, the older {@code RSA}
 * and {@code EC PRIVATE KEY}, and OpenSSL's encryption of those; as PEM or bare DER.
 */
final class PrivateKeyReading {
  /** A key and whether it lay in the file in the clear. */
  record Found(SecretKeyPair key, boolean encrypted) {}

  private final Optional<Passphrase> passphrase;
  private final WorkLimit limit = new WorkLimit();

  PrivateKeyReading(Optional<Passphrase> passphrase) {
    this.passphrase = passphrase;
  }

  Found read(byte[] file) throws Problem {
    if (file.length == 0) {
      throw new Problem(Reason.MALFORMED, "is empty");
    }
    try {
      return Pem.looksLikePem(file)
          ? pem(new String(file, StandardCharsets.ISO_8859_1))
          : der(Bytes.of(file));
    } catch (MalformedException e) {
      throw new Problem(Reason.MALFORMED, "is not a private key: " + e.getMessage());
    }
  }

  private Found pem(String text) throws Problem, MalformedException {
    List<Pem.Block> blocks =
        Pem.parse(text).stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
    if (blocks.isEmpty()) {
      throw new Problem(Reason.MALFORMED, "holds no private key");
    }
    if (blocks.size() > 1) {
      throw new Problem(Reason.MALFORMED, "holds " + blocks.size() + " private keys");
    }
    Pem.Block block = blocks.getFirst();
    if (block.headers().stream().anyMatch(line -> line.startsWith("Proc-Type: 4,ENCRYPTED"))) {
      byte[] plaintext = OpenSslEncryption.decrypt(block, needed());
      // A wrong passphrase leaves good padding once in 256 times, and noise behind it.
      return new Found(afterDecryption(() -> labelled(block.label(), Bytes.of(plaintext))), true);
    }
    if (block.label().equals(Pem.ENCRYPTED_PRIVATE_KEY)) {
      return encrypted(structure(block.content()));
    }
    return new Found(labelled(block.label(), block.content()), false);
  }

  private SecretKeyPair labelled(String label, Bytes der) throws Problem, MalformedException {
    ASN1Primitive structure = structure(der);
    return switch (label) {
      case "PRIVATE KEY" ->
          PrivateKeyStructure.pair(
              Parsing.at("PrivateKeyInfo", () -> PrivateKeyInfo.getInstance(structure)));
      case "RSA PRIVATE KEY" ->
          PrivateKeyStructure.rsa(
              Parsing.at("RSAPrivateKey", () -> RSAPrivateKey.getInstance(structure)));
      case "EC PRIVATE KEY" ->
          PrivateKeyStructure.ec(
              Parsing.at("ECPrivateKey", () -> ECPrivateKey.getInstance(structure)), null);
      default ->
          throw new Problem(
              Reason.UNSUPPORTED,
              "holds a key in the form " + label + "; convert it with openssl pkey");
    };
  }

  private Found der(Bytes der) throws Problem, MalformedException {
    ASN1Primitive structure = structure(der);
    // EncryptedPrivateKeyInfo begins with a sequence, the three clear forms with a version number:
    // then PKCS#8 has a sequence, RSA a number, EC an octet string.
    if (structure instanceof ASN1Sequence sequence && sequence.size() >= 2) {
      if (sequence.getObjectAt(0) instanceof ASN1Sequence) {
        return encrypted(structure);
      }
      String label =
          switch (sequence.getObjectAt(1)) {
            case ASN1Integer _ -> "RSA PRIVATE KEY";
            case ASN1OctetString _ -> "EC PRIVATE KEY";
            default -> "PRIVATE KEY";
          };
      return new Found(labelled(label, der), false);
    }
    throw new Problem(Reason.MALFORMED, "is not a private key");
  }

  private Found encrypted(ASN1Primitive structure) throws Problem, MalformedException {
    EncryptedPrivateKeyInfo info =
        Parsing.at("EncryptedPrivateKeyInfo", () -> EncryptedPrivateKeyInfo.getInstance(structure));
    char[] password = needed();
    DerivedKeys known = passphrase.orElseThrow().derived();
    return new Found(encrypted(info, new Decryption(password, limit, known::get)), true);
  }

  /** Also how the key of a PKCS#12 file is wrapped. */
  static SecretKeyPair encrypted(EncryptedPrivateKeyInfo info, char[] password, WorkLimit limit)
      throws Problem, MalformedException {
    return encrypted(info, new Decryption(password, limit));
  }

  private static SecretKeyPair encrypted(EncryptedPrivateKeyInfo info, Decryption decryption)
      throws Problem, MalformedException {
    byte[] plaintext = decryption.decrypt(info.getEncryptionAlgorithm(), info.getEncryptedData());
    return afterDecryption(() ->
        PrivateKeyStructure.pair(
            Parsing.at("PrivateKeyInfo", () -> PrivateKeyInfo.getInstance(plaintext))));
  }

  private interface Step {
    SecretKeyPair run() throws Problem, MalformedException;
  }

  private static SecretKeyPair afterDecryption(Step step) throws Problem {
    try {
      return step.run();
    } catch (MalformedException e) {
      throw new Problem(Reason.WRONG_PASSPHRASE, "was encrypted with another passphrase");
    }
  }

  private char[] needed() throws Problem {
    if (passphrase.isEmpty()) {
      throw new Problem(Reason.PASSPHRASE_NEEDED, "is encrypted, and no passphrase was given");
    }
    return passphrase.get().with(char[]::clone);
  }

  private static ASN1Primitive structure(Bytes der) throws MalformedException {
    return Parsing.der("PrivateKey", der, Parsing.MAX_STRUCTURE);
  }
}
