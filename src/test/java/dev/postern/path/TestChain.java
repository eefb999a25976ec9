package dev.postern.path;

import dev.postern.fakes.TestKeys;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Chains made by code: conforming as they come, and every field can be made wrong. */
public final class TestChain {
  public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  private TestChain() {}

  /** A certificate and the key it certifies. */
  public record Party(Certificate certificate, KeyPair keys) {
    /** A CA below this one. */
    public Draft ca(String commonName) {
      return new Draft(name(commonName), TestKeys.fresh())
          .issuedBy(certificate.subject(), keys)
          .asCa();
    }

    /** A leaf for client and server, called like its common name in all lower case. */
    public Draft leaf(String commonName) {
      return new Draft(name(commonName), TestKeys.of("P-256"))
          .issuedBy(certificate.subject(), keys)
          .keyUsage(KeyUsage.digitalSignature)
          .purposes(KeyPurpose.CLIENT_AUTH, KeyPurpose.SERVER_AUTH);
    }

    public TrustAnchor anchor() {
      return TrustAnchor.of(certificate);
    }
  }

  public static DistinguishedName name(String commonName) {
    return DistinguishedName.builder().organization("Test").commonName(commonName).build();
  }

  /** A self-signed CA. */
  public static Draft root(String commonName) {
    KeyPair keys = TestKeys.fresh();
    return new Draft(name(commonName), keys)
        .issuedBy(name(commonName), keys)
        .asCa()
        .without(Extension.authorityKeyIdentifier);
  }

  public static PathValidation validate(PathRules rules, Party leaf, Party root, Party... between) {
    return validate(Purpose.CLIENT, rules, leaf, List.of(root.anchor()), between);
  }

  public static PathValidation validate(Party leaf, Party root, Party... between) {
    return validate(PathRules.DEFAULT, leaf, root, between);
  }

  public static PathValidation validate(
      Purpose purpose, PathRules rules, Party leaf, List<TrustAnchor> anchors, Party... between) {
    return new PathValidator()
        .validate(
            new PathValidator.Request(
                leaf.certificate(),
                Arrays.stream(between).map(Party::certificate).toList(),
                anchors,
                purpose,
                NOW,
                rules));
  }

  /** Empty when the path is valid. */
  public static Optional<PathProblem.Code> code(PathValidation validation) {
    return switch (validation) {
      case PathValidation.Valid _ -> Optional.empty();
      case PathValidation.Invalid(PathProblem problem) -> Optional.of(problem.code());
    };
  }

  /** A certificate about to be signed. */
  public static final class Draft {
    private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
    private DistinguishedName subject;
    private KeyPair keys;
    private DistinguishedName issuer;
    private KeyPair issuerKeys;
    private Instant notBefore = NOW.minus(Duration.ofDays(30));
    private Instant notAfter = NOW.plus(Duration.ofDays(300));
    private BigInteger serial = BigInteger.valueOf(0x1234_5678L);
    private String algorithm = "SHA256withECDSA";

    private Draft(DistinguishedName subject, KeyPair keys) {
      this.subject = subject;
      this.keys = keys;
      this.issuer = subject;
      this.issuerKeys = keys;
      identify();
    }

    private Draft identify() {
      var subjectKey = SubjectPublicKey.of(keys.getPublic()).keyIdentifier();
      var issuerKey = SubjectPublicKey.of(issuerKeys.getPublic()).keyIdentifier();
      with(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(subjectKey.toArray()));
      return with(
          Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(issuerKey.toArray()));
    }

    public Draft issuedBy(DistinguishedName issuer, KeyPair keys) {
      this.issuer = issuer;
      this.issuerKeys = keys;
      return identify();
    }

    public Draft called(DistinguishedName subject) {
      this.subject = subject;
      return this;
    }

    public Draft keys(KeyPair keys) {
      this.keys = keys;
      return identify();
    }

    public Draft between(Instant notBefore, Instant notAfter) {
      this.notBefore = notBefore;
      this.notAfter = notAfter;
      return this;
    }

    public Draft expired() {
      return between(NOW.minus(Duration.ofDays(60)), NOW.minus(Duration.ofDays(1)));
    }

    public Draft serial(BigInteger serial) {
      this.serial = serial;
      return this;
    }

    public Draft algorithm(String algorithm) {
      this.algorithm = algorithm;
      return this;
    }

    public Draft asCa() {
      return with(Extension.basicConstraints, true, new BasicConstraints(true))
          .keyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
    }

    public Draft pathLength(int length) {
      return with(Extension.basicConstraints, true, new BasicConstraints(length));
    }

    public Draft keyUsage(int bits) {
      return with(Extension.keyUsage, true, new KeyUsage(bits));
    }

    public Draft purposes(KeyPurpose... purposes) {
      KeyPurposeId[] ids =
          Stream.of(purposes).map(KeyPurpose::structure).toArray(KeyPurposeId[]::new);
      return with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(ids));
    }

    /** {@code dns:a.example}, {@code email:…}, {@code uri:…}, {@code ip:…}, {@code upn:…}. */
    public Draft names(String... names) {
      var structures =
          Stream.of(names)
              .map(name -> GeneralName.parse(name).structure())
              .toArray(org.bouncycastle.asn1.x509.GeneralName[]::new);
      return with(Extension.subjectAlternativeName, false, new GeneralNames(structures));
    }

    public Draft permits(org.bouncycastle.asn1.x509.GeneralName... bases) {
      return with(Extension.nameConstraints, true, new NameConstraints(subtrees(bases), null));
    }

    public Draft excludes(org.bouncycastle.asn1.x509.GeneralName... bases) {
      return with(Extension.nameConstraints, true, new NameConstraints(null, subtrees(bases)));
    }

    private static GeneralSubtree[] subtrees(org.bouncycastle.asn1.x509.GeneralName... bases) {
      return Stream.of(bases).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
    }

    public Draft with(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      try {
        extensions.put(
            oid, new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER")));
        return this;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    public Draft without(ASN1ObjectIdentifier... oids) {
      extensions.keySet().removeAll(List.of(oids));
      return this;
    }

    public Party sign() {
      try {
        var builder =
            new X509v3CertificateBuilder(
                issuer.structure(),
                serial,
                Date.from(notBefore),
                Date.from(notAfter),
                subject.structure(),
                SubjectPublicKey.of(keys.getPublic()).structure());
        for (Extension extension : extensions.values()) {
          builder.addExtension(extension);
        }
        return party(builder.build(signer()).getEncoded());
      } catch (IOException | OperatorCreationException e) {
        throw new IllegalStateException(e);
      }
    }

    /** As old {@code openssl x509 -req} makes them: version 1, no extensions. */
    public Party signVersion1() {
      try {
        var builder =
            new X509v1CertificateBuilder(
                issuer.structure(),
                serial,
                Date.from(notBefore),
                Date.from(notAfter),
                subject.structure(),
                SubjectPublicKey.of(keys.getPublic()).structure());
        return party(builder.build(signer()).getEncoded());
      } catch (IOException | OperatorCreationException e) {
        throw new IllegalStateException(e);
      }
    }

    private Party party(byte[] der) {
      try {
        return new Party(Certificate.parse(Bytes.of(der)), keys);
      } catch (MalformedException e) {
        throw new IllegalStateException(e);
      }
    }

    private ContentSigner signer() throws OperatorCreationException {
      var builder = new JcaContentSignerBuilder(algorithm);
      if (algorithm.endsWith("MGF1")) { // the JDK has PSS under another name
        builder.setProvider(new BouncyCastleProvider());
      }
      return builder.build(issuerKeys.getPrivate());
    }
  }
}
