package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.Signer;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;

/**
 * A CRL to be (RFC 5280 §5), and {@link #sign} makes it one.
 *
 * @param number grows with each CRL of the issuer, deltas included (§5.2.3)
 * @param nextUpdate when a newer one will be there at the latest
 * @param part for a CRL of some of the issuer's certificates: the name by which they know it
 * @param base for a delta CRL: the number of the CRL since which it lists the changes
 * @param freshest where a complete CRL's deltas are to be had
 */
public record CrlDraft(
    DistinguishedName issuer,
    Bytes authorityKeyIdentifier,
    long number,
    Instant thisUpdate,
    Instant nextUpdate,
    Optional<CrlLocation> part,
    Optional<Long> base,
    Optional<CrlLocation> freshest,
    CrlEntries entries) {
  public CrlDraft {
    if (!nextUpdate.isAfter(thisUpdate) || number < 0) {
      throw new IllegalArgumentException("a CRL has a number, and a life before its end");
    }
    if (base.isPresent() && (base.get() > number || freshest.isPresent())) {
      // §5.2.4 and §5.2.6
      throw new IllegalArgumentException("a delta CRL comes after its base and has no deltas");
    }
  }

  /** A complete CRL of everything the issuer issued. */
  public static CrlDraft full(
      DistinguishedName issuer,
      Bytes authorityKeyIdentifier,
      long number,
      Instant thisUpdate,
      Instant nextUpdate,
      CrlEntries entries) {
    return new CrlDraft(
        issuer,
        authorityKeyIdentifier,
        number,
        thisUpdate,
        nextUpdate,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        entries);
  }

  /**
   * The CRL, as DER. {@link IllegalStateException} when what the signer returns does not verify.
   */
  public Bytes sign(Signer signer) {
    return new CrlWriter(this, signer.algorithm()).signedBy(signer);
  }

  /** In the order of §5.2. */
  Extensions extensions() {
    var extensions = new ExtensionsGenerator();
    add(
        extensions,
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(authorityKeyIdentifier.toArray()));
    add(extensions, Extension.cRLNumber, false, new ASN1Integer(number));
    base.ifPresent(
        number -> add(extensions, Extension.deltaCRLIndicator, true, new ASN1Integer(number)));
    part.ifPresent(location ->
        add(
            extensions,
            Extension.issuingDistributionPoint,
            true,
            new IssuingDistributionPoint(location.name(), false, false, null, false, false)));
    freshest.ifPresent(location ->
        add(
            extensions,
            Extension.freshestCRL,
            false,
            new CRLDistPoint(new DistributionPoint[] {location.structure()})));
    return extensions.generate();
  }

  private static void add(
      ExtensionsGenerator extensions,
      ASN1ObjectIdentifier oid,
      boolean critical,
      ASN1Encodable value) {
    try {
      extensions.addExtension(oid, critical, value);
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
  }
}
