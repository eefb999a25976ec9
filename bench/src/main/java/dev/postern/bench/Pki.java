package dev.postern.bench;

import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Identities.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.conscrypt.Conscrypt;

/**
 * A root, an issuing CA below it, a server's certificate, and as many people as are wanted. All
 * keys are P-256. Peers get the issuing CA in a form that is its own root ({@code client-ca.pem},
 * the same name and key), so that they have one signature to check.
 */
public final class Pki {
  /** How many users the certificates of people are of. */
  public static final int PEOPLE = 300;

  private static final Provider CONSCRYPT = Conscrypt.newProvider();
  private static final X500Name ROOT = new X500Name("O=Bench,CN=Bench Root CA");
  private static final X500Name ISSUING = new X500Name("O=Bench,CN=Bench Issuing CA");

  private final Path folder;
  private final KeyPair issuingKey = keyPair();
  private final X509Certificate issuing;
  private BigInteger serial = BigInteger.ONE.shiftLeft(126);
  private int people;

  /** Written to {@code folder} as PEM. */
  Pki(Path folder) throws GeneralSecurityException, IOException {
    this.folder = folder;
    KeyPair rootKey = keyPair();
    X509Certificate root = authority(ROOT, rootKey.getPublic(), ROOT, rootKey);
    issuing = authority(ISSUING, issuingKey.getPublic(), ROOT, rootKey);
    X509Certificate ownRoot = authority(ISSUING, issuingKey.getPublic(), ISSUING, issuingKey);
    write("root.pem", pem(root));
    write("chain.pem", pem(issuing) + pem(root));
    write("client-ca.pem", pem(ownRoot));
    write("issuing.pem", pem(issuing));
    write("issuing.key", pem(issuingKey.getPrivate()));
    KeyPair serverKey = keyPair();
    String server = pem(server("localhost", serverKey.getPublic())) + pem(issuing);
    write("server.pem", server);
    write("server.key", pem(serverKey.getPrivate()));
    write("server-and-key.pem", server + pem(serverKey.getPrivate()));
  }

  public Path folder() {
    return folder;
  }

  public Path path(String name) {
    return folder.resolve(name);
  }

  public X509Certificate issuer() {
    return issuing;
  }

  public PrivateKey issuerKey() {
    return issuingKey.getPrivate();
  }

  /** One of {@link #PEOPLE}. */
  public static String user(int number) {
    return "person" + number % PEOPLE;
  }

  /** So many certificates with keys of their own that nobody has seen before. */
  public Identities people(int count) {
    List<Identity> identities = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = people++;
      identities.add(person("Person %d".formatted(number), user(number)));
    }
    return new Identities(identities);
  }

  /** One certificate of one user. */
  public Identity person(String name, String user) {
    KeyPair key = keyPair();
    X500Name subject = new X500Name("O=Bench,UID=%s,CN=%s (bench)".formatted(user, name));
    return new Identity(key.getPrivate(), List.of(client(subject, key.getPublic()), issuing));
  }

  public static KeyPair keyPair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC", CONSCRYPT);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate authority(X500Name name, PublicKey key, X500Name issuer, KeyPair by)
      throws GeneralSecurityException {
    var builder = draft(issuer, name, key, Duration.ofDays(3650));
    try {
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(by.getPublic()));
      return signed(builder, by.getPrivate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509Certificate server(String host, PublicKey key) {
    var builder = draft(ISSUING, new X500Name("CN=" + host), key, Duration.ofDays(90));
    try {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
      return leaf(builder, KeyPurposeId.id_kp_serverAuth);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509Certificate client(X500Name subject, PublicKey key) {
    return leaf(draft(ISSUING, subject, key, Duration.ofDays(365)), KeyPurposeId.id_kp_clientAuth);
  }

  private X509Certificate leaf(X509v3CertificateBuilder builder, KeyPurposeId purpose) {
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuingKey.getPublic()));
      return signed(builder, issuingKey.getPrivate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509v3CertificateBuilder draft(
      X500Name issuer, X500Name subject, PublicKey key, Duration validity) {
    Instant now = Instant.now();
    serial = serial.add(BigInteger.ONE);
    return new JcaX509v3CertificateBuilder(
        issuer,
        serial,
        Date.from(now.minus(Duration.ofHours(1))),
        Date.from(now.plus(validity)),
        subject,
        key);
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey by)
      throws GeneralSecurityException {
    try {
      ContentSigner signer =
          new JcaContentSignerBuilder("SHA256withECDSA").setProvider(CONSCRYPT).build(by);
      byte[] der = builder.build(signer).getEncoded();
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static String pem(X509Certificate certificate) throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded());
  }

  private static String pem(PrivateKey key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String label, byte[] der) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, lines);
  }
}
