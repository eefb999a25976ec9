package dev.postern.gateway;

import dev.postern.web.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Carries one request to an upstream and the answer back (RFC 9110 §7.6), whatever HTTP each side
 * speaks. Nothing is gathered: when one side does not take more, the other is not read, either way.
 */
final class Relay implements Handling, Origin.Caller {
  /** RFC 9110 §9.2.2, less TRACE, which never gets here. */
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  private final Visit visit;
  private final Origin origin;
  private final Site.Limits limits;
  private final HttpRequest request;
  private final boolean upgradeWanted;

  /** What came before there was a connection; the client is not read meanwhile. */
  private final Deque<HttpContent> early = new ArrayDeque<>();

  private @Nullable UpstreamExchange exchange;

  /** How long the upstream may think before it answers. */
  private Duration patience;

  private boolean call;
  private boolean bodySent;
  private boolean requestSent;
  private boolean answered;
  private boolean reusable;
  private boolean upgraded;
  private boolean retried;
  private boolean over;

  Relay(Visit visit, Origin origin, Site.Limits limits) {
    this.visit = visit;
    this.origin = origin;
    this.limits = limits;
    this.patience = limits.response();
    this.request = visit.request();
    this.upgradeWanted = RelayedHeaders.prepare(visit);
  }

  void start() {
    if (upgradeWanted && origin.isHttp2Only()) {
      visit.refuse(
          Problem.of(
              501,
              "not-implemented",
              "the server behind this address speaks HTTP/2 alone, and they need HTTP/1.1"),
          false);
      return;
    }
    UpstreamExchange kept = origin.take(upgradeWanted);
    if (kept != null) {
      connected(kept);
    } else {
      connect();
    }
  }

  private void connect() {
    origin.connect(visit.stream().channel.eventLoop(), limits.connect(), upgradeWanted, this);
  }

  @Override
  public void connected(UpstreamExchange fresh) {
    if (over) {
      fresh.giveBack();
      return;
    }
    exchange = fresh;
    if (fresh.isShared() && isCall()) {
      call = true;
      patience = limits.idle();
      visit.stream().takeTime(limits.idle());
    }
    fresh.begin(this, request, visit.bodyless());
    visit.sentUpstream();
    for (HttpContent content; (content = early.poll()) != null; ) {
      forward(fresh, content);
    }
    fresh.flush();
    fresh.expectWithin(patience);
    visit.reading(fresh.isWritable());
  }

