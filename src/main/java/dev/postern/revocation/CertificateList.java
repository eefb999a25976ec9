package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.Signatures;
import dev.postern.x509.SubjectPublicKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * A CRL (RFC 5280 §5.1): the serial numbers its issuer no longer vouches for, as of {@link
 * #thisUpdate}.
 *
 * <pre>
 * CertificateList  ::=  SEQUENCE  {
 *      tbsCertList          TBSCertList,
 *      signatureAlgorithm   AlgorithmIdentifier,
 *      signatureValue       BIT STRING  }
 *
 * TBSCertList  ::=  SEQUENCE  {
 *      version                 Version OPTIONAL, -- if present, MUST be v2
 *      signature               AlgorithmIdentifier,
 *      issuer                  Name,
 *      thisUpdate              Time,
 *      nextUpdate              Time OPTIONAL,
 *      revokedCertificates     SEQUENCE OF SEQUENCE  { … } OPTIONAL,
 *      crlExtensions           [0]  EXPLICIT Extensions OPTIONAL }
 * </pre>
 *
 * Parsed once, asked often, by any number of threads. Parsed is not trusted: {@link
 * RevocationChecker} says whether it counts.
 */
public final class CertificateList {
  /** About three million entries. */
  private static final int MAX_SIZE = 128 * 1024 * 1024;

  private static final String PATH = "certificateList";
  private static final int VERSION_2 = 1;
  private static final int CRL_EXTENSIONS = 0xA0;

  private final DerOctets octets;
  private final int signedFrom;
  private final int signedUntil;
  private final Bytes signature;
  private final AlgorithmIdentifier signatureAlgorithm;
  private final DistinguishedName issuer;
  private final Instant thisUpdate;
  private final Optional<Instant> nextUpdate;
  private final RevokedCertificates revoked;
  private final CrlExtensions extensions;
  private final Optional<String> defect;

  /**
   * Whose signature was found good: large CRLs take long to hash, and are asked again and again.
   */
  private final AtomicReference<Optional<SubjectPublicKey>> signer =
      new AtomicReference<>(Optional.empty());

  private CertificateList(DerOctets octets) throws MalformedException {
    this.octets = octets;
    int end = octets.size();
    this.signedFrom = octets.enter(DerOctets.SEQUENCE, 0, end);
    if (octets.end(0, end) != end) {
      throw octets.malformed(octets.end(0, end), "something follows the end of the structure");
    }
    this.signedUntil = octets.end(signedFrom, end);
    int signatureAt = octets.end(signedUntil, end);
    this.signatureAlgorithm = algorithm(octets, signedUntil, signatureAt);
    int bits = octets.enter(DerOctets.BIT_STRING, signatureAt, end);
    if (octets.end(signatureAt, end) != end || bits == end || octets.octet(bits) != 0) {
      throw octets.malformed(signatureAt, "is not a signature");
    }
    this.signature = octets.slice(bits + 1, end);

    int position = octets.enter(DerOctets.SEQUENCE, signedFrom, signedUntil);
    boolean hasVersion = octets.is(DerOctets.INTEGER, position, signedUntil);
    if (hasVersion) {
      int version = octets.enterInteger(position, signedUntil);
      position = octets.end(position, signedUntil);
      if (position - version != 1 || octets.octet(version) != VERSION_2) {
        throw octets.malformed(version, "is not version 2");
      }
    }
    int issuerAt = octets.end(position, signedUntil);
    AlgorithmIdentifier inside = algorithm(octets, position, issuerAt);
    position = octets.end(issuerAt, signedUntil);
    this.issuer = name(octets, issuerAt, position);
    this.thisUpdate = octets.time(position, signedUntil);
    position = octets.end(position, signedUntil);
    boolean hasNextUpdate =
        octets.is(DerOctets.UTC_TIME, position, signedUntil)
            || octets.is(DerOctets.GENERALIZED_TIME, position, signedUntil);
    this.nextUpdate =
        hasNextUpdate ? Optional.of(octets.time(position, signedUntil)) : Optional.empty();
    position = hasNextUpdate ? octets.end(position, signedUntil) : position;
    if (octets.is(DerOctets.SEQUENCE, position, signedUntil)) {
      int entries = octets.enter(DerOctets.SEQUENCE, position, signedUntil);
      position = octets.end(position, signedUntil);
      this.revoked = RevokedCertificates.of(octets, entries, position);
    } else {
      this.revoked = RevokedCertificates.none(octets);
    }
    this.extensions = extensions(octets, position, signedUntil, issuer);
    this.defect = defect(hasVersion, inside);
  }

  /** Reads one CRL; refuses BER, trailing bytes, and known extensions that do not parse. */
  public static CertificateList parse(Bytes der) throws MalformedException {
    if (der.size() > MAX_SIZE) {
      throw new MalformedException(
          PATH, der.size() + " bytes is more than the " + MAX_SIZE + " we read");
    }
    return new CertificateList(new DerOctets(PATH, der));
  }

  private static AlgorithmIdentifier algorithm(DerOctets octets, int position, int end)
      throws MalformedException {
    String path = PATH + ".signatureAlgorithm";
    var value = Parsing.der(path, octets.slice(position, end), Parsing.MAX_STRUCTURE);
    return Parsing.at(path, () -> AlgorithmIdentifier.getInstance(value));
  }

  private static DistinguishedName name(DerOctets octets, int position, int end)
      throws MalformedException {
    String path = PATH + ".issuer";
    var value = Parsing.der(path, octets.slice(position, end), Parsing.MAX_STRUCTURE);
    return Parsing.at(path, () -> DistinguishedName.of(X500Name.getInstance(value)));
  }

  private static CrlExtensions extensions(
      DerOctets octets, int position, int end, DistinguishedName issuer) throws MalformedException {
    if (position == end) {
      return CrlExtensions.NONE;
    }
    int content = octets.enter(CRL_EXTENSIONS, position, end);
    if (octets.end(position, end) != end) {
      throw octets.malformed(position, "tbsCertList holds more than it may");
    }
    return CrlExtensions.of(octets.slice(content, end), issuer);
  }

  /** What §5 says MUST be, and makes no CRL unreadable when it is not. */
  private Optional<String> defect(boolean hasVersion, AlgorithmIdentifier inside) {
    if (!signatureAlgorithm.equals(inside)) { // §5.1.1.2
      return Optional.of("names two different signature algorithms");
    }
    if (!hasVersion) { // §5.1.2.1; version 1 has no extensions, and those are needed
      return Optional.of("is not of version 2");
    }
    if (nextUpdate.isEmpty()) { // §5.1.2.5
      return Optional.of("does not say when the next one is due");
    }
    if (!revoked.isUnderstood()) { // §5.3
      return Optional.of("has an entry with a critical extension that is not understood");
    }
    if (revoked.namesIssuers() && !extensions.point().isIndirect()) { // §5.3.3
      return Optional.of("has entries of other issuers, but is no indirect CRL");
    }
    return extensions.defect();
  }

  public DistinguishedName issuer() {
    return issuer;
  }

  public Instant thisUpdate() {
    return thisUpdate;
  }

  public Optional<Instant> nextUpdate() {
    return nextUpdate;
  }

  /** How many certificates are revoked by it. */
  public int entries() {
    return revoked.size();
  }

  public Optional<BigInteger> crlNumber() {
    return extensions.crlNumber();
  }

  /** BaseCRLNumber, present in a delta CRL alone: the CRL that it continues (§5.2.4). */
  public Optional<BigInteger> baseCrlNumber() {
    return extensions.baseCrlNumber();
  }

  public boolean isDelta() {
    return baseCrlNumber().isPresent();
  }

  /** What it covers; absent, it is everything that its issuer issued. */
  public IssuingDistributionPoint issuingDistributionPoint() {
    return extensions.point();
  }

  /** The keyIdentifier of AuthorityKeyIdentifier (§5.2.1). */
  public Optional<Bytes> authorityKeyIdentifier() {
    return extensions.authorityKeyIdentifier();
  }

  /** Why it must not be used, whoever signed it and whenever that was. */
  public Optional<String> defect() {
    return defect;
  }

  /** Its entry for {@code certificate}, if it has one. */
  Optional<RevokedCertificates.Revocation> find(Certificate certificate) {
    return revoked.find(certificate.serialNumber(), certificate.issuer(), issuer);
  }

  /** The size of its DER. */
  int size() {
    return octets.size();
  }

  AlgorithmIdentifier algorithm() {
    return signatureAlgorithm;
  }

  public String signatureAlgorithm() {
    return Signatures.name(signatureAlgorithm);
  }

  /** Whether {@code issuer}'s key signed it; asked again about the same key, it remembers. */
  public boolean isSignedBy(SubjectPublicKey issuer) {
    if (signer.get().filter(issuer::equals).isPresent()) {
      return true;
    }
    boolean signed =
        Signatures.verify(
            issuer, signatureAlgorithm, octets.slice(signedFrom, signedUntil), signature);
    if (signed) {
      signer.set(Optional.of(issuer));
    }
    return signed;
  }
}
