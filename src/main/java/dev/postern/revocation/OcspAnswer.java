package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Parsing;
import dev.postern.x509.Signer;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an OCSP responder says (RFC 6960 §4.2); {@link #sign} makes it an OCSPResponse.
 *
 * <pre>
 * ResponseData ::= SEQUENCE {
 *    version              [0] EXPLICIT Version DEFAULT v1,
 *    responderID              ResponderID,
 *    producedAt               GeneralizedTime,
 *    responses                SEQUENCE OF SingleResponse,
 *    responseExtensions   [1] EXPLICIT Extensions OPTIONAL }
 *
 * SingleResponse ::= SEQUENCE {
 *    certID                       CertID,
 *    certStatus                   CertStatus,
 *    thisUpdate                   GeneralizedTime,
 *    nextUpdate         [0]       EXPLICIT GeneralizedTime OPTIONAL,
 *    singleExtensions   [1]       EXPLICIT Extensions OPTIONAL }
 * </pre>
 *
 * @param thisUpdate when this was known to be so
 * @param nextUpdate until when it may be repeated
 */
public record OcspAnswer(
    List<Single> singles, Optional<Bytes> nonce, Instant thisUpdate, Instant nextUpdate) {
  /** A certificate never issued was revoked before there were certificates (RFC 6960 §2.2). */
  private static final Instant NEVER = Instant.EPOCH;

  public OcspAnswer {
    singles = List.copyOf(singles);
  }

  /** {@code status} is empty for certificates of other issuers: we do not know them. */
  public record Single(OcspQuestion.Asked asked, Optional<IssuedStatus> status) {}

  /** Why there is no answer (RFC 6960 §4.2.1). */
  public enum Refusal {
    MALFORMED_REQUEST(OCSPResponseStatus.MALFORMED_REQUEST),
    INTERNAL_ERROR(OCSPResponseStatus.INTERNAL_ERROR),
    TRY_LATER(OCSPResponseStatus.TRY_LATER);

    private final int code;

    Refusal(int code) {
      this.code = code;
    }

    /** The OCSPResponse, which nobody signs. */
    public Bytes der() {
      return Parsing.encode(new OCSPResponse(new OCSPResponseStatus(code), null));
    }
  }

  /**
   * The OCSPResponse as DER, with the responder's certificate. {@link IllegalArgumentException}
   * when that is about another key.
   */
  public Bytes sign(Signer signer, Certificate responder) {
    if (!signer.publicKey().equals(responder.publicKey())) {
      throw new IllegalArgumentException("the responder's certificate is about another key");
    }
    var data =
        new ResponseData(
            byKey(responder), time(thisUpdate), new DERSequence(responses()), extensions());
    var basic =
        new BasicOCSPResponse(
            data,
            signer.algorithm(),
            new DERBitString(signer.sign(Parsing.encode(data)).toArray()),
            new DERSequence(responder.structure()));
    return Parsing.encode(
        new OCSPResponse(
            new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
            new ResponseBytes(
                OCSPObjectIdentifiers.id_pkix_ocsp_basic,
                new DEROctetString(Parsing.encode(basic).toArray()))));
  }

  /** KeyHash: SHA-1 of the public key's bits, whatever the rest is hashed with (§4.2.1). */
  private static ResponderID byKey(Certificate responder) {
    byte[] bits = responder.publicKey().structure().getPublicKeyData().getOctets();
    return new ResponderID(new DEROctetString(Bytes.of(bits).sha1().toArray()));
  }

  private ASN1EncodableVector responses() {
    var responses = new ASN1EncodableVector();
    for (Single single : singles) {
      responses.add(
          new SingleResponse(
              CertID.getInstance(primitive(single.asked().certId())),
              single.status().map(OcspAnswer::status).orElseGet(OcspAnswer::unknown),
              time(thisUpdate),
              time(nextUpdate),
              (Extensions) null));
    }
    return responses;
  }

  private static ASN1Primitive primitive(Bytes der) {
    try {
      return ASN1Primitive.fromByteArray(der.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("it was read from a request before", e);
    }
  }

  private static CertStatus status(IssuedStatus status) {
    return switch (status) {
      case IssuedStatus.Good() -> new CertStatus();
      case IssuedStatus.Revoked(Instant at, CrlReason reason) -> revoked(at, reason);
      case IssuedStatus.NeverIssued() -> revoked(NEVER, CrlReason.CERTIFICATE_HOLD);
    };
  }

  private static CertStatus revoked(Instant at, CrlReason reason) {
    return new CertStatus(
        new RevokedInfo(
            time(at), reason == CrlReason.UNSPECIFIED ? null : CRLReason.lookup(reason.code())));
  }

  private static CertStatus unknown() {
    return new CertStatus(2, DERNull.INSTANCE);
  }

  private @Nullable Extensions extensions() {
    var extensions = new ExtensionsGenerator();
    try {
      if (nonce.isPresent()) {
        extensions.addExtension(
            OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
            false,
            new DEROctetString(nonce.get().toArray()));
      }
      if (singles.stream().anyMatch(OcspAnswer::isNeverIssued)) {
        // §4.4.8: MUST be there when "revoked" is said of a certificate that was never issued.
        extensions.addExtension(
            OCSPObjectIdentifiers.id_pkix_ocsp_extended_revoke, false, DERNull.INSTANCE);
      }
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory cannot fail", e);
    }
    return extensions.isEmpty() ? null : extensions.generate();
  }

  private static boolean isNeverIssued(Single single) {
    return single.status().filter(IssuedStatus.NeverIssued.class::isInstance).isPresent();
  }

  private static ASN1GeneralizedTime time(Instant instant) {
    return new DERGeneralizedTime(Date.from(instant));
  }
}
