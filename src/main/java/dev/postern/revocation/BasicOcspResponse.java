package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.Signatures;
import dev.postern.x509.SubjectPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/**
 * A responder's signed answer (RFC 6960 §4.2.1).
 *
 * <pre>
 * BasicOCSPResponse ::= SEQUENCE {
 *      tbsResponseData          ResponseData,
 *      signatureAlgorithm       AlgorithmIdentifier,
 *      signature                BIT STRING,
 *      certs                [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
 *
 * ResponseData ::= SEQUENCE {
 *      version              [0] EXPLICIT Version DEFAULT v1,
 *      responderID              ResponderID,
 *      producedAt               GeneralizedTime,
 *      responses                SEQUENCE OF SingleResponse,
 *      responseExtensions   [1] EXPLICIT Extensions OPTIONAL }
 * </pre>
 *
 * Parsed is not trusted: {@link RevocationChecker} says whether it counts.
 */
public final class BasicOcspResponse {
  private static final String PATH = "basicOcspResponse";

  /** §4.4: none of them changes what the answer means. */
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
          OCSPObjectIdentifiers.id_pkix_ocsp_crl,
          OCSPObjectIdentifiers.id_pkix_ocsp_archive_cutoff,
          OCSPObjectIdentifiers.id_pkix_ocsp_extended_revoke,
          Extension.reasonCode,
          Extension.invalidityDate);

  private final Bytes signed;
  private final AlgorithmIdentifier signatureAlgorithm;
  private final Bytes signature;
  private final ResponderId responderId;
  private final Instant producedAt;
  private final List<SingleResponse> responses;
  private final Optional<Bytes> nonce;
  private final Optional<String> defect;
  private final List<Certificate> certificates;

  /** Who says that he signed. */
  public sealed interface ResponderId {
    record ByName(DistinguishedName name) implements ResponderId {}

    /** The SHA-1 of the responder's public key, without tag and length. */
    record ByKey(Bytes keyHash) implements ResponderId {}

    default boolean names(Certificate certificate) {
      return switch (this) {
        case ByName(DistinguishedName name) -> name.equals(certificate.subject());
        case ByKey(Bytes keyHash) ->
            keyHash.equals(
                Bytes.of(certificate.publicKey().structure().getPublicKeyData().getOctets())
                    .sha1());
      };
    }
  }

  /**
   * The answer about one certificate.
   *
   * <pre>
   * SingleResponse ::= SEQUENCE {
   *      certID                       CertID,
   *      certStatus                   CertStatus,
   *      thisUpdate                   GeneralizedTime,
   *      nextUpdate         [0]       EXPLICIT GeneralizedTime OPTIONAL,
   *      singleExtensions   [1]       EXPLICIT Extensions OPTIONAL }
   * </pre>
   *
   * @param defect why it must not be used, whoever signed it
   */
  public record SingleResponse(
      CertId certId,
      RevocationStatus status,
      Instant thisUpdate,
      Optional<Instant> nextUpdate,
      Optional<String> defect) {}

  private BasicOcspResponse(ASN1Primitive primitive) throws MalformedException {
    // As it came: a version that is written out although it is the default was signed like that.
    this.signed = Parsing.encode(ASN1Sequence.getInstance(primitive).getObjectAt(0));
    BasicOCSPResponse structure = BasicOCSPResponse.getInstance(primitive);
    this.signatureAlgorithm = structure.getSignatureAlgorithm();
    this.signature = Bytes.of(structure.getSignature().getOctets());
    ResponseData data = structure.getTbsResponseData();
    if (data.getVersion().intValueExact() != 0) {
      throw new MalformedException(PATH + ".version", "is not 1");
    }
    this.responderId = responderId(data.getResponderID());
    this.producedAt = time("producedAt", data.getProducedAt());
    List<SingleResponse> list = new ArrayList<>();
    for (ASN1Encodable each : data.getResponses()) {
      list.add(single(org.bouncycastle.asn1.ocsp.SingleResponse.getInstance(each)));
    }
    this.responses = List.copyOf(list);
    this.nonce = nonce(data.getResponseExtensions());
    this.defect = defect(data.getResponseExtensions());
    this.certificates = certificates(structure.getCerts());
  }

  static BasicOcspResponse parse(Bytes der) throws MalformedException {
    var primitive = Parsing.der(PATH, der, Parsing.MAX_STRUCTURE);
    return Parsing.at(PATH, () -> new BasicOcspResponse(primitive));
  }

  private static ResponderId responderId(ResponderID id) {
    return id.getKeyHash() == null
        ? new ResponderId.ByName(DistinguishedName.of(id.getName()))
        : new ResponderId.ByKey(Bytes.of(id.getKeyHash()));
  }

  private static Instant time(String field, ASN1GeneralizedTime time) throws MalformedException {
    return DerOctets.generalizedTime(PATH + "." + field, time);
  }

  private static SingleResponse single(org.bouncycastle.asn1.ocsp.SingleResponse single)
      throws MalformedException {
    ASN1GeneralizedTime next = single.getNextUpdate();
    return new SingleResponse(
        CertId.of(single.getCertID()),
        status(single.getCertStatus()),
        time("thisUpdate", single.getThisUpdate()),
        next == null ? Optional.empty() : Optional.of(time("nextUpdate", next)),
        defect(single.getSingleExtensions()));
  }

  /**
   * <pre>
   * CertStatus ::= CHOICE {
   *      good        [0]     IMPLICIT NULL,
   *      revoked     [1]     IMPLICIT RevokedInfo,
   *      unknown     [2]     IMPLICIT UnknownInfo }
   * </pre>
   */
  private static RevocationStatus status(org.bouncycastle.asn1.ocsp.CertStatus status)
      throws MalformedException {
    return switch (status.getTagNo()) {
      case 0 -> new RevocationStatus.Good();
      case 1 -> {
        RevokedInfo info = RevokedInfo.getInstance(status.getStatus());
        int code =
            info.getRevocationReason() == null
                ? CrlReason.UNSPECIFIED.code()
                : info.getRevocationReason().getValue().intValueExact();
        yield new RevocationStatus.Revoked(
            time("revocationTime", info.getRevocationTime()),
            CrlReason.of(code).orElse(CrlReason.UNSPECIFIED));
      }
      case 2 -> new RevocationStatus.Unknown("the OCSP responder does not know the certificate");
      default -> throw new MalformedException(PATH + ".certStatus", "is none that there is");
    };
  }

  private static Optional<Bytes> nonce(@Nullable Extensions extensions) throws MalformedException {
    Extension extension =
        extensions == null
            ? null
            : extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    if (extension == null) {
      return Optional.empty();
    }
    Bytes value = Bytes.of(extension.getExtnValue().getOctets());
    String path = PATH + ".nonce";
    var octets = Parsing.der(path, value, Parsing.MAX_STRUCTURE);
    return Optional.of(
        Parsing.at(path, () -> Bytes.of(ASN1OctetString.getInstance(octets).getOctets())));
  }

  private static Optional<String> defect(@Nullable Extensions extensions) {
    if (extensions != null) {
      for (ASN1ObjectIdentifier oid : extensions.getCriticalExtensionOIDs()) {
        if (!UNDERSTOOD.contains(oid)) {
          return Optional.of("its extension " + oid + " must be understood, and is not");
        }
      }
    }
    return Optional.empty();
  }

  private static List<Certificate> certificates(@Nullable ASN1Sequence sequence) {
    List<Certificate> list = new ArrayList<>();
    if (sequence != null) {
      for (ASN1Encodable each : sequence) {
        certificate(each).ifPresent(list::add);
      }
    }
    return List.copyOf(list);
  }

  /** One that cannot be read only does not help. */
  private static Optional<Certificate> certificate(ASN1Encodable structure) {
    try {
      return Optional.of(Certificate.parse(Parsing.encode(structure)));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  public ResponderId responderId() {
    return responderId;
  }

  public Instant producedAt() {
    return producedAt;
  }

  public List<SingleResponse> responses() {
    return responses;
  }

  /**
   * Whoever asked with a nonce compares it with this one, at once (RFC 9654 §2.1); empty when the
   * responder left it out, as RFC 5019 responders do.
   */
  public Optional<Bytes> nonce() {
    return nonce;
  }

  /** Why it must not be used, whoever signed it. */
  public Optional<String> defect() {
    return defect;
  }

  /** Those sent along to help: perhaps the responder's own among them. */
  public List<Certificate> certificates() {
    return certificates;
  }

  AlgorithmIdentifier algorithm() {
    return signatureAlgorithm;
  }

  public String signatureAlgorithm() {
    return Signatures.name(signatureAlgorithm);
  }

  /** Whether {@code responder}'s key signed it. */
  public boolean isSignedBy(SubjectPublicKey responder) {
    return Signatures.verify(responder, signatureAlgorithm, signed, signature);
  }
}
