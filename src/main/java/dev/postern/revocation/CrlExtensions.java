package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a CRL (RFC 5280 §5.2).
 *
 * @param defect why §5.2 forbids to use a CRL that has them
 */
record CrlExtensions(
    Optional<BigInteger> crlNumber,
    Optional<BigInteger> baseCrlNumber,
    IssuingDistributionPoint point,
    Optional<Bytes> authorityKeyIdentifier,
    Optional<String> defect) {
  /** "CRL verifiers MUST be able to handle CRLNumber values up to 20 octets" (§5.2.3). */
  private static final int MAX_NUMBER_BITS = 20 * 8;

  /** Those that may be critical, and are processed here. */
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          Extension.issuingDistributionPoint,
          Extension.deltaCRLIndicator,
          Extension.issuerAlternativeName); // names nobody

  /** "MUST be … non-critical": §5.2.1, .3, .6, .7. */
  private static final Set<ASN1ObjectIdentifier> NEVER_CRITICAL =
      Set.of(
          Extension.authorityKeyIdentifier,
          Extension.cRLNumber,
          Extension.freshestCRL,
          Extension.authorityInfoAccess);

  private static final String PATH = "crlExtensions";

  static final CrlExtensions NONE =
      new CrlExtensions(
          Optional.empty(),
          Optional.empty(),
          IssuingDistributionPoint.NONE,
          Optional.empty(),
          Optional.of("has no CRL number"));

  static CrlExtensions of(Bytes der, DistinguishedName crlIssuer) throws MalformedException {
    ASN1Primitive value = Parsing.der(PATH, der, Parsing.MAX_STRUCTURE);
    Extensions extensions = Parsing.at(PATH, () -> Extensions.getInstance(value));
    ASN1Primitive point = value(extensions, Extension.issuingDistributionPoint);
    ASN1Primitive key = value(extensions, Extension.authorityKeyIdentifier);
    Optional<BigInteger> number = number(extensions, Extension.cRLNumber);
    return new CrlExtensions(
        number,
        number(extensions, Extension.deltaCRLIndicator),
        point == null
            ? IssuingDistributionPoint.NONE
            : Parsing.at(
                PATH + ".issuingDistributionPoint",
                () ->
                    IssuingDistributionPoint.of(
                        org.bouncycastle.asn1.x509.IssuingDistributionPoint.getInstance(point),
                        crlIssuer)),
        Parsing.at(
                PATH + ".authorityKeyIdentifier",
                () -> Optional.ofNullable(AuthorityKeyIdentifier.getInstance(key)))
            .flatMap(id -> Optional.ofNullable(id.getKeyIdentifierOctets()))
            .map(Bytes::of),
        defect(extensions, number));
  }

  private static Optional<String> defect(Extensions extensions, Optional<BigInteger> number) {
    for (ASN1ObjectIdentifier oid : extensions.getCriticalExtensionOIDs()) {
      if (NEVER_CRITICAL.contains(oid)) {
        return Optional.of("marks extension " + oid + " critical");
      }
      if (!UNDERSTOOD.contains(oid)) { // §5.2
        return Optional.of("its extension " + oid + " must be understood, and is not");
      }
    }
    return number.isEmpty() ? Optional.of("has no CRL number") : Optional.empty(); // §5.2.3
  }

  private static Optional<BigInteger> number(Extensions extensions, ASN1ObjectIdentifier oid)
      throws MalformedException {
    ASN1Primitive value = value(extensions, oid);
    if (value == null) {
      return Optional.empty();
    }
    String path = PATH + "." + oid.getId();
    BigInteger number = Parsing.at(path, () -> ASN1Integer.getInstance(value).getValue());
    if (number.signum() < 0 || number.bitLength() > MAX_NUMBER_BITS) {
      throw new MalformedException(path, "is not a number of zero or more, in 20 octets");
    }
    return Optional.of(number);
  }

  private static @Nullable ASN1Primitive value(Extensions extensions, ASN1ObjectIdentifier oid)
      throws MalformedException {
    Extension extension = extensions.getExtension(oid);
    return extension == null
        ? null
        : Parsing.der(
            PATH + "." + oid.getId(),
            Bytes.of(extension.getExtnValue().getOctets()),
            Parsing.MAX_STRUCTURE);
  }
}
