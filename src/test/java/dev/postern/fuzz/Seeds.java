package dev.postern.fuzz;

import dev.postern.fakes.TestAuthority;
import dev.postern.fakes.TestKeys;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** Sound bytes of each kind to damage, and bytes made to hurt. */
final class Seeds {
  private static final TestAuthority ROOT = TestAuthority.root("Root");

  private Seeds() {}

  static Map<String, byte[]> sound() throws Exception {
    KeyPair keys = TestKeys.of("P-256");
    ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    var info = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    X500Name name = new X500Name("CN=Fuzz");
    Map<String, byte[]> sound = new LinkedHashMap<>();
    byte[] certificate =
        ROOT.client(
                DistinguishedName.builder().commonName("Fuzz").build(),
                GeneralName.parse("dns:a.test"),
                GeneralName.parse("ip:192.0.2.1"),
                GeneralName.parse("upn:a@test"))
            .sign()
            .der()
            .toArray();
    sound.put("certificate", certificate);
    sound.put("PEM", Pem.write(ROOT.certificate()).getBytes(StandardCharsets.US_ASCII));
    sound.put("CSR", new PKCS10CertificationRequestBuilder(name, info).build(signer).getEncoded());
    sound.put("public key", info.getEncoded());
    sound.put("private key", keys.getPrivate().getEncoded());
    sound.put("RSA key", TestKeys.of("RSA 2048").getPrivate().getEncoded());
    sound.put("CRL", crl(name, signer));
    sound.put("OCSP", ocsp(signer, certificate));
    sound.put("PKCS#12", pkcs12());
    sound.put(
        "HTTP",
        "POST /a%2Fb;c/../d?e=f HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    return sound;
  }

  private static byte[] crl(X500Name name, ContentSigner signer) throws Exception {
    var builder = new X509v2CRLBuilder(name, Date.from(TestAuthority.NOW));
    builder.setNextUpdate(Date.from(TestAuthority.NOW.plusSeconds(3600)));
    for (int i = 1; i < 4; i++) {
      builder.addCRLEntry(BigInteger.valueOf(i), Date.from(TestAuthority.NOW), i);
    }
    return builder.build(signer).getEncoded();
  }

  private static byte[] ocsp(ContentSigner signer, byte[] certificate) throws Exception {
    var digests = new JcaDigestCalculatorProviderBuilder().build();
    var issuer = new org.bouncycastle.cert.X509CertificateHolder(certificate);
    var id = new CertificateID(digests.get(CertificateID.HASH_SHA1), issuer, BigInteger.valueOf(7));
    var basic =
        new BasicOCSPRespBuilder(new RespID(issuer.getSubject()))
            .addResponse(id, CertificateStatus.GOOD)
            .build(
                signer,
                new org.bouncycastle.cert.X509CertificateHolder[] {issuer},
                Date.from(TestAuthority.NOW));
    return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded();
  }

  private static byte[] pkcs12() {
    SecureRandom random = new SecureRandom();
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    var leaf =
        ROOT.client(DistinguishedName.builder().commonName("Fuzz").build())
            .key(publicKey(key))
            .sign();
    return Pkcs12.write(
            key,
            List.of(leaf),
            "fuzz",
            Passphrase.of("fuzz fuzz fuzz".toCharArray()),
            Pkcs12.Format.LEGACY,
            random)
        .toArray();
  }

  private static java.security.PublicKey publicKey(SecretKeyPair key) {
    try {
      return key.publicKey().toPublicKey();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Small files that ask for much. */
  static Map<String, byte[]> traps() throws Exception {
    Map<String, byte[]> traps = new LinkedHashMap<>();
    traps.put("nothing", new byte[0]);
    traps.put("deep, definite", nested(2000));
    traps.put("deep, indefinite", repeated(100_000, 0x30, 0x80));
    traps.put("deep octets, indefinite", repeated(100_000, 0x24, 0x80));
    traps.put("deep tags, indefinite", repeated(100_000, 0xa0, 0x80));
    for (int tag : new int[] {0x02, 0x03, 0x04, 0x06, 0x0c, 0x13, 0x30, 0x31, 0xa0}) {
      traps.put("claims 2 GB " + tag, bytes(tag, 0x84, 0x7f, 0xff, 0xff, 0xff, 0));
      traps.put("claims 4 GB " + tag, bytes(tag, 0x84, 0xff, 0xff, 0xff, 0xff, 0));
      traps.put("claims much " + tag, bytes(0x30, 7, tag, 0x84, 0x3f, 0xff, 0xff, 0xff, 0));
    }
    byte[] arc = new byte[200_000];
    Arrays.fill(arc, (byte) 0xff);
    arc[arc.length - 1] = 0x7f;
    traps.put("a long OID", sequence(0x06, arc));
    traps.put("a long relative OID", sequence(0x0d, arc));
    traps.put("a long integer", sequence(0x02, arc));
    traps.put("many empty sequences", many(60_000));
    traps.put("a large RSA key", rsa(16384, 16384));
    traps.put("a huge RSA key", rsa(120_000, 120_000));
    traps.put("a long request line", repeated(100_000, 'a'));
    traps.put(
        "a long path",
        ("GET /" + "%2f;a//".repeat(1100) + " HTTP/1.1\r\nHost: a\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    traps.put(
        "many headers",
        ("GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(5000)).getBytes(StandardCharsets.US_ASCII));
    traps.put(
        "PEM of nothing", "-----BEGIN A-----\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII));
    traps.put(
        "PEM of spaces",
        ("-----BEGIN A-----" + " \t".repeat(100_000)).getBytes(StandardCharsets.US_ASCII));
    traps.put("dashes", "-".repeat(200_000).getBytes(StandardCharsets.US_ASCII));
    return traps;
  }

  private static byte[] rsa(int modulus, int exponent) throws Exception {
    var key =
        new RSAPublicKey(
            BigInteger.ONE.shiftLeft(modulus).subtract(BigInteger.ONE),
            BigInteger.ONE.shiftLeft(exponent).subtract(BigInteger.ONE));
    var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption);
    var holder = new JcaX509CertificateHolder(certificate());
    var old = holder.toASN1Structure().getTBSCertificate();
    var fields = new ASN1EncodableVector();
    for (var field : org.bouncycastle.asn1.ASN1Sequence.getInstance(old)) {
      fields.add(
          field.equals(old.getSubjectPublicKeyInfo())
              ? new SubjectPublicKeyInfo(algorithm, key)
              : field);
    }
    var whole = new ASN1EncodableVector();
    whole.add(new DERSequence(fields));
    whole.add(holder.getSignatureAlgorithm());
    whole.add(new DERBitString(new byte[2048]));
    return new DERSequence(whole).getEncoded();
  }

  private static java.security.cert.X509Certificate certificate() throws Exception {
    return (java.security.cert.X509Certificate)
        java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new java.io.ByteArrayInputStream(ROOT.certificate().der().toArray()));
  }

  private static byte[] nested(int depth) {
    byte[] inner = new byte[0];
    for (int i = 0; i < depth; i++) {
      inner = tlv(0x30, inner);
    }
    return inner;
  }

  private static byte[] sequence(int tag, byte[] content) {
    return tlv(0x30, tlv(tag, content));
  }

  private static byte[] many(int count) throws Exception {
    var all = new ASN1EncodableVector();
    for (int i = 0; i < count; i++) {
      all.add(new DEROctetString(new byte[0]));
    }
    return new DERSequence(all).getEncoded();
  }

  private static byte[] tlv(int tag, byte[] content) {
    var out = new ByteArrayOutputStream(content.length + 6);
    out.write(tag);
    if (content.length < 128) {
      out.write(content.length);
    } else {
      out.write(0x83);
      out.write(content.length >> 16);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] repeated(int times, int... unit) {
    byte[] once = bytes(unit);
    byte[] all = new byte[times * once.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = once[i % once.length];
    }
    return all;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
