package dev.postern.keys;

import dev.postern.keys.KeyFileException.Problem;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.keys.Pkcs12.Opening;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;

/**
 * Reads PKCS#12 of any maker: BER or DER, encrypted or not, with the old MAC, PBMAC1 or none. One
 * {@link WorkLimit} covers the whole file.
 */
final class Pkcs12Reading {
  /** SafeContents may nest (RFC 7292 §4.2.6); nobody's do. */
  private static final int MAX_NESTING = 4;

  private final char[] password;
  private final WorkLimit limit = new WorkLimit();
  private final List<Certificate> certificates = new ArrayList<>();
  private final List<SecretKeyPair> keys = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private Optional<String> friendlyName = Optional.empty();

  Pkcs12Reading(char[] password) {
    this.password = password;
  }

  Opening read(Bytes file) {
    boolean proven = false;
    try {
      Pfx pfx = pfx(file);
      byte[] content =
          Parsing.at(
              "authSafe",
              () -> ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets());
      if (pfx.getMacData() == null) {
        remarks.add("nothing protects the file against changes: it has no MAC");
      } else if (Pkcs12Mac.verify(pfx.getMacData(), password, content, limit)) {
        proven = true;
      } else {
        return new Opening.WrongPassword();
      }
      authenticatedSafe(content);
      return opened();
    } catch (Problem e) {
      return e.reason() == Reason.WRONG_PASSPHRASE && !proven
          ? new Opening.WrongPassword()
          : new Opening.Malformed("the file " + e.predicate());
    } catch (MalformedException e) {
      return new Opening.Malformed("not a PKCS#12 file: " + e.getMessage());
    }
  }

  /** The digest of the file's MAC; empty when there is none, or the file is none. */
  static Optional<ASN1ObjectIdentifier> macOf(Bytes file) {
    try {
      Pfx pfx = pfx(file);
      return pfx.getMacData() == null
          ? Optional.empty()
          : Optional.of(
              Parsing.at(
                  "macData", () -> pfx.getMacData().getMac().getAlgorithmId().getAlgorithm()));
    } catch (Problem | MalformedException e) {
      return Optional.empty();
    }
  }

  private static Pfx pfx(Bytes file) throws Problem, MalformedException {
    if (file.size() > Pkcs12.MAX_SIZE) {
      throw new Problem(Reason.TOO_LARGE, "is larger than " + Pkcs12.MAX_SIZE / 1024 + " kB");
    }
    Pfx pfx = Parsing.at("PFX", () -> Pfx.getInstance(ber(file.toArray())));
    if (!pfx.getAuthSafe().getContentType().equals(PKCSObjectIdentifiers.data)) {
      throw new Problem(Reason.UNSUPPORTED, "is protected by a signature and not by a password");
    }
    return pfx;
  }

  /** BER, unlike everything else we read: PKCS#12 has it by tradition. */
  private static ASN1Primitive ber(byte[] bytes) throws java.io.IOException, MalformedException {
    try (var in = new ASN1InputStream(bytes)) {
      ASN1Primitive value = in.readObject();
      if (value == null || in.available() > 0) {
        throw new MalformedException("PFX", value == null ? "empty" : "bytes follow the end");
      }
      return value;
    }
  }

  private void authenticatedSafe(byte[] content) throws Problem, MalformedException {
    for (ASN1Encodable element : sequence("AuthenticatedSafe", content)) {
      ContentInfo info = Parsing.at("ContentInfo", () -> ContentInfo.getInstance(element));
      if (info.getContentType().equals(PKCSObjectIdentifiers.data)) {
        byte[] bags =
            Parsing.at(
                "ContentInfo", () -> ASN1OctetString.getInstance(info.getContent()).getOctets());
        safeContents(sequence("SafeContents", bags), 0);
      } else if (info.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
        EncryptedData data =
            Parsing.at("EncryptedData", () -> EncryptedData.getInstance(info.getContent()));
        byte[] ciphertext = Parsing.at("EncryptedData", () -> data.getContent().getOctets());
        byte[] bags =
            new Decryption(password, limit).decrypt(data.getEncryptionAlgorithm(), ciphertext);
        safeContents(decrypted(bags), 0);
      } else {
        remarks.add("a part encrypted for a recipient's key was left out");
      }
    }
  }

