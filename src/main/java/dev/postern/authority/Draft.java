package dev.postern.authority;

import dev.postern.revocation.CrlLocation;
import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import dev.postern.x509.Moments;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.SubjectPublicKey;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * The TBSCertificate (RFC 5280 §4.1.2) of an order that was found good, written field by field in
 * the standard's order.
 */
final class Draft {
  /**
   * Clocks of clients are wrong by minutes; a certificate that begins in their future is refused by
   * them.
   */
  static final Duration BACKDATED = Duration.ofMinutes(5);

  private final V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
  private final ExtensionsGenerator extensions = new ExtensionsGenerator();

  Draft(
      Profile profile,
      Order order,
      IssuerCertificate issuer,
      AlgorithmIdentifier signature,
      SerialNumber serial,
      Instant now) {
    var ca = issuer.certificate();
    Instant notBefore = later(now.minus(BACKDATED), ca.notBefore());
    Instant notAfter =
        earlier(now.plus(order.validity().orElse(profile.validity())), ca.notAfter());
    frame(serial, signature, ca.subject(), notBefore, notAfter, order.subject(), order.publicKey());

    add(Extension.basicConstraints, true, new BasicConstraints(false));
    add(Extension.keyUsage, true, KeyUsage.structure(keyUsage(profile, order.publicKey())));
    add(Extension.extendedKeyUsage, false, purposes(profile.extendedKeyUsage()));
    keyIdentifiers(order.publicKey(), Optional.of(issuer.keyIdentifier()));
    // §4.2.1.6: critical if and only if the subject is empty.
    names(order.names(), order.subject().isEmpty());
    StatusPointers pointers = StatusPointers.of(profile, issuer, serial, notBefore, notAfter);
    status(pointers);
    access(issuer, pointers);
  }

  /** A CA certificate: {@code issuerKeyIdentifier} is empty for a root, which signs itself. */
  Draft(CaOrder order, AlgorithmIdentifier signature, SerialNumber serial, Instant now) {
    frame(
        serial,
        signature,
        order.issuer(),
        now,
        earlier(now.plus(order.validity()), order.latest()),
        order.subject(),
        order.publicKey());
    add(Extension.basicConstraints, true, constraints(order.pathLength()));
    add(
        Extension.keyUsage,
        true,
        KeyUsage.structure(EnumSet.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN)));
    keyIdentifiers(order.publicKey(), order.issuerKeyIdentifier());
  }

  TBSCertificate toBeSigned() {
    tbs.setExtensions(extensions.generate());
    return tbs.generateTBSCertificate();
  }

  private void frame(
      SerialNumber serial,
      AlgorithmIdentifier signature,
      DistinguishedName issuer,
      Instant notBefore,
      Instant notAfter,
      DistinguishedName subject,
      SubjectPublicKey publicKey) {
    tbs.setSerialNumber(new ASN1Integer(serial.value()));
    tbs.setSignature(signature);
    tbs.setIssuer(issuer.structure());
    tbs.setStartDate(Moments.time(notBefore));
    tbs.setEndDate(Moments.time(notAfter));
    tbs.setSubject(subject.structure());
    tbs.setSubjectPublicKeyInfo(publicKey.structure());
  }

  /**
   * RSA key exchange of TLS 1.2 needs keyEncipherment (RFC 5246 §7.4.2); other keys cannot
   * encipher.
   */
  private static Set<KeyUsage> keyUsage(Profile profile, SubjectPublicKey key) {
    EnumSet<KeyUsage> usage = EnumSet.copyOf(profile.keyUsage());
    if (key.algorithm().family() == KeyAlgorithm.Family.RSA
        && profile.extendedKeyUsage().contains(KeyPurpose.SERVER_AUTH)) {
      usage.add(KeyUsage.KEY_ENCIPHERMENT);
    }
    return usage;
  }

  private static ExtendedKeyUsage purposes(Set<KeyPurpose> purposes) {
    return new ExtendedKeyUsage(
        purposes.stream()
            .map(KeyPurpose::structure)
            .sorted((a, b) -> a.getId().compareTo(b.getId()))
            .toArray(KeyPurposeId[]::new));
  }

  private void keyIdentifiers(SubjectPublicKey key, Optional<Bytes> issuerKeyIdentifier) {
    add(
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(key.keyIdentifier().toArray()));
    issuerKeyIdentifier.ifPresent(id ->
        add(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(id.toArray())));
  }

  private void names(List<GeneralName> names, boolean critical) {
    if (!names.isEmpty()) {
      var structures =
          names.stream()
              .map(GeneralName::structure)
              .toArray(org.bouncycastle.asn1.x509.GeneralName[]::new);
      add(Extension.subjectAlternativeName, critical, new GeneralNames(structures));
    }
  }

  private void status(StatusPointers pointers) {
    switch (pointers) {
      case StatusPointers.None() -> {}
      case StatusPointers.NoneNeeded() -> add(Extension.noRevAvail, false, DERNull.INSTANCE);
      case StatusPointers.Unchecked() ->
          add(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
      case StatusPointers.Published published -> {
        add(Extension.cRLDistributionPoints, false, points(published.crl()));
        published.delta().ifPresent(delta -> add(Extension.freshestCRL, false, points(delta)));
      }
    }
  }

  private static CRLDistPoint points(CrlLocation location) {
    return new CRLDistPoint(new DistributionPoint[] {location.structure()});
  }

  /** AuthorityInfoAccess (§4.2.2.1): the OCSP responder, and the certificate above this one. */
  private void access(IssuerCertificate issuer, StatusPointers pointers) {
    List<AccessDescription> descriptions = new ArrayList<>();
    if (pointers instanceof StatusPointers.Published published) {
      descriptions.add(description(AccessDescription.id_ad_ocsp, published.ocsp()));
    }
    issuer
        .publication()
        .map(publication -> publication.certificate(issuer.keyIdentifier()))
        .ifPresent(uri -> descriptions.add(description(AccessDescription.id_ad_caIssuers, uri)));
    if (!descriptions.isEmpty()) {
      add(
          Extension.authorityInfoAccess,
          false,
          new AuthorityInformationAccess(descriptions.toArray(AccessDescription[]::new)));
    }
  }

  private static AccessDescription description(ASN1ObjectIdentifier method, URI uri) {
    return new AccessDescription(
        method,
        new org.bouncycastle.asn1.x509.GeneralName(
            org.bouncycastle.asn1.x509.GeneralName.uniformResourceIdentifier, uri.toString()));
  }

  private static BasicConstraints constraints(OptionalInt pathLength) {
    return pathLength.isPresent()
        ? new BasicConstraints(pathLength.getAsInt())
        : new BasicConstraints(true);
  }

  private void add(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    try {
      extensions.addExtension(oid, critical, value);
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
