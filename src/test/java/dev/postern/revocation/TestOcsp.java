package dev.postern.revocation;

import dev.postern.path.TestChain.Party;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SubjectPublicKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An OCSP response made by code, field by field, so that every field can be made wrong. */
final class TestOcsp {
  static final CertStatus GOOD = new CertStatus();
  static final CertStatus UNKNOWN = new CertStatus(2, org.bouncycastle.asn1.DERNull.INSTANCE);

  private final List<SingleResponse> responses = new ArrayList<>();
  private final List<Certificate> certificates = new ArrayList<>();
  private Certificate responder;
  private KeyPair keys;
  private boolean byKey;
  private String digest = "SHA-1";
  private String digestOid = CertId.SHA_1;
  private Bytes issuerName;
  private Bytes issuerKey;
  private Instant producedAt = TestCrl.THIS_UPDATE;
  private Instant thisUpdate = TestCrl.THIS_UPDATE;
  private Optional<Instant> nextUpdate = Optional.of(TestCrl.NEXT_UPDATE);
  private Optional<Extensions> singleExtensions = Optional.empty();
  private Optional<Extensions> responseExtensions = Optional.empty();

  private TestOcsp(Party issuer) {
    this.responder = issuer.certificate();
    this.keys = issuer.keys();
    this.issuerName = issuer.certificate().subject().der();
    this.issuerKey = keyBits(issuer.certificate().publicKey());
  }

  /** Signed by the issuer itself, as long as nobody else is named. */
  static TestOcsp of(Party issuer) {
    return new TestOcsp(issuer);
  }

  static CertStatus revoked(CrlReason reason) {
    return new CertStatus(
        new RevokedInfo(time(TestCrl.REVOKED_AT), CRLReason.lookup(reason.code())));
  }

  private static Bytes keyBits(SubjectPublicKey key) {
    return Bytes.of(key.structure().getPublicKeyData().getOctets());
  }

  private static ASN1GeneralizedTime time(Instant instant) {
    return new ASN1GeneralizedTime(Date.from(instant), java.util.Locale.ROOT);
  }

  TestOcsp by(Party delegate) {
    responder = delegate.certificate();
    keys = delegate.keys();
    certificates.add(responder);
    return this;
  }

  TestOcsp naming(Certificate other) {
    responder = other;
    return this;
  }

  TestOcsp signedWith(KeyPair other) {
    keys = other;
    return this;
  }

  TestOcsp byKey() {
    byKey = true;
    return this;
  }

  TestOcsp hash(String name, String oid) {
    digest = name;
    digestOid = oid;
    return this;
  }

  TestOcsp issuerName(Bytes name) {
    issuerName = name;
    return this;
  }

  TestOcsp issuerKey(SubjectPublicKey key) {
    issuerKey = keyBits(key);
    return this;
  }

  TestOcsp producedAt(Instant instant) {
    producedAt = instant;
    return this;
  }

  TestOcsp from(Instant instant) {
    thisUpdate = instant;
    return this;
  }

  TestOcsp until(Optional<Instant> instant) {
    nextUpdate = instant;
    return this;
  }

  TestOcsp single(ASN1ObjectIdentifier oid, boolean critical) {
    singleExtensions = Optional.of(extension(oid, critical));
    return this;
  }

  TestOcsp response(ASN1ObjectIdentifier oid, boolean critical) {
    responseExtensions = Optional.of(extension(oid, critical));
    return this;
  }

  TestOcsp nonce(Bytes nonce) {
    return response(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, nonce);
  }

  private TestOcsp response(ASN1ObjectIdentifier oid, boolean critical, Bytes value) {
    responseExtensions = Optional.of(extension(oid, critical, value));
    return this;
  }

  private static Extensions extension(ASN1ObjectIdentifier oid, boolean critical) {
    return extension(oid, critical, Bytes.ofHex("00"));
  }

  private static Extensions extension(ASN1ObjectIdentifier oid, boolean critical, Bytes value) {
    try {
      var generator = new ExtensionsGenerator();
      generator.addExtension(oid, critical, new DEROctetString(value.toArray()));
      return generator.generate();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One more certificate, with what was set before this call. */
  TestOcsp says(CertStatus status, Certificate certificate) {
    CertID id =
        new CertID(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier(digestOid)),
            digest(issuerName),
            digest(issuerKey),
            new ASN1Integer(certificate.serialNumber().value()));
    responses.add(
        new SingleResponse(
            id,
            status,
            time(thisUpdate),
            nextUpdate.map(TestOcsp::time).orElse(null),
            singleExtensions.orElse(null)));
    return this;
  }

  private DEROctetString digest(Bytes value) {
    try {
      return new DEROctetString(MessageDigest.getInstance(digest).digest(value.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Bytes der() {
    return der("SHA256withECDSA");
  }

  Bytes der(String algorithm) {
    try {
      var data =
          new ResponseData(
              byKey
                  ? new ResponderID(
                      new DEROctetString(keyBits(responder.publicKey()).sha1().toArray()))
                  : new ResponderID(responder.subject().structure()),
              time(producedAt),
              new DERSequence(responses.toArray(SingleResponse[]::new)),
              responseExtensions.orElse(null));
      var signer = new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
      signer.getOutputStream().write(data.getEncoded("DER"));
      var certs = new ASN1EncodableVector();
      certificates.forEach(each -> certs.add(each.structure()));
      var basic =
          new BasicOCSPResponse(
              data,
              signer.getAlgorithmIdentifier(),
              new DERBitString(signer.getSignature()),
              certificates.isEmpty() ? null : new DERSequence(certs));
      var bytes =
          new ResponseBytes(
              OCSPObjectIdentifiers.id_pkix_ocsp_basic,
              new DEROctetString(basic.getEncoded("DER")));
      return Bytes.of(new OCSPResponse(new OCSPResponseStatus(0), bytes).getEncoded("DER"));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  static Bytes error(int status) {
    try {
      return Bytes.of(new OCSPResponse(new OCSPResponseStatus(status), null).getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  OcspResponse sign() {
    try {
      return OcspResponse.parse(der());
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
