package dev.postern.x509;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;

/**
 * An X.509 certificate (RFC 5280 §4.1): a statement, signed by {@link #issuer}, that the holder of
 * the private key behind {@link #publicKey} is {@link #subject} and {@link
 * #subjectAlternativeNames}, from {@link #notBefore} to {@link #notAfter}, for the purposes of
 * {@link #extendedKeyUsage}.
 *
 * <pre>
 * Certificate  ::=  SEQUENCE  {
 *      tbsCertificate       TBSCertificate,
 *      signatureAlgorithm   AlgorithmIdentifier,
 *      signatureValue       BIT STRING  }
 *
 * TBSCertificate  ::=  SEQUENCE  {
 *      version         [0]  EXPLICIT Version DEFAULT v1,
 *      serialNumber         CertificateSerialNumber,
 *      signature            AlgorithmIdentifier,
 *      issuer               Name,
 *      validity             Validity,
 *      subject              Name,
 *      subjectPublicKeyInfo SubjectPublicKeyInfo,
 *      issuerUniqueID  [1]  IMPLICIT UniqueIdentifier OPTIONAL,
 *      subjectUniqueID [2]  IMPLICIT UniqueIdentifier OPTIONAL,
 *      extensions      [3]  EXPLICIT Extensions OPTIONAL }
 * </pre>
 *
 * Parsed is not trusted: {@code path} says whether a certificate can be believed.
 */
public final class Certificate {
  private final Bytes der;
  private final Bytes fingerprint;
  private final org.bouncycastle.asn1.x509.Certificate structure;
  private final SerialNumber serialNumber;
  private final Bytes signature;
  private final DistinguishedName issuer;
  private final DistinguishedName subject;
  private final SubjectPublicKey publicKey;
  private final Instant notBefore;
  private final Instant notAfter;
  private final Optional<BasicConstraints> basicConstraints;
  private final Optional<Set<KeyUsage>> keyUsage;
  private final Optional<Set<KeyPurpose>> extendedKeyUsage;
  private final List<GeneralName> subjectAlternativeNames;
  private final Optional<Bytes> subjectKeyIdentifier;
  private final Optional<Bytes> authorityKeyIdentifier;

  /** BasicConstraints (RFC 5280 §4.2.1.9). */
  public record BasicConstraints(boolean ca, OptionalInt pathLength) {}

  private Certificate(Bytes der, org.bouncycastle.asn1.x509.Certificate structure)
      throws MalformedException {
    this.der = der;
    this.fingerprint = der.sha256();
    this.serialNumber = new SerialNumber(structure.getSerialNumber().getValue());
    this.structure = structure;
    this.signature =
        Parsing.at("signatureValue", () -> Bytes.of(structure.getSignature().getOctets()));
    TBSCertificate tbs = structure.getTBSCertificate();
    this.issuer = name("tbsCertificate.issuer", tbs.getIssuer());
    this.subject = name("tbsCertificate.subject", tbs.getSubject());
    this.publicKey = SubjectPublicKey.of(tbs.getSubjectPublicKeyInfo());
    this.notBefore = instant("tbsCertificate.validity.notBefore", tbs.getStartDate());
    this.notAfter = instant("tbsCertificate.validity.notAfter", tbs.getEndDate());
    this.basicConstraints =
        extension(
            Extension.basicConstraints,
            value ->
                basicConstraints(org.bouncycastle.asn1.x509.BasicConstraints.getInstance(value)));
    this.keyUsage =
        extension(Extension.keyUsage, org.bouncycastle.asn1.x509.KeyUsage::getInstance)
            .map(KeyUsage::of);
    this.extendedKeyUsage =
        extension(Extension.extendedKeyUsage, ExtendedKeyUsage::getInstance)
            .map(Certificate::purposes);
    this.subjectAlternativeNames =
        names(extension(Extension.subjectAlternativeName, GeneralNames::getInstance));
    this.subjectKeyIdentifier =
        extension(Extension.subjectKeyIdentifier, ASN1OctetString::getInstance)
            .map(id -> Bytes.of(id.getOctets()));
    this.authorityKeyIdentifier =
        extension(Extension.authorityKeyIdentifier, AuthorityKeyIdentifier::getInstance)
            .flatMap(id -> Optional.ofNullable(id.getKeyIdentifierOctets()))
            .map(Bytes::of);
  }

  /** Reads one certificate; refuses BER, trailing bytes, and known extensions that do not parse. */
  public static Certificate parse(Bytes der) throws MalformedException {
    var primitive = Parsing.der("certificate", der, Parsing.MAX_STRUCTURE);
    var structure =
        Parsing.at(
            "certificate", () -> org.bouncycastle.asn1.x509.Certificate.getInstance(primitive));
    return Parsing.at("certificate", () -> new Certificate(der, structure));
  }

  private static DistinguishedName name(String path, X500Name name) throws MalformedException {
    return Parsing.at(path, () -> DistinguishedName.of(name));
  }

  private static Instant instant(String path, Time time) throws MalformedException {
    return Parsing.at(path, () -> Moments.of(time));
  }

