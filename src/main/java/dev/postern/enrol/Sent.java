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

/** What came in place of a certification request: from our page, from a form, or by itself. */
sealed interface Sent {
  /** What was asked for. */
  record Request(Kind kind, CertificationRequest request, Optional<String> device)
      implements Sent {}

  /** The private key itself, which nobody should ever send. */
  record KeyExposed() implements Sent {}

  /** No certification request, whatever else: {@code reason} says what is wrong with it. */
  record Unreadable(String reason) implements Sent {}

  enum Kind {
    JSON,
    FORM,
    /** As curl sends a file. */
    REQUEST
  }

  /** A body that is no form or no JSON at all, or another field of it, is malformed. */
  static Sent of(Exchange exchange) throws MalformedException {
    Bytes body = exchange.body();
    boolean alone = isAlone(exchange, body);
    if (!alone && Form.isIn(exchange)) {
      Form form = Form.of(exchange);
      Bytes request =
          Optional.ofNullable(form.fields().get("file"))
              .filter(file -> file.size() > 0)
              .or(() -> Optional.ofNullable(form.fields().get("request")))
              .orElseGet(() -> Bytes.of(new byte[0]));
      return of(Kind.FORM, request, form.text("device"));
    }
    if (!alone && exchange.header("content-type").orElse("").startsWith("application/json")) {
      JsonBody json = JsonBody.of(exchange, "request", "device");
      Bytes request = Bytes.of(json.text("request").orElse("").getBytes(StandardCharsets.UTF_8));
      return of(
          Kind.JSON,
          request,
          json.text("device").map(String::strip).filter(text -> !text.isEmpty()));
    }
    return of(Kind.REQUEST, body, Optional.empty());
  }

  private static Sent of(Kind kind, Bytes given, Optional<String> device) {
    if (given.size() == 0) {
      return new Unreadable("is missing");
    }
    try {
      return parsed(given)
          .<Sent>map(request -> new Request(kind, request, device))
          .orElseGet(KeyExposed::new);
    } catch (MalformedException e) {
      return new Unreadable(e.getMessage());
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

  /**
   * PEM, DER, or DER in base64 (RFC 7030 §4.2.1).
   *
   * @return empty where it is a private key
   */
  private static Optional<CertificationRequest> parsed(Bytes given) throws MalformedException {
    byte[] bytes = given.toArray();
    if (Pem.looksLikePem(bytes)) {
      for (Pem.Block block : Pem.parse(new String(bytes, StandardCharsets.ISO_8859_1))) {
        if (block.label().endsWith(Pem.CERTIFICATE_REQUEST)) {
          return Optional.of(CertificationRequest.parse(block.content()));
        }
        if (block.label().endsWith("PRIVATE KEY")) {
          return Optional.empty();
        }
      }
      throw new MalformedException("PEM", "has no certification request (PKCS#10)");
    }
    if (bytes.length > 0 && bytes[0] == 0x30) {
      return Optional.of(CertificationRequest.parse(given));
    }
    try {
      return Optional.of(
          CertificationRequest.parse(Bytes.of(Base64.getMimeDecoder().decode(bytes))));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("text", "is neither PEM nor base64");
    }
  }
}
