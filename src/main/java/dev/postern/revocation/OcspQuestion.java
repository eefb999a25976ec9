package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/**
 * What an OCSP client asks a responder (RFC 6960 §4.1). A signature on it is not looked at: whoever
 * may ask at all may ask without.
 *
 * <pre>
 * OCSPRequest     ::=     SEQUENCE {
 *    tbsRequest                  TBSRequest,
 *    optionalSignature   [0]     EXPLICIT Signature OPTIONAL }
 *
 * TBSRequest      ::=     SEQUENCE {
 *    version             [0]     EXPLICIT Version DEFAULT v1,
 *    requestorName       [1]     EXPLICIT GeneralName OPTIONAL,
 *    requestList                 SEQUENCE OF Request,
 *    requestExtensions   [2]     EXPLICIT Extensions OPTIONAL }
 * </pre>
 *
 * @param asked about which certificates, at least one
 * @param nonce 1 to 128 octets that the answer has to repeat (RFC 9654)
 */
public record OcspQuestion(List<Asked> asked, Optional<Bytes> nonce) {
  /** Some hundred would fit; nobody has as many certificates at hand. */
  static final int MAX_ASKED = 100;

  private static final int LONGEST_NONCE = 128;

  /** Longer than any request that could be answered. */
  public static final int MAX_SIZE = 16 * 1024;

  /** What we need not act on to understand the request (RFC 6960 §4.4). */
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
          OCSPObjectIdentifiers.id_pkix_ocsp_response,
          OCSPObjectIdentifiers.id_pkix_ocsp_pref_sig_algs,
          OCSPObjectIdentifiers.id_pkix_ocsp_service_locator);

  public OcspQuestion {
    asked = List.copyOf(asked);
  }

  /**
   * One certificate.
   *
   * <pre>
   * CertID          ::=     SEQUENCE {
   *    hashAlgorithm       AlgorithmIdentifier,
   *    issuerNameHash      OCTET STRING, -- Hash of issuer's DN
   *    issuerKeyHash       OCTET STRING, -- Hash of issuer's public key
   *    serialNumber        CertificateSerialNumber }
   * </pre>
   *
   * @param certId the DER that the answer has to repeat: one of two for a certificate and a hash,
   *     since the hash's parameters are NULL or absent
   * @param hashAlgorithm its object identifier
   */
  public record Asked(
      Bytes certId,
      String hashAlgorithm,
      Bytes issuerNameHash,
      Bytes issuerKeyHash,
      SerialNumber serial) {
    static Asked of(CertID id) {
      return new Asked(
          Parsing.encode(id),
          id.getHashAlgorithm().getAlgorithm().getId(),
          Bytes.of(id.getIssuerNameHash().getOctets()),
          Bytes.of(id.getIssuerKeyHash().getOctets()),
          new SerialNumber(id.getSerialNumber().getValue()));
    }
  }

  /** Reads one request. */
  public static OcspQuestion parse(Bytes der) throws MalformedException {
    var primitive = Parsing.der("ocspRequest", der, MAX_SIZE);
    TBSRequest request =
        Parsing.at("ocspRequest", () -> OCSPRequest.getInstance(primitive).getTbsRequest());
    if (request.getVersion().getValue().signum() != 0) {
      throw new MalformedException("tbsRequest.version", "is not v1");
    }
    int count = request.getRequestList().size();
    if (count < 1 || count > MAX_ASKED) {
      throw new MalformedException(
          "tbsRequest.requestList", count + " certificates, not 1 to " + MAX_ASKED);
    }
    List<Asked> asked = new ArrayList<>();
    for (ASN1Encodable each : request.getRequestList()) {
      asked.add(Parsing.at("tbsRequest.requestList", () -> asked(Request.getInstance(each))));
    }
    return new OcspQuestion(
        asked, Parsing.at("tbsRequest", () -> nonce(request.getRequestExtensions())));
  }

  private static Asked asked(Request request) throws MalformedException {
    refuseUnknown(request.getSingleRequestExtensions());
    ASN1Encodable parameters = request.getReqCert().getHashAlgorithm().getParameters();
    // RFC 3370 §2.1, RFC 5754 §2: no hash has any. Else each question could be put in endless ways.
    if (parameters != null && !(parameters instanceof ASN1Null)) {
      throw new MalformedException("reqCert.hashAlgorithm", "has parameters");
    }
    return Asked.of(request.getReqCert());
  }

  private static Optional<Bytes> nonce(@Nullable Extensions extensions) throws MalformedException {
    refuseUnknown(extensions);
    var nonce =
        extensions == null
            ? null
            : extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    if (nonce == null) {
      return Optional.empty();
    }
    Bytes value = Bytes.of(ASN1OctetString.getInstance(nonce.getParsedValue()).getOctets());
    // RFC 9654 §2.1: a responder that supports the nonce MUST refuse others.
    if (value.size() < 1 || value.size() > LONGEST_NONCE) {
      throw new MalformedException("nonce", value.size() + " octets, not 1 to " + LONGEST_NONCE);
    }
    return Optional.of(value);
  }

  private static void refuseUnknown(@Nullable Extensions extensions) throws MalformedException {
    if (extensions != null) {
      for (ASN1ObjectIdentifier oid : extensions.getCriticalExtensionOIDs()) {
        if (!UNDERSTOOD.contains(oid)) {
          throw new MalformedException("extensions", "critical and not known: " + oid);
        }
      }
    }
  }
}
