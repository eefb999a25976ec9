package dev.postern.gateway;

import dev.postern.web.RequestGuard;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.HttpConversionUtil;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** HTTP/2's fields as HTTP/1.1's headers, and back (RFC 9113 §8.2 and §8.3). */
final class Http2Fields {
  private Http2Fields() {}

  /**
   * What a client asks for; empty when its method or path cannot be a request's (§8.3.1). Host
   * stands in it twice when it says something else than :authority.
   *
   * @param whole whether no body follows
   */
  static Optional<HttpRequest> request(Http2Headers fields, boolean whole) {
    CharSequence method = fields.method();
    CharSequence path = fields.path();
    if (method == null || path == null || !RequestGuard.isRequestLine(method, path)) {
      return Optional.empty();
    }
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    CharSequence authority = fields.authority();
    if (authority != null) {
      headers.add(HttpHeaderNames.HOST, authority);
    }
    StringJoiner cookies = null;
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (isPseudo(name)
          || HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name) // §8.2.2
          || HttpHeaderNames.TRAILER.contentEqualsIgnoreCase(name)) {
        continue;
      }
      CharSequence value = field.getValue();
      if (HttpHeaderNames.COOKIE.contentEqualsIgnoreCase(name)) {
        cookies = cookies == null ? new StringJoiner("; ") : cookies;
        cookies.add(value); // in crumbs, to compress them (§8.2.3)
      } else if (authority == null
          || !HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)
          || !authority.toString().equalsIgnoreCase(value.toString())) {
        headers.add(name, value);
      }
    }
    if (cookies != null) {
      headers.set(HttpHeaderNames.COOKIE, cookies.toString());
    }
    if (!whole && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    return Optional.of(
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(method.toString()), path.toString(), headers));
  }

  /** An answer's head, without what is the connection's alone. */
  static Http2Headers of(HttpResponse response) {
    HttpHeaders headers = response.headers();
    Http2Headers fields =
        new DefaultHttp2Headers(false, headers.size() + 1).status(response.status().codeAsText());
    HttpConversionUtil.toHttp2Headers(headers, fields);
    return fields;
  }

  static Http2Headers trailers(HttpHeaders trailers) {
    return HttpConversionUtil.toHttp2Headers(trailers, false);
  }

  /** Adds all but the pseudo-header fields. */
  static void copy(Http2Headers fields, HttpHeaders headers) {
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      if (!isPseudo(field.getKey())) {
        headers.add(field.getKey(), field.getValue());
      }
    }
  }

  private static boolean isPseudo(CharSequence name) {
    return Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name);
  }
}
