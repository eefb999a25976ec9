package dev.postern.x509;

import java.util.EnumSet;
import java.util.Set;

/** KeyUsage bits (RFC 5280 §4.2.1.3), in the order of the BIT STRING. */
public enum KeyUsage {
  DIGITAL_SIGNATURE("digitalSignature", org.bouncycastle.asn1.x509.KeyUsage.digitalSignature),
  NON_REPUDIATION("nonRepudiation", org.bouncycastle.asn1.x509.KeyUsage.nonRepudiation),
  KEY_ENCIPHERMENT("keyEncipherment", org.bouncycastle.asn1.x509.KeyUsage.keyEncipherment),
  DATA_ENCIPHERMENT("dataEncipherment", org.bouncycastle.asn1.x509.KeyUsage.dataEncipherment),
  KEY_AGREEMENT("keyAgreement", org.bouncycastle.asn1.x509.KeyUsage.keyAgreement),
  KEY_CERT_SIGN("keyCertSign", org.bouncycastle.asn1.x509.KeyUsage.keyCertSign),
  CRL_SIGN("cRLSign", org.bouncycastle.asn1.x509.KeyUsage.cRLSign),
  ENCIPHER_ONLY("encipherOnly", org.bouncycastle.asn1.x509.KeyUsage.encipherOnly),
  DECIPHER_ONLY("decipherOnly", org.bouncycastle.asn1.x509.KeyUsage.decipherOnly);

  private final String word;
  private final int bit;

  KeyUsage(String word, int bit) {
    this.word = word;
    this.bit = bit;
  }

  /** The standard's own spelling. */
  public String word() {
    return word;
  }

  static Set<KeyUsage> of(org.bouncycastle.asn1.x509.KeyUsage usage) {
    Set<KeyUsage> set = EnumSet.noneOf(KeyUsage.class);
    for (KeyUsage each : values()) {
      if (usage.hasUsages(each.bit)) {
        set.add(each);
      }
    }
    return set;
  }

  /** As Bouncy Castle's structure, for building. */
  public static org.bouncycastle.asn1.x509.KeyUsage structure(Set<KeyUsage> usages) {
    int bits = 0;
    for (KeyUsage each : usages) {
      bits |= each.bit;
    }
    return new org.bouncycastle.asn1.x509.KeyUsage(bits);
  }
}
