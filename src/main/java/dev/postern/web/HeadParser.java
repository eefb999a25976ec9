package dev.postern.web;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * Reads a request's head (RFC 9112 §2.1) exactly as the grammar has it: one space where it says SP,
 * CRLF where it says CRLF, no folded lines. Every liberty taken here would be a difference to some
 * back end's reading, which is what request smuggling lives on.
 *
 * <pre>
 * HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
 * request-line = method SP request-target SP HTTP-version
 * field-line   = field-name ":" OWS field-value OWS
 * </pre>
 */
final class HeadParser {
  private static final int MAX_FIELDS = 100;
  private static final DefaultHttpHeadersFactory UNCHECKED =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false); // checked here already

  private final byte[] bytes;
  private final int end;
  private int at;

  /** {@code bytes} up to {@code end} are whole lines, CRLF included. */
  HeadParser(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  HttpRequest request() throws BadSyntax {
    String method = word("method", ' ');
    int targetStart = at;
    while (at < end && HttpSyntax.isTarget(bytes[at])) {
      at++;
    }
    if (at == targetStart || at == end || bytes[at] != ' ') {
      throw new BadSyntax("the request target has characters that none has");
    }
    String target = text(targetStart, at);
    at++;
    HttpVersion version = version();
    HttpHeaders headers = UNCHECKED.newHeaders();
    fields(headers);
    return new DefaultHttpRequest(version, HttpMethod.valueOf(method), target, headers);
  }

  /** The lines up to the empty one. */
  void fields(HttpHeaders headers) throws BadSyntax {
    int count = 0;
    while (bytes[at] != '\r') {
      if (++count > MAX_FIELDS) {
        throw new BadSyntax(Problem.of(431, "too-many-headers", "more than " + MAX_FIELDS));
      }
      field(headers);
    }
    lineEnd();
    if (at != end) {
      throw new IllegalStateException("a head was cut at the wrong place");
    }
  }

  private void field(HttpHeaders headers) throws BadSyntax {
    if (bytes[at] == ' ' || bytes[at] == '\t') {
      // obs-fold: RFC 9112 §5.2 lets a server refuse it
      throw new BadSyntax("a header line begins with white space");
    }
    int nameStart = at;
    while (HttpSyntax.isToken(bytes[at])) {
      at++;
    }
    if (at == nameStart || bytes[at] != ':') {
      throw new BadSyntax(
          at == nameStart ? "a header has no name" : "a header name has characters that none has");
    }
    AsciiString name = new AsciiString(bytes, nameStart, at - nameStart, true);
    at++;
    while (bytes[at] == ' ' || bytes[at] == '\t') {
      at++;
    }
    int valueStart = at;
    while (HttpSyntax.isField(bytes[at])) {
      at++;
    }
    int valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] == ' ' || bytes[valueEnd - 1] == '\t')) {
      valueEnd--;
    }
    lineEnd();
    headers.add(name, text(valueStart, valueEnd));
  }

  private HttpVersion version() throws BadSyntax {
    int start = at;
    while (at < end && bytes[at] > ' ') {
      at++;
    }
    String version = text(start, at);
    lineEnd();
    return switch (version) {
      case "HTTP/1.1" -> HttpVersion.HTTP_1_1;
      case "HTTP/1.0" -> HttpVersion.HTTP_1_0;
      default ->
          throw new BadSyntax(
              version.startsWith("HTTP/") && version.length() == 8
                  ? Problem.of(505, "version-not-supported", "HTTP/1.1 and HTTP/2 are")
                  : Problem.badRequest("the request line does not end in an HTTP version"));
    };
  }

  private String word(String what, char until) throws BadSyntax {
    int start = at;
    while (at < end && HttpSyntax.isToken(bytes[at])) {
      at++;
    }
    if (at == start || bytes[at] != until) {
      throw new BadSyntax("the " + what + " is no token");
    }
    return text(start, at++);
  }

  private void lineEnd() throws BadSyntax {
    if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
      throw new BadSyntax("a line holds a control character");
    }
    at += 2;
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
