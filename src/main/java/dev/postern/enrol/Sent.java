package dev.postern.enrol;

import dev.postern.web.Exchange;
import dev.postern.web.Form;
import dev.postern.web.JsonBody;
import dev.postern.x509.Bytes;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A certification request as it came: from our page, from a form, or alone, as curl sends it. */
record Sent(Kind kind, CertificationRequest request, Optional<String> device) {
  /** The field. */
  static final String REQUEST = "request";

  enum Kind {
    JSON,
    FORM,
    REQUEST
  }

  /** The field {@code request} is to blame where no certification request can be read. */
  static Sent of(Exchange exchange) throws MalformedException, KeyExposed {
    Bytes body = exchange.body();
    boolean alone = isAlone(exchange, body);
    if (!alone && Form.isIn(exchange)) {
      Form form = Form.of(exchange);
      Bytes request =
          Optional.ofNullable(form.fields().get("file"))
              .filter(file -> file.size() > 0)
              .or(() -> Optional.ofNullable(form.fields().get("request")))
              .filter(bytes -> bytes.size() > 0)
              .orElseThrow(() -> new MalformedException(REQUEST, "is missing"));
      return new Sent(Kind.FORM, request(request), form.text("device"));
    }
    if (!alone && exchange.header("content-type").orElse("").startsWith("application/json")) {
      JsonBody json = JsonBody.of(exchange, "request", "device");
      Bytes request = Bytes.of(json.required("request").getBytes(StandardCharsets.UTF_8));
      return new Sent(
          Kind.JSON,
          request(request),
          json.text("device").map(String::strip).filter(text -> !text.isEmpty()));
    }
    if (body.size() == 0) {
      throw new MalformedException(REQUEST, "is missing");
    }
    return new Sent(Kind.REQUEST, request(body), Optional.empty());
  }

  /** Somebody sent the private key itself. */
  static final class KeyExposed extends Exception {
    KeyExposed() {
      super("a private key was sent");
    }
  }

  /**
   * Whatever {@code curl --data-binary} says: everything is a form to it. Prose may stand before
   * PEM (RFC 7468 §2), as certtool writes it; a form that is encoded has no spaces.
   */
  private static boolean isAlone(Exchange exchange, Bytes body) {
    byte[] bytes = body.toArray();
    boolean der = bytes.length > 1 && bytes[0] == 0x30 && (bytes[1] & 0x80) != 0;
    return der
        || new String(bytes, 0, Math.min(64, bytes.length), StandardCharsets.ISO_8859_1)
            .stripLeading()
            .startsWith("-----BEGIN")
        || (exchange
                .header("content-type")
                .orElse("")
                .startsWith("application/x-www-form-urlencoded")
            && Pem.looksLikePem(bytes));
  }

  /** PEM, DER, or DER in base64 (RFC 7030 §4.2.1). */
  private static CertificationRequest request(Bytes given) throws MalformedException, KeyExposed {
    try {
      return parsed(given);
    } catch (MalformedException e) {
      throw new MalformedException(REQUEST, e.getMessage());
    }
  }

  private static CertificationRequest parsed(Bytes given) throws MalformedException, KeyExposed {
    byte[] bytes = given.toArray();
    if (Pem.looksLikePem(bytes)) {
      for (Pem.Block block : Pem.parse(new String(bytes, StandardCharsets.ISO_8859_1))) {
        if (block.label().endsWith(Pem.CERTIFICATE_REQUEST)) {
          return CertificationRequest.parse(block.content());
        }
        if (block.label().endsWith("PRIVATE KEY")) {
          throw new KeyExposed();
        }
      }
      throw new MalformedException("PEM", "has no certification request (PKCS#10)");
    }
    if (bytes.length > 0 && bytes[0] == 0x30) {
      return CertificationRequest.parse(given);
    }
    try {
      return CertificationRequest.parse(Bytes.of(Base64.getMimeDecoder().decode(bytes)));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("text", "is neither PEM nor base64");
    }
  }
}
