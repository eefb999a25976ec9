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
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Carries one request to an upstream and the answer back (RFC 9110 §7.6). Nothing is gathered: when
 * one side does not take more, the other is not read, either way.
 */
final class Relay implements Handling {
  /** RFC 9110 §9.2.2, less TRACE, which never gets here. */
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  private final Visit visit;
  private final Origin origin;
  private final Site.Limits limits;
  private final HttpRequest request;
  private final boolean upgradeWanted;

  /** What came before there was a connection; the client is not read meanwhile. */
  private final Deque<HttpContent> early = new ArrayDeque<>();

  private @Nullable UpstreamConnection connection;
  private boolean bodySent;
  private boolean requestSent;
  private boolean answered;
  private boolean reusable;
  private boolean skipLast;
  private boolean upgraded;
  private boolean retried;
  private boolean over;

  Relay(Visit visit, Origin origin, Site.Limits limits) {
    this.visit = visit;
    this.origin = origin;
    this.limits = limits;
    this.request = visit.request();
    this.upgradeWanted = RelayedHeaders.prepare(visit);
  }

  void start() {
    UpstreamConnection kept = origin.takeIdle();
    if (kept != null) {
      connected(kept);
    } else {
      connect();
    }
  }

  private void connect() {
    origin.connect(
        visit.stream().channel.eventLoop(), limits.connect(), this::connected, this::notConnected);
  }

  private void connected(UpstreamConnection fresh) {
    if (over) {
      fresh.giveBack();
      return;
    }
    connection = fresh;
    fresh.carry(this);
    fresh.write(request);
    visit.sentUpstream();
    for (HttpContent content; (content = early.poll()) != null; ) {
      forward(fresh, content);
    }
    fresh.flush();
    fresh.expectWithin(limits.response());
    visit.reading(fresh.isWritable());
  }

  private void notConnected(Throwable cause) {
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
                cause instanceof SSLException
                    ? "its TLS certificate could not be verified"
                    : "it takes no connections"),
        false);
  }

  private static Problem unreachable(int status, String code, String detail) {
    return Problem.of(
        status,
        code,
        "The server behind this address cannot be reached.",
        "What was seen: " + detail + ". Try again in a few minutes.");
  }

  // From the client.

  @Override
  public void content(HttpContent content) {
    UpstreamConnection current = connection;
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

  private void forward(UpstreamConnection to, HttpContent content) {
    bodySent |= content.content().isReadable();
    if (content instanceof LastHttpContent last) {
      requestSent = true;
      HeaderRules.stripTrailers(last.trailingHeaders());
    }
    if (!answered) {
      to.expectWithin(limits.response()); // counts from the last byte sent
    }
    to.write(content);
  }

  @Override
  public void raw(ByteBuf bytes) {
    UpstreamConnection current = connection;
    if (current == null) {
      bytes.release();
      return;
    }
    current.expectWithin(limits.idle());
    current.write(bytes);
    if (!current.isWritable()) {
      visit.reading(false);
    }
  }

  @Override
  public void flush() {
    if (connection != null) {
      connection.flush();
    }
  }

  @Override
  public void clientReady() {
    if (connection != null) {
      connection.reading(true);
    }
  }

  @Override
  public void abandon() {
    over = true;
    releaseEarly();
    UpstreamConnection current = connection;
    connection = null;
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
    if (connection != null) {
      visit.reading(connection.isWritable());
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
      skipLast = true; // the codec ends each informational response as if it were a whole one
      HeaderRules.stripResponse(response.headers());
      visit.inform(informational(response));
    } else {
      answered = true;
      reusable =
          HttpUtil.isKeepAlive(response)
              && (isEmpty(status)
                  || HttpUtil.isContentLengthSet(response)
                  || HttpUtil.isTransferEncodingChunked(response));
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
    if (connection != null) {
      connection.expectWithin(limits.idle());
    }
  }

  void responseContent(HttpContent content) {
    if (skipLast && content instanceof LastHttpContent) {
      skipLast = false;
      content.release();
      return;
    }
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
    if (!over && !visit.clientWritable() && connection != null) {
      connection.reading(false);
    }
  }

  private void letGo() {
    UpstreamConnection current = connection;
    connection = null;
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
    skipLast = true;
    HeaderRules.stripResponse(headers);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    UpstreamConnection current = connection;
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
    if (!visit.clientWritable() && connection != null) {
      connection.reading(false);
    }
  }

  void upstreamClosed() {
    UpstreamConnection gone = connection;
    connection = null;
    if (over) {
      return;
    }
    if (upgraded) {
      over = true;
      visit.endUpgraded();
    } else if (gone != null && mayRetry(gone)) {
      retried = true;
      // All that was written went nowhere: the upstream closed a kept connection meanwhile.
      early.add(LastHttpContent.EMPTY_LAST_CONTENT);
      requestSent = false;
      connect();
    } else {
      fail(answered ? "its answer broke off" : "it closed the connection without an answer");
    }
  }

  private boolean mayRetry(UpstreamConnection gone) {
    return gone.isUsed()
        && !retried
        && !answered
        && requestSent
        && !bodySent
        && IDEMPOTENT.contains(request.method().name());
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