  private static BasicConstraints basicConstraints(
      org.bouncycastle.asn1.x509.BasicConstraints constraints) {
    var length = constraints.getPathLenConstraintInteger(); // INTEGER (0..MAX)
    if (length != null && length.getValue().signum() < 0) {
      throw new IllegalArgumentException("a negative pathLenConstraint");
    }
    return new BasicConstraints(
        constraints.isCA(),
        length == null
            ? OptionalInt.empty()
            : OptionalInt.of(
                length.getValue().min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue()));
  }

  private static Set<KeyPurpose> purposes(ExtendedKeyUsage usage) {
    Set<KeyPurpose> set = new LinkedHashSet<>();
    for (KeyPurposeId id : usage.getUsages()) {
      set.add(KeyPurpose.of(id));
    }
    return Collections.unmodifiableSet(set);
  }

  private static List<GeneralName> names(Optional<GeneralNames> names) throws MalformedException {
    List<GeneralName> list = new ArrayList<>();
    if (names.isPresent()) {
      for (var name : names.get().getNames()) {
        list.add(GeneralName.of(name));
      }
    }
    return List.copyOf(list);
  }

  /** Reads an extension's value as one type. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(ASN1Encodable value);
  }

  /**
   * The extension {@code oid} through {@code reader}; malformed when the bytes are not DER of that
   * type.
   */
  public <T> Optional<T> extension(ASN1ObjectIdentifier oid, Reader<T> reader)
      throws MalformedException {
    Extensions extensions = structure.getTBSCertificate().getExtensions();
    Extension extension = extensions == null ? null : extensions.getExtension(oid);
    if (extension == null) {
      return Optional.empty();
    }
    String path = "tbsCertificate.extensions." + oid.getId();
    var value =
        Parsing.der(path, Bytes.of(extension.getExtnValue().getOctets()), Parsing.MAX_STRUCTURE);
    return Optional.of(Parsing.at(path, () -> reader.read(value)));
  }

  public Bytes der() {
    return der;
  }

  /** The DER of the TBSCertificate. */
  public Bytes toBeSigned() {
    return Parsing.firstOf(der);
  }

  /** SHA-256 of the DER: how a certificate is recognised. */
  public Bytes fingerprint() {
    return fingerprint;
  }

  /** 1, 2 or 3. */
  public int version() {
    return structure.getVersionNumber();
  }

  public SerialNumber serialNumber() {
    return serialNumber;
  }

  public DistinguishedName issuer() {
    return issuer;
  }

  public DistinguishedName subject() {
    return subject;
  }

  /** The first second of validity, itself included. */
  public Instant notBefore() {
    return notBefore;
  }

  /** The last second of validity, itself included (RFC 5280 §4.1.2.5). */
  public Instant notAfter() {
    return notAfter;
  }

  public boolean validAt(Instant instant) {
    return !instant.isBefore(notBefore) && instant.isBefore(notAfter.plusSeconds(1));
  }

  public SubjectPublicKey publicKey() {
    return publicKey;
  }

  public Optional<BasicConstraints> basicConstraints() {
    return basicConstraints;
  }

  /** Whether it says of itself that it is a CA. */
  public boolean isCa() {
    return basicConstraints.isPresent() && basicConstraints.get().ca();
  }

  /** Absent means: any usage. */
  public Optional<Set<KeyUsage>> keyUsage() {
    return keyUsage;
  }

  /** Absent means: any purpose. */
  public Optional<Set<KeyPurpose>> extendedKeyUsage() {
    return extendedKeyUsage;
  }

  public List<GeneralName> subjectAlternativeNames() {
    return subjectAlternativeNames;
  }

  public Optional<Bytes> subjectKeyIdentifier() {
    return subjectKeyIdentifier;
  }

  /**
   * What certificates below this one carry as AuthorityKeyIdentifier (RFC 5280 §4.2.1.1): its
   * subjectKeyIdentifier, or that of its key where it has none.
   */
  public Bytes keyIdentifier() {
    return subjectKeyIdentifier.orElseGet(publicKey::keyIdentifier);
  }

  /** The keyIdentifier field of AuthorityKeyIdentifier. */
  public Optional<Bytes> authorityKeyIdentifier() {
    return authorityKeyIdentifier;
  }

  public boolean isSelfIssued() {
    return issuer().equals(subject());
  }

  /** Whether {@code issuer}'s key made this certificate's signature; names are not compared. */
  public boolean isSignedBy(SubjectPublicKey issuer) {
    // §4.1.1.2: the algorithm named outside the signed part MUST be the one named inside it.
    return structure.getSignatureAlgorithm().equals(structure.getTBSCertificate().getSignature())
        && Signatures.verify(issuer, structure.getSignatureAlgorithm(), toBeSigned(), signature);
  }

  /** The JCA name of the signature, {@code SHA256withECDSA}, or its number. */
  public String signatureAlgorithm() {
    return Signatures.name(structure.getSignatureAlgorithm());
  }

  public org.bouncycastle.asn1.x509.Certificate structure() {
    return structure;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate that && der.equals(that.der);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return subject() + " (serial …" + serialNumber().tail() + ")";
  }
}
