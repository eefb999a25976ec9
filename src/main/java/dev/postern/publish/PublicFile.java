package dev.postern.publish;

import dev.postern.web.Exchange;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something to be fetched, and for how long a copy of it is good.
 *
 * @param expires absent: it never changes under its name
 */
record PublicFile(
    String type,
    Bytes content,
    Instant modified,
    Optional<Instant> expires,
    String tag,
    List<Reply.Header> validators) {
  /** RFC 2585 §3 and §4; RFC 5280 §4.2.2.1 for the last. */
  static final String CRL = "application/pkix-crl";

  static final String CERTIFICATE = "application/pkix-cert";
  static final String CERTIFICATES = "application/pkcs7-mime; smime-type=certs-only";
  static final String PEM = "application/x-pem-file";
  static final String OCSP = "application/ocsp-response";

  private static final Duration LONG = Duration.ofDays(1);

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  PublicFile(String type, Bytes content, Instant modified, Optional<Instant> expires) {
    this(
        type,
        content,
        modified.truncatedTo(ChronoUnit.SECONDS),
        expires,
        "\"" + content.sha256().hex().substring(0, 32) + "\"");
  }

  private PublicFile(
      String type, Bytes content, Instant modified, Optional<Instant> expires, String tag) {
    this(type, content, modified, expires, tag, validators(modified, expires, tag));
  }

  /** What is the same in each answer. */
  private static List<Reply.Header> validators(
      Instant modified, Optional<Instant> expires, String tag) {
    List<Reply.Header> headers = new ArrayList<>();
    headers.add(new Reply.Header("etag", tag));
    headers.add(new Reply.Header("last-modified", HTTP_DATE.format(modified)));
    headers.add(new Reply.Header("x-content-type-options", "nosniff"));
    expires.ifPresent(end -> headers.add(new Reply.Header("expires", HTTP_DATE.format(end))));
    return List.copyOf(headers);
  }

  /** 200 with everything, or 304 when the client has it (RFC 9110 §13). */
  Reply reply(Exchange exchange, Instant now) {
    long seconds =
        Math.max(0, expires.map(end -> Duration.between(now, end)).orElse(LONG).toSeconds());
    boolean known = isKnown(exchange);
    List<Reply.Header> headers = new ArrayList<>(validators);
    headers.add(new Reply.Header("cache-control", "public, no-transform, max-age=" + seconds));
    if (!known) {
      headers.add(new Reply.Header("content-type", type));
    }
    return new Reply(known ? 304 : 200, headers, known ? Bytes.of(new byte[0]) : content);
  }

  /** If-Modified-Since counts only where there is no If-None-Match (RFC 9110 §13.1.3). */
  private boolean isKnown(Exchange exchange) {
    Optional<String> tags = exchange.header("if-none-match");
    if (tags.isPresent()) {
      return Stream.of(tags.get().split(","))
          .map(each -> each.strip().replaceFirst("^W/", ""))
          .anyMatch(each -> each.equals(tag) || each.equals("*"));
    }
    return exchange.header("if-modified-since").filter(this::isUnmodifiedSince).isPresent();
  }

  private boolean isUnmodifiedSince(String date) {
    try {
      return !modified.isAfter(HTTP_DATE.parse(date, Instant::from));
    } catch (DateTimeParseException e) {
      return false; // a date in another form is no date (RFC 9110 §13.1.3)
    }
  }
}
