package dev.postern.revocation;

import dev.postern.path.TestChain.Party;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SubjectPublicKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CRL made by code: conforming as it comes, and every field can be made wrong. */
final class TestCrl {
  static final Instant THIS_UPDATE = Instant.parse("2026-11-23T00:00:00Z");
  static final Instant NEXT_UPDATE = Instant.parse("2026-11-24T00:00:00Z");
  static final Instant REVOKED_AT = Instant.parse("2026-11-20T08:00:00Z");

  private final DistinguishedName issuer;
  private final KeyPair keys;
  private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
  private final Map<BigInteger, Extensions> entries = new LinkedHashMap<>();
  private Instant thisUpdate = THIS_UPDATE;
  private boolean hasNextUpdate = true;
  private Instant nextUpdate = NEXT_UPDATE;

  private TestCrl(DistinguishedName issuer, KeyPair keys) {
    this.issuer = issuer;
    this.keys = keys;
    with(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(
            SubjectPublicKey.of(keys.getPublic()).keyIdentifier().toArray()));
    number(7);
  }

  static TestCrl of(Party issuer) {
    return new TestCrl(issuer.certificate().subject(), issuer.keys());
  }

  TestCrl signedBy(KeyPair other) {
    TestCrl crl = new TestCrl(issuer, other);
    crl.extensions.putAll(extensions);
    crl.entries.putAll(entries);
    return crl;
  }

  TestCrl number(long number) {
    return with(Extension.cRLNumber, false, new ASN1Integer(number));
  }

  TestCrl deltaTo(long base) {
    return with(Extension.deltaCRLIndicator, true, new ASN1Integer(base));
  }

  TestCrl from(Instant thisUpdate) {
    this.thisUpdate = thisUpdate;
    return this;
  }

  TestCrl until(Instant nextUpdate) {
    this.nextUpdate = nextUpdate;
    return this;
  }

  TestCrl forever() {
    hasNextUpdate = false;
    return this;
  }

  TestCrl revoking(Certificate certificate) {
    return revoking(certificate, CrlReason.KEY_COMPROMISE);
  }

  TestCrl revoking(Certificate certificate, CrlReason reason) {
    return entry(certificate, Extension.reasonCode, false, CRLReason.lookup(reason.code()));
  }

  TestCrl revokingOf(Certificate certificate) {
    return entry(
        certificate,
        Extension.certificateIssuer,
        true,
        new GeneralNames(new GeneralName(certificate.issuer().structure())));
  }

  TestCrl entry(
      Certificate certificate, ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    entries.put(certificate.serialNumber().value(), extensions(oid, critical, value));
    return this;
  }

  private static Extensions extensions(
      ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    try {
      var generator = new ExtensionsGenerator();
      generator.addExtension(oid, critical, value);
      return generator.generate();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  TestCrl at(DistributionPointName name) {
    return point(
        new org.bouncycastle.asn1.x509.IssuingDistributionPoint(
            name, false, false, null, false, false));
  }

  TestCrl point(org.bouncycastle.asn1.x509.IssuingDistributionPoint point) {
    return with(Extension.issuingDistributionPoint, true, point);
  }

  TestCrl with(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    extensions.put(oid, extensions(oid, critical, value).getExtension(oid));
    return this;
  }

  TestCrl without(ASN1ObjectIdentifier oid) {
    extensions.remove(oid);
    return this;
  }

  Bytes der() {
    return der("SHA256withECDSA");
  }

  Bytes der(String algorithm) {
    try {
      var builder = new X509v2CRLBuilder(issuer.structure(), Date.from(thisUpdate));
      if (hasNextUpdate) {
        builder.setNextUpdate(Date.from(nextUpdate));
      }
      entries.forEach((serial, each) -> builder.addCRLEntry(serial, Date.from(REVOKED_AT), each));
      for (Extension extension : extensions.values()) {
        builder.addExtension(extension);
      }
      var signer = new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
      return Bytes.of(builder.build(signer).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  CertificateList sign() {
    try {
      return CertificateList.parse(der());
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  static DistributionPointName uri(String uri) {
    return new DistributionPointName(
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
  }
}