  /**
   * A call of gRPC: both sides may speak and be silent as they like; deadlines are the client's.
   */
  private boolean isCall() {
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE);
    return type != null && type.startsWith("application/grpc");
  }

  @Override
  public void notConnected(Throwable cause) {
    if (over) {
      return;
    }
    releaseEarly();
    boolean late =
        cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException;
    visit.refuse(
        late
            ? unreachable(504, "gateway-timeout", "it did not take the connection in time")
            : unreachable(
                502,
                "bad-gateway",
                switch (cause) {
                  case SSLException _ -> "its TLS certificate could not be verified";
                  case ProtocolException _ -> "it does not speak HTTP/2";
                  default -> "it takes no connections";
                }),
        false);
  }

  private static Problem unreachable(int status, String code, String detail) {
    return Problem.of(status, code, detail);
  }

  // From the client.

  @Override
  public void content(HttpContent content) {
    UpstreamExchange current = exchange;
    if (current == null) {
      early.add(content);
      if (!(content instanceof LastHttpContent)) {
        visit.reading(false);
      }
      return;
    }
    forward(current, content);
    if (!current.isWritable()) {
      visit.reading(false);
    }
  }

  private void forward(UpstreamExchange to, HttpContent content) {
    bodySent |= content.content().isReadable();
    if (content instanceof LastHttpContent last) {
      requestSent = true;
      HeaderRules.stripTrailers(last.trailingHeaders());
      bodySent |= !last.trailingHeaders().isEmpty();
    }
    to.expectWithin(answered ? limits.idle() : patience); // counts from the last byte sent
    to.write(content);
  }

  @Override
  public void raw(ByteBuf bytes) {
    UpstreamExchange current = exchange;
    if (current == null) {
      bytes.release();
      return;
    }
    current.expectWithin(limits.idle());
    current.raw(bytes);
    if (!current.isWritable()) {
      visit.reading(false);
    }
  }

  @Override
  public void flush() {
    if (exchange != null) {
      exchange.flush();
    }
  }

  @Override
  public void clientReady() {
    if (exchange != null) {
      exchange.reading(true);
    }
  }

  @Override
  public void abandon() {
    over = true;
    releaseEarly();
    UpstreamExchange current = exchange;
    exchange = null;
    if (current != null) {
      current.close();
    }
  }

  private void releaseEarly() {
    early.forEach(HttpContent::release);
    early.clear();
  }

  // From the upstream.

  void upstreamReady() {
    if (exchange != null) {
      visit.reading(exchange.isWritable());
    }
  }

  void response(HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      fail("its answer is not HTTP");
      return;
    }
    int status = response.status().code();
    if (status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
      upgrade(response);
    } else if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      HeaderRules.stripResponse(response.headers());
      visit.inform(informational(response));
    } else {
      answered = true;
      reusable = exchange != null && exchange.outlives(response, isEmpty(status));
      RelayedHeaders.prepare(response, isEmpty(status));
      expectMore();
      visit.respond(response);
    }
  }

  private boolean isEmpty(int status) {
    return status == 204 || status == 304 || ClientStream.isHead(request);
  }

  private static HttpResponse informational(HttpResponse response) {
    var whole = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, response.status());
    whole.headers().set(response.headers());
    return whole;
  }

  private void expectMore() {
    if (exchange != null) {
      exchange.expectWithin(limits.idle());
    }
  }

  void responseContent(HttpContent content) {
    if (!answered || over) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      fail("its answer broke off");
      return;
    }
    if (content instanceof LastHttpContent last) {
      HeaderRules.stripTrailers(last.trailingHeaders());
      over = true;
      letGo();
    }
    visit.send(content);
    if (!over && !visit.clientWritable() && exchange != null) {
      exchange.reading(false);
    }
  }

  private void letGo() {
    UpstreamExchange current = exchange;
    exchange = null;
    if (current == null) {
      return;
    }
    if (reusable && requestSent) {
      current.giveBack();
    } else {
      current.close(); // it may wait for the rest of a request that never comes
    }
  }

  void responseFlush() {
    expectMoreIfAnswered();
    visit.flushClient();
  }

  private void expectMoreIfAnswered() {
    if (answered || upgraded) {
      expectMore();
    }
  }

  private void upgrade(HttpResponse response) {
    HttpHeaders headers = response.headers();
    if (!upgradeWanted
        || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
      fail("it changed to a protocol that nobody asked for");
      return;
    }
    upgraded = true;
    HeaderRules.stripResponse(headers);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    UpstreamExchange current = exchange;
    visit.upgrade(informational(response));
    if (current != null) {
      current.expectWithin(limits.idle());
      current.upgrade();
    }
  }

  void responseRaw(ByteBuf bytes) {
    if (!upgraded || over) {
      bytes.release();
      return;
    }
    visit.sendRaw(bytes);
    if (!visit.clientWritable() && exchange != null) {
      exchange.reading(false);
    }
  }

  void upstreamClosed(UpstreamExchange gone) {
    exchange = null;
    if (over) {
      return;
    }
    if (upgraded) {
      over = true;
      visit.endUpgraded();
    } else if (mayRetry(gone)) {
      retried = true;
      // All that was written went nowhere: the upstream closed a kept connection meanwhile.
      if (requestSent) {
        early.add(LastHttpContent.EMPTY_LAST_CONTENT);
        requestSent = false;
      }
      connect();
    } else if (gone.reason().isPresent() && (call || answered)) {
      visit.abort(relayed(gone.reason().get()));
    } else {
      fail(answered ? "its answer broke off" : "it closed the connection without an answer");
    }
  }

  private boolean mayRetry(UpstreamExchange gone) {
    return !retried
        && !answered
        && !bodySent
        && (gone.isUntouched()
            || (gone.isUsed() && requestSent && IDEMPOTENT.contains(request.method().name())));
  }

  /** What the upstream says of the request; the rest is between it and us (RFC 9113 §7). */
  private Http2Error relayed(Http2Error reason) {
    return switch (reason) {
      case CANCEL, ENHANCE_YOUR_CALM -> reason;
      case REFUSED_STREAM -> answered ? Http2Error.INTERNAL_ERROR : reason;
      default -> Http2Error.INTERNAL_ERROR;
    };
  }

  void upstreamMalformed() {
    exchange = null;
    fail("its answer is not HTTP");
  }

  void upstreamSilent() {
    if (answered || upgraded) {
      visit.abort();
    } else {
      visit.refuse(unreachable(504, "gateway-timeout", "its answer did not come in time"), false);
    }
  }

  private void fail(String detail) {
    if (!over) {
      visit.refuse(unreachable(502, "bad-gateway", detail), false);
    }
  }
}
