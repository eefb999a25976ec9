package dev.postern.authority;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.TBSCertificate;

/**
 * A certificate that lacks only its signature and was read back by the parser that will judge it
 * later. Nothing else can be signed: {@link Authority} takes this type, and only {@link #lint}
 * makes it.
 */
public final class LintedCertificate {
  /** 20 octets (RFC 5280 §4.1.2.2); ours have 16. */
  private static final int LONGEST_SERIAL = 20 * 8 - 1;

  private final Bytes toBeSigned;
  private final AlgorithmIdentifier algorithm;
  private final Certificate unsigned;
  private final StatusPointers pointers;

  private LintedCertificate(
      Bytes toBeSigned,
      AlgorithmIdentifier algorithm,
      Certificate unsigned,
      StatusPointers pointers) {
    this.toBeSigned = toBeSigned;
    this.algorithm = algorithm;
    this.unsigned = unsigned;
    this.pointers = pointers;
  }

  /**
   * Reads {@code tbs} back under an empty signature and checks what every certificate of ours must
   * fulfil.
   */
  static Preparation lint(TBSCertificate tbs, Profile profile, IssuerCertificate issuer) {
    Bytes toBeSigned = Parsing.encode(tbs);
    Certificate unsigned;
    try {
      unsigned = Certificate.parse(assemble(toBeSigned, tbs.getSignature(), Bytes.of(new byte[0])));
    } catch (MalformedException e) {
      throw new IllegalStateException("we wrote a certificate that we cannot read", e);
    }
    List<Problem> problems = new ArrayList<>();
    check(problems, unsigned.version() == 3, "version", "is not 3");
    var serial = unsigned.serialNumber().value();
    check(
        problems,
        serial.signum() > 0 && serial.bitLength() <= LONGEST_SERIAL,
        "serialNumber",
        "not 1 to 20 octets");
    check(
        problems,
        unsigned.notBefore().isBefore(unsigned.notAfter()),
        "validity",
        "ends before it begins");
    check(
        problems,
        !unsigned.notAfter().isAfter(issuer.certificate().notAfter()),
        "validity",
        "outlives the CA certificate");
    check(
        problems,
        unsigned.issuer().equals(issuer.certificate().subject()),
        "issuer",
        "is not the CA's subject");
    check(
        problems,
        unsigned.authorityKeyIdentifier().filter(issuer.keyIdentifier()::equals).isPresent(),
        "authorityKeyIdentifier",
        "is not the CA's");
    check(
        problems,
        unsigned.subjectKeyIdentifier().isPresent(),
        "subjectKeyIdentifier",
        "is missing");
    check(problems, !unsigned.isCa(), "basicConstraints", "a leaf must not be a CA");
    check(
        problems,
        unsigned.extendedKeyUsage().filter(profile.extendedKeyUsage()::equals).isPresent(),
        "extendedKeyUsage",
        "is not the profile's");
    check(
        problems,
        !unsigned.subject().isEmpty() || !unsigned.subjectAlternativeNames().isEmpty(),
        "subject",
        "names nobody");
    StatusPointers pointers =
        StatusPointers.of(
            profile, issuer, unsigned.serialNumber(), unsigned.notBefore(), unsigned.notAfter());
    problems.addAll(PointerCheck.problems(unsigned, pointers));
    return problems.isEmpty()
        ? new Preparation.Ready(
            new LintedCertificate(toBeSigned, tbs.getSignature(), unsigned, pointers))
        : new Preparation.Refused(problems);
  }

  private static void check(List<Problem> problems, boolean holds, String field, String reason) {
    if (!holds) {
      problems.add(new Problem(field, reason));
    }
  }

  public SerialNumber serialNumber() {
    return unsigned.serialNumber();
  }

  /** The CRL that would list it, where there are several. */
  OptionalInt crlShard() {
    return pointers instanceof StatusPointers.Published published
        ? published.shard()
        : OptionalInt.empty();
  }

  /** The bytes to sign. */
  Bytes toBeSigned() {
    return toBeSigned;
  }

  /** The certificate, once {@code signature} over {@link #toBeSigned} is there. */
  Certificate signed(Bytes signature) {
    return read(assemble(toBeSigned, algorithm, signature));
  }

  static Certificate read(Bytes der) {
    try {
      return Certificate.parse(der);
    } catch (MalformedException e) {
      throw new IllegalStateException("the signature made the certificate unreadable", e);
    }
  }

  /** What was linted goes in byte for byte; nothing encodes it anew. */
  static Bytes assemble(Bytes toBeSigned, AlgorithmIdentifier algorithm, Bytes signature) {
    return Parsing.sequence(
        List.of(
            toBeSigned,
            Parsing.encode(algorithm),
            Parsing.encode(new DERBitString(signature.toArray()))));
  }
}
