package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponseBytes;

/**
 * What an OCSP responder sent (RFC 6960 §4.2.1): an error, or a signed answer.
 *
 * <pre>
 * OCSPResponse ::= SEQUENCE {
 *      responseStatus         OCSPResponseStatus,
 *      responseBytes          [0] EXPLICIT ResponseBytes OPTIONAL }
 *
 * ResponseBytes ::= SEQUENCE {
 *      responseType   OBJECT IDENTIFIER,
 *      response       OCTET STRING }
 * </pre>
 *
 * @param basic present if and only if the status is SUCCESSFUL
 */
public record OcspResponse(Status status, Optional<BasicOcspResponse> basic) {
  /** OCSPResponseStatus; the standard has no 4. */
  public enum Status {
    SUCCESSFUL(0, "successful"),
    MALFORMED_REQUEST(1, "malformedRequest"),
    INTERNAL_ERROR(2, "internalError"),
    TRY_LATER(3, "tryLater"),
    SIG_REQUIRED(5, "sigRequired"),
    UNAUTHORIZED(6, "unauthorized");

    private final int code;
    private final String word;

    Status(int code, String word) {
      this.code = code;
      this.word = word;
    }

    public int code() {
      return code;
    }

    /** The standard's own word. */
    public String word() {
      return word;
    }

    static Optional<Status> of(int code) {
      return Arrays.stream(values()).filter(status -> status.code == code).findFirst();
    }
  }

  /** Reads one response; refuses BER, trailing bytes, and answers that are not "basic". */
  public static OcspResponse parse(Bytes der) throws MalformedException {
    String path = "ocspResponse";
    var primitive = Parsing.der(path, der, Parsing.MAX_STRUCTURE);
    return Parsing.at(path, () -> of(OCSPResponse.getInstance(primitive)));
  }

  private static OcspResponse of(OCSPResponse structure) throws MalformedException {
    int code = structure.getResponseStatus().getIntValue();
    Status status =
        Status.of(code)
            .orElseThrow(
                () -> new MalformedException("ocspResponse.responseStatus", code + " is none"));
    ResponseBytes bytes = structure.getResponseBytes();
    if ((bytes != null) != (status == Status.SUCCESSFUL)) { // "If … error conditions, not set"
      throw new MalformedException(
          "ocspResponse.responseBytes", "are there for " + status.word() + " only, or missing");
    }
    if (bytes == null) {
      return new OcspResponse(status, Optional.empty());
    }
    if (!bytes.getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
      throw new MalformedException(
          "ocspResponse.responseType", bytes.getResponseType() + " is not the basic one");
    }
    var basic = BasicOcspResponse.parse(Bytes.of(bytes.getResponse().getOctets()));
    return new OcspResponse(status, Optional.of(basic));
  }
}
