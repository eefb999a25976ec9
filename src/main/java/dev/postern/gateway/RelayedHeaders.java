package dev.postern.gateway;

import dev.postern.access.Identity;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.Optional;

/** A message's head as it goes on: what ends here is taken out, what is ours to say is put in. */
final class RelayedHeaders {
  private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("X-Forwarded-For");
  private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("X-Forwarded-Proto");
  private static final AsciiString X_FORWARDED_HOST = AsciiString.cached("X-Forwarded-Host");
  private static final AsciiString X_FORWARDED_PORT = AsciiString.cached("X-Forwarded-Port");
  private static final AsciiString FORWARDED = AsciiString.cached("Forwarded");
  private static final AsciiString CERTIFICATE_ENDS =
      AsciiString.cached("Postern-Certificate-Ends");
  private static final AsciiString CERTIFICATE_RENEW =
      AsciiString.cached("Postern-Certificate-Renew");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final String PSEUDONYM = " postern";

  private RelayedHeaders() {}

  /** Makes the visit's request fit for its upstream; whether it asks to become a WebSocket. */
  static boolean prepare(Visit visit) {
    HttpRequest request = visit.request();
    HttpHeaders headers = request.headers();
    boolean websocket = asksForWebSocket(visit);
    boolean trailers = takesTrailers(headers);
    boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    boolean http2 = visit.stream() instanceof Http2Stream;
    String host = headers.get(HttpHeaderNames.HOST);

    HeaderRules.stripRequest(headers);
    if (visit.site().judgesMethods()) {
      HeaderRules.stripMethodOverrides(headers);
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
    request.setUri(visit.target().path() + visit.query());
    headers.set(HttpHeaderNames.HOST, host);
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (websocket) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    } else if (trailers) {
      headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
    }
    sayWhereFrom(visit, headers, host);
    headers.add(HttpHeaderNames.VIA, (http2 ? "2.0" : "1.1") + PSEUDONYM);
    Identity identity = visit.identity().orElse(null);
    if (identity != null && !visit.site().headers().isEmpty()) {
      visit.stream().connection.headers(identity, visit.site().headers()).addTo(headers);
    }
    Optional<Identity> ending = NoticePages.ending(visit, Notice.HEADER);
    if (ending.isPresent()) {
      sayWhenItEnds(visit, ending.get(), headers);
    }
    return websocket;
  }

  private static void sayWhenItEnds(Visit visit, Identity who, HttpHeaders headers) {
    headers.set(CERTIFICATE_ENDS, who.certificate().notAfter().toString());
    NoticePages.renewal(visit, who)
        .ifPresent(address -> headers.set(CERTIFICATE_RENEW, address.toString()));
  }

  /** RFC 9110 §7.8; h2c and the like are not offered to the upstream. */
  private static boolean asksForWebSocket(Visit visit) {
    HttpHeaders headers = visit.request().headers();
    return visit.stream() instanceof Http1Stream
        && visit.bodyless()
        && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
  }

  private static boolean takesTrailers(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
  }

  private static void sayWhereFrom(Visit visit, HttpHeaders headers, String host) {
    ClientConnection connection = visit.stream().connection;
    int colon = host.lastIndexOf(':');
    boolean hasPort = colon > host.lastIndexOf(']');
    headers.set(X_FORWARDED_FOR, connection.address());
    headers.set(X_FORWARDED_PROTO, HTTPS);
    headers.set(X_FORWARDED_HOST, host);
    headers.set(X_FORWARDED_PORT, hasPort ? host.substring(colon + 1) : connection.localPort());
    headers.set(
        FORWARDED, connection.forwardedFor() + ";host=\"" + host + "\";proto=https"); // RFC 7239
  }

  /** Makes an upstream's response fit for the client. */
  static void prepare(HttpResponse response, boolean empty) {
    HttpHeaders headers = response.headers();
    HttpVersion version = response.protocolVersion();
    HeaderRules.stripResponse(headers);
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
    if (!empty && !HttpUtil.isContentLengthSet(response)) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    headers.add(
        HttpHeaderNames.VIA, version.majorVersion() + "." + version.minorVersion() + PSEUDONYM);
  }
}
