package dev.postern.web;

import dev.postern.access.RequestTarget;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What must hold for a request of any HTTP version before anybody thinks about it. */
public final class RequestGuard {
  private RequestGuard() {}

  /** The answer of {@link #check}. */
  public sealed interface Verdict {
    /** {@code query} with its question mark, or empty. */
    record Sound(RequestTarget target, String query) implements Verdict {}

    record Unsound(Problem problem) implements Verdict {}
  }

  /** Whether HTTP/1.1 has words for it; Netty leaks a buffer when asked to try. */
  public static boolean isRequestLine(
      @Nullable CharSequence method, @Nullable CharSequence target) {
    return method != null
        && target != null
        && HttpSyntax.isToken(method)
        && HttpSyntax.isTarget(target);
  }

  public static Verdict check(HttpRequest request) {
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
      return new Verdict.Unsound(
          Problem.worded(405, "method-not-allowed", "method-not-served", method + " is refused"));
    }
    if (!HttpSyntax.isToken(method.name()) || !HttpSyntax.isTarget(request.uri())) {
      // HTTP/2 can carry any byte here, which HTTP/1.1 towards the upstream would read as more.
      return bad("the request line has characters that none has");
    }
    if (request.uri().length() > RequestDecoder.MAX_REQUEST_LINE) {
      return new Verdict.Unsound(RequestDecoder.tooLong(true));
    }
    HttpHeaders headers = request.headers();
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1) {
      return bad("a request names exactly one Host");
    }
    Optional<String> host = HostName.parse(hosts.getFirst());
    if (host.isEmpty()) {
      return bad("the Host header names no host");
    }
    String target = request.uri();
    if (!target.startsWith("/")) {
      Optional<String> origin = originForm(target, host.get());
      if (origin.isEmpty()) {
        return bad("the request target fits neither the Host header nor this server");
      }
      target = origin.get();
    }
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    Optional<RequestTarget> understood = RequestTarget.of(method.name(), host.get(), path);
    if (understood.isEmpty()) {
      return bad("the path can be read in more than one way");
    }
    return new Verdict.Sound(understood.get(), question < 0 ? "" : target.substring(question));
  }

  /**
   * absolute-form (RFC 9112 §3.2.2) is accepted where it says the same as the Host header: a server
   * ahead of us may have looked at either.
   */
  private static Optional<String> originForm(String target, String host) {
    int scheme = target.indexOf("://");
    if (scheme < 0
        || !(target.regionMatches(true, 0, "https", 0, scheme)
            || target.regionMatches(true, 0, "http", 0, scheme))) {
      return Optional.empty();
    }
    int authority = scheme + 3;
    int end = authority;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    Optional<String> named = HostName.parse(target.substring(authority, end));
    if (named.isEmpty() || !named.get().equals(host)) {
      return Optional.empty();
    }
    String rest = target.substring(end);
    return Optional.of(rest.startsWith("/") ? rest : "/" + rest);
  }

  private static Verdict bad(String detail) {
    return new Verdict.Unsound(Problem.badRequest(detail));
  }
}
