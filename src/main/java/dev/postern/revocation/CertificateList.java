package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.Signatures;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;

/**
 * A CRL (RFC 5280 §5.1): the serial numbers its issuer no longer vouches for, as of {@link
 * #thisUpdate}.
 *
 * <pre>
 * TBSCertList  ::=  SEQUENCE  {
 *      version                 Version OPTIONAL, -- if present, MUST be v2
 *      signature               AlgorithmIdentifier,
 *      issuer                  Name,
 *      thisUpdate              Time,
 *      nextUpdate              Time OPTIONAL,
 *      revokedCertificates     SEQUENCE OF SEQUENCE  { … } OPTIONAL,
 *      crlExtensions           [0]  EXPLICIT Extensions OPTIONAL }
 * </pre>
 */
public final class CertificateList {
  /** About two million entries. */
  private static final int MAX_SIZE = 128 * 1024 * 1024;

  private final org.bouncycastle.asn1.x509.CertificateList structure;
  private final Instant thisUpdate;
  private final Optional<Instant> nextUpdate;
  private final int entries;
  private final Optional<BigInteger> crlNumber;

  private CertificateList(org.bouncycastle.asn1.x509.CertificateList structure) {
    this.structure = structure;
    this.thisUpdate = structure.getThisUpdate().getDate().toInstant();
    this.nextUpdate =
        Optional.ofNullable(structure.getNextUpdate()).map(time -> time.getDate().toInstant());
    this.entries = structure.getRevokedCertificates().length;
    Extensions extensions = structure.getTBSCertList().getExtensions();
    this.crlNumber =
        Optional.ofNullable(extensions)
            .map(all -> all.getExtensionParsedValue(Extension.cRLNumber))
            .map(value -> ASN1Integer.getInstance(value).getValue());
  }

  /** Reads one CRL. */
  public static CertificateList parse(Bytes der) throws MalformedException {
    var primitive = Parsing.der("certificateList", der, MAX_SIZE);
    return Parsing.at(
        "certificateList",
        () ->
            new CertificateList(org.bouncycastle.asn1.x509.CertificateList.getInstance(primitive)));
  }

  public DistinguishedName issuer() {
    return DistinguishedName.of(structure.getIssuer());
  }

  public Instant thisUpdate() {
    return thisUpdate;
  }

  public Optional<Instant> nextUpdate() {
    return nextUpdate;
  }

  /** How many certificates are revoked by it. */
  public int entries() {
    return entries;
  }

  public Optional<BigInteger> crlNumber() {
    return crlNumber;
  }

  public String signatureAlgorithm() {
    return Signatures.name(structure.getSignatureAlgorithm());
  }

  /** Whether {@code issuer}'s key signed it. */
  public boolean isSignedBy(SubjectPublicKey issuer) {
    return Signatures.verify(
        issuer,
        structure.getSignatureAlgorithm(),
        Parsing.encode(structure.getTBSCertList()),
        Bytes.of(structure.getSignature().getOctets()));
  }
}