  private static ASN1Sequence sequence(String path, byte[] bytes) throws MalformedException {
    return Parsing.at(path, () -> ASN1Sequence.getInstance(ber(bytes)));
  }

  /** A wrong password leaves good padding once in 256 times, and noise behind it. */
  private static ASN1Sequence decrypted(byte[] bytes) throws Problem {
    try {
      return sequence("SafeContents", bytes);
    } catch (MalformedException e) {
      throw new Problem(Reason.WRONG_PASSPHRASE, "was encrypted with another password");
    }
  }

  private void safeContents(ASN1Sequence bags, int depth) throws Problem, MalformedException {
    if (depth > MAX_NESTING) {
      throw new Problem(Reason.MALFORMED, "is nested too deeply");
    }
    for (ASN1Encodable element : bags) {
      SafeBag bag = Parsing.at("SafeBag", () -> SafeBag.getInstance(element));
      ASN1ObjectIdentifier type = bag.getBagId();
      if (type.equals(PKCSObjectIdentifiers.certBag)) {
        certificate(bag);
      } else if (type.equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)) {
        EncryptedPrivateKeyInfo info =
            Parsing.at(
                "pkcs8ShroudedKeyBag",
                () -> EncryptedPrivateKeyInfo.getInstance(bag.getBagValue()));
        key(bag, () -> PrivateKeyReading.encrypted(info, password, limit));
      } else if (type.equals(PKCSObjectIdentifiers.keyBag)) {
        PrivateKeyInfo info =
            Parsing.at("keyBag", () -> PrivateKeyInfo.getInstance(bag.getBagValue()));
        remarks.add("a private key lies in it unencrypted");
        key(bag, () -> PrivateKeyStructure.pair(info));
      } else if (type.equals(PKCSObjectIdentifiers.safeContentsBag)) {
        safeContents(
            Parsing.at("safeContentsBag", () -> ASN1Sequence.getInstance(bag.getBagValue())),
            depth + 1);
      } else {
        remarks.add("a bag of type " + type.getId() + " was left out");
      }
    }
  }

  private void certificate(SafeBag bag) throws MalformedException {
    CertBag certificate = Parsing.at("certBag", () -> CertBag.getInstance(bag.getBagValue()));
    if (!certificate.getCertId().equals(PKCSObjectIdentifiers.x509Certificate)) {
      remarks.add("a certificate that is not X.509 was left out");
      return;
    }
    byte[] der =
        Parsing.at(
            "certBag", () -> ASN1OctetString.getInstance(certificate.getCertValue()).getOctets());
    certificates.add(Certificate.parse(Bytes.of(der)));
  }

  private interface KeySource {
    SecretKeyPair read() throws Problem, MalformedException;
  }

  private void key(SafeBag bag, KeySource source) throws Problem, MalformedException {
    try {
      keys.add(source.read());
    } catch (Problem e) {
      if (e.reason() != Reason.UNSUPPORTED) {
        throw e;
      }
      remarks.add("a private key was left out: the file " + e.predicate());
    }
    if (friendlyName.isEmpty()) {
      friendlyName = friendlyName(bag.getBagAttributes());
    }
  }

  private static Optional<String> friendlyName(
      @org.jspecify.annotations.Nullable ASN1Set attributes) throws MalformedException {
    if (attributes == null) {
      return Optional.empty();
    }
    for (ASN1Encodable element : attributes) {
      Attribute attribute = Parsing.at("bagAttributes", () -> Attribute.getInstance(element));
      if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_friendlyName)
          && attribute.getAttrValues().size() == 1
          && attribute.getAttrValues().getObjectAt(0) instanceof ASN1BMPString name) {
        return Optional.of(name.getString());
      }
    }
    return Optional.empty();
  }

  private Opening opened() {
    List<Certificate> ordered = new ArrayList<>(certificates);
    if (!keys.isEmpty()) {
      ordered.sort(
          java.util.Comparator.comparing(certificate -> !keys.getFirst().matches(certificate)));
    }
    return new Opening.Opened(ordered, keys, friendlyName, remarks);
  }
}
