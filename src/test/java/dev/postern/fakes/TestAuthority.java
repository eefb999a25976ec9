package dev.postern.fakes;

import dev.postern.path.TrustAnchor;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SubjectPublicKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A CA for tests: certificates as a careful CA makes them, and every way to make them wrong. All
 * are valid at {@link #NOW} unless a test says otherwise.
 */
public final class TestAuthority {
  public static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  private static final AtomicLong SERIALS = new AtomicLong(0x51_0000_0000L);

  private final KeyPair keys;
  private final Certificate certificate;

  private TestAuthority(KeyPair keys, Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  public static TestAuthority root(String commonName) {
    KeyPair keys = TestKeys.fresh();
    DistinguishedName name = DistinguishedName.builder().commonName(commonName).build();
    return new TestAuthority(
        keys, authority(name, keys, name, keys, new BasicConstraints(true)).sign());
  }

  /** A CA below this one that issues leaves only. */
  public TestAuthority issuing(String commonName) {
    KeyPair below = TestKeys.fresh();
    DistinguishedName name = DistinguishedName.builder().commonName(commonName).build();
    return new TestAuthority(
        below, authority(name, below, certificate.subject(), keys, new BasicConstraints(0)).sign());
  }

  private static Draft authority(
      DistinguishedName subject,
      KeyPair subjectKeys,
      DistinguishedName issuer,
      KeyPair issuerKeys,
      BasicConstraints constraints) {
    return new Draft(issuer, issuerKeys, subject, subjectKeys.getPublic())
        .between(NOW.minus(Duration.ofDays(365)), NOW.plus(Duration.ofDays(3650)))
        .extension(Extension.basicConstraints, true, constraints)
        .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  public Certificate certificate() {
    return certificate;
  }

  public TrustAnchor anchor() {
    return TrustAnchor.of(certificate);
  }

  /** A client certificate about to be signed, for a key of its own; {@code names} are SANs. */
  public Draft client(DistinguishedName subject, GeneralName... names) {
    return leaf(subject, names).purpose(KeyPurpose.CLIENT_AUTH);
  }

  /** The same without a purpose. */
  public Draft leaf(DistinguishedName subject, GeneralName... names) {
    Draft draft =
        new Draft(certificate.subject(), keys, subject, TestKeys.of("P-256").getPublic())
            .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    if (names.length > 0) {
      draft.extension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              Stream.of(names)
                  .map(GeneralName::structure)
                  .toArray(org.bouncycastle.asn1.x509.GeneralName[]::new)));
    }
    return draft;
  }

  /** Only {@code UID}, as Postern's own certificates name their user, with a common name. */
  public Certificate clientOf(String user) {
    return client(DistinguishedName.builder().userId(user).commonName(user + " (laptop)").build())
        .sign();
  }

  /** A certificate about to be signed. */
  public static final class Draft {
    private record Ext(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {}

    private final DistinguishedName issuer;
    private final KeyPair issuerKeys;
    private final DistinguishedName subject;
    private final List<Ext> extensions = new ArrayList<>();
    private PublicKey key;
    private Instant notBefore = NOW.minus(Duration.ofDays(1));
    private Instant notAfter = NOW.plus(Duration.ofDays(90));
    private BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());
    private Optional<String> algorithm = Optional.empty();

    private Draft(
        DistinguishedName issuer, KeyPair issuerKeys, DistinguishedName subject, PublicKey key) {
      this.issuer = issuer;
      this.issuerKeys = issuerKeys;
      this.subject = subject;
      this.key = key;
    }

    public Draft between(Instant from, Instant until) {
      notBefore = from;
      notAfter = until;
      return this;
    }

    public Draft key(PublicKey key) {
      this.key = key;
      return this;
    }

    public Draft serial(BigInteger serial) {
      this.serial = serial;
      return this;
    }

    /** The JCA name of the signature; by default SHA-256 with the issuer's P-256 key. */
    public Draft algorithm(String name) {
      algorithm = Optional.of(name);
      return this;
    }

    public Draft purpose(KeyPurpose purpose) {
      KeyPurposeId[] ids = {purpose.structure()};
      return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(ids));
    }

    public Draft extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      extensions.add(new Ext(oid, critical, value));
      return this;
    }

    public Certificate sign() {
      try {
        var subjectKey = SubjectPublicKey.of(key);
        var builder =
            new X509v3CertificateBuilder(
                issuer.structure(),
                serial,
                Date.from(notBefore),
                Date.from(notAfter),
                subject.structure(),
                subjectKey.structure());
        for (Ext each : extensions) {
          builder.addExtension(each.oid(), each.critical(), each.value());
        }
        builder.addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new SubjectKeyIdentifier(subjectKey.keyIdentifier().toArray()));
        builder.addExtension(
            Extension.authorityKeyIdentifier,
            false,
            new AuthorityKeyIdentifier(
                SubjectPublicKey.of(issuerKeys.getPublic()).keyIdentifier().toArray()));
        return Certificate.parse(Bytes.of(builder.build(signer()).getEncoded()));
      } catch (IOException | OperatorCreationException | MalformedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** As {@code openssl x509 -req} makes them: version 1, no extensions. */
    public Certificate signVersion1() {
      try {
        var builder =
            new X509v1CertificateBuilder(
                issuer.structure(),
                serial,
                Date.from(notBefore),
                Date.from(notAfter),
                subject.structure(),
                SubjectPublicKey.of(key).structure());
        return Certificate.parse(Bytes.of(builder.build(signer()).getEncoded()));
      } catch (IOException | OperatorCreationException | MalformedException e) {
        throw new IllegalStateException(e);
      }
    }

    private ContentSigner signer() throws OperatorCreationException {
      return new JcaContentSignerBuilder(algorithm.orElse("SHA256withECDSA"))
          .build(issuerKeys.getPrivate());
    }
  }
}
