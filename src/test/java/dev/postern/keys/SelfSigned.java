package dev.postern.keys;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.Signer;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Certificates for the tests of keys and ledger: as small as the tests need. */
public final class SelfSigned {
  public static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");
  public static final Instant NOT_AFTER = Instant.parse("2036-01-01T00:00:00Z");

  private SelfSigned() {}

  public static Certificate of(SecretKeyPair key, String commonName) {
    return of(key, commonName, BigInteger.valueOf(4711), NOT_AFTER);
  }

  public static Certificate of(
      SecretKeyPair key, String commonName, BigInteger serial, Instant notAfter) {
    return signed(toBeSigned(key, commonName, serial, notAfter), key.signer());
  }

  /** What an authority would record before signing. */
  public static TBSCertificate toBeSigned(
      SecretKeyPair key, String commonName, BigInteger serial, Instant notAfter) {
    var name = DistinguishedName.builder().commonName(commonName).build().structure();
    var generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(serial));
    generator.setSignature(key.signer().algorithm());
    generator.setIssuer(name);
    generator.setSubject(name);
    generator.setStartDate(new Time(Date.from(NOT_BEFORE)));
    generator.setEndDate(new Time(Date.from(notAfter)));
    generator.setSubjectPublicKeyInfo(key.publicKey().structure());
    try {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new org.bouncycastle.asn1.x509.GeneralName(
                  org.bouncycastle.asn1.x509.GeneralName.dNSName, "localhost")));
      generator.setExtensions(extensions.generate());
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
    return generator.generateTBSCertificate();
  }

  public static Certificate signed(TBSCertificate tbs, Signer signer) {
    Bytes signature = signer.sign(Parsing.encode(tbs));
    var fields = new ASN1EncodableVector();
    fields.add(tbs);
    fields.add(signer.algorithm());
    fields.add(new DERBitString(signature.toArray()));
    try {
      return Certificate.parse(Parsing.encode(new DERSequence(fields)));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
