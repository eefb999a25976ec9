package dev.postern.cli.verify;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.text.ParseException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.SingleResponse;

/**
 * Whether bytes are an OCSP response (RFC 6960 §4.2.1).
 *
 * <pre>
 * OCSPResponse ::= SEQUENCE {
 *      responseStatus         OCSPResponseStatus,
 *      responseBytes          [0] EXPLICIT ResponseBytes OPTIONAL }
 * </pre>
 */
final class OcspShape {
  private OcspShape() {}

  static void check(Bytes der) throws MalformedException {
    var primitive = Parsing.der("OCSPResponse", der, Parsing.MAX_STRUCTURE);
    OCSPResponse response = Parsing.at("OCSPResponse", () -> OCSPResponse.getInstance(primitive));
    ResponseBytes bytes = response.getResponseBytes();
    boolean successful = response.getResponseStatus().getIntValue() == 0;
    if (successful != (bytes != null)) {
      throw new MalformedException(
          "responseBytes", "there if and only if the status is successful");
    }
    if (bytes == null
        || !bytes.getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
      return;
    }
    var inner =
        Parsing.der(
            "BasicOCSPResponse", Bytes.of(bytes.getResponse().getOctets()), Parsing.MAX_STRUCTURE);
    BasicOCSPResponse basic =
        Parsing.at("BasicOCSPResponse", () -> BasicOCSPResponse.getInstance(inner));
    time("producedAt", basic.getTbsResponseData().getProducedAt());
    for (ASN1Encodable element : basic.getTbsResponseData().getResponses()) {
      SingleResponse single =
          Parsing.at("SingleResponse", () -> SingleResponse.getInstance(element));
      time("thisUpdate", single.getThisUpdate());
      if (single.getNextUpdate() != null) {
        time("nextUpdate", single.getNextUpdate());
      }
    }
  }

  private static void time(String path, ASN1GeneralizedTime time) throws MalformedException {
    try {
      time.getDate();
    } catch (ParseException e) {
      throw new MalformedException(path, "no time");
    }
  }
}
