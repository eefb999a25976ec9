package dev.postern.gateway;

import dev.postern.web.Watchdog;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an {@link Http2Upstream} (RFC 9113 §8). A head that {@link RelayedHeaders} prepared
 * for HTTP/1.1 is rewritten on its way: pseudo-header fields first, lower-case names, cookies in
 * crumbs, nothing of the connection's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http2Exchange extends UpstreamExchange {
  private static final HttpVersion HTTP_2 = new HttpVersion("HTTP", 2, 0, true);

  /** For the upstream to take what is still under way of a request that it has answered. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private final Http2Upstream connection;
  private final boolean used;
  private long deadline = Long.MAX_VALUE;
  private boolean begun;
  private boolean ended;
  private boolean untouched;
  private @Nullable Http2Error reason;

  Http2Exchange(Http2Upstream connection, Http2StreamChannel stream, boolean used) {
    super(stream);
    this.connection = connection;
    this.used = used;
  }

  @Override
  boolean isUsed() {
    return used;
  }

  @Override
  boolean isShared() {
    return true;
  }

  @Override
  boolean isUntouched() {
    return untouched;
  }

  @Override
  Optional<Http2Error> reason() {
    return Optional.ofNullable(reason);
  }

  @Override
  void begin(Relay next, HttpRequest head, boolean bodyless) {
    relay = next;
    begun = true;
    ended = bodyless;
    HttpHeaders headers = head.headers();
    Http2Headers fields =
        new DefaultHttp2Headers(false, headers.size() + 4)
            .method(head.method().asciiName())
            .scheme(connection.scheme())
            .authority(headers.get(HttpHeaderNames.HOST))
            .path(head.uri());
    HttpConversionUtil.toHttp2Headers(headers, fields);
    if (headers.contains(HttpHeaderNames.TE)) {
      fields.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS); // Connection named it
    }
    channel.write(new DefaultHttp2HeadersFrame(fields, bodyless)).addListener(this::headWritten);
  }

  /** Only what the codec holds back itself fails so: the upstream has not seen it. */
  private void headWritten(Future<?> written) {
    if (!written.isSuccess()) {
      untouched = !(written.cause() instanceof Http2Exception.HeaderListSizeException);
      connection.leave();
    }
  }

  @Override
  void write(HttpContent content) {
    if (ended) {
      content.release(); // the head has said that it is the end
      return;
    }
    ended = content instanceof LastHttpContent;
    boolean trailing = content instanceof LastHttpContent last && !last.trailingHeaders().isEmpty();
    if (content.content().isReadable() || (ended && !trailing)) {
      channel.write(
          new DefaultHttp2DataFrame(content.content(), ended && !trailing), channel.voidPromise());
    } else {
      content.release();
    }
    if (trailing) {
      Http2Headers trailers = Http2Fields.trailers(((LastHttpContent) content).trailingHeaders());
      channel.write(new DefaultHttp2HeadersFrame(trailers, true), channel.voidPromise());
    }
  }

  /** As in {@link Http2Stream#reading}: else the upstream never learns that it may go on. */
  @Override
  void reading(boolean wanted) {
    boolean again = wanted && !channel.config().isAutoRead();
    super.reading(wanted);
    if (again) {
      channel.flush();
    }
  }

  @Override
  boolean outlives(HttpResponse answer, boolean empty) {
    return true;
  }

  @Override
  void giveBack() {
    relay = null;
    if (begun) {
      reading(true);
      expectWithin(LINGER);
    } else {
      close();
    }
  }

  /** RFC 9113 §8.1: a stream that is not complete ends in RST_STREAM with CANCEL. */
  @Override
  void close() {
    relay = null;
    channel.close();
  }

  @Override
  void expectWithin(Duration patience) {
    deadline = Watchdog.now() + patience.toNanos();
    connection.watch(deadline);
  }

  /** At a time when somebody's patience is over. */
  void lookAt(long now) {
    if (deadline == Long.MAX_VALUE) {
      return;
    }
    if (deadline - now > 0) {
      connection.watch(deadline);
      return;
    }
    deadline = Long.MAX_VALUE;
    if (relay == null) {
      close();
    } else {
      connection.leave(); // nobody else is to wait for a connection that may be dead
      relay.upstreamSilent();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Http2Exception {
    Relay current = relay;
    switch (message) {
      case Http2HeadersFrame frame when current != null -> head(current, frame);
      case Http2DataFrame frame when current != null ->
          current.responseContent(
              frame.isEndStream()
                  ? new DefaultLastHttpContent(frame.content())
                  : new DefaultHttpContent(frame.content()));
      default -> ReferenceCountUtil.release(message);
    }
  }

  private void head(Relay to, Http2HeadersFrame frame) throws Http2Exception {
    Http2Headers fields = frame.headers();
    if (fields.status() == null) {
      var last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      Http2Fields.copy(fields, last.trailingHeaders());
      to.responseContent(last);
      return;
    }
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    Http2Fields.copy(fields, headers);
    to.response(
        new DefaultHttpResponse(HTTP_2, HttpConversionUtil.parseStatus(fields.status()), headers));
    if (frame.isEndStream() && relay == to) {
      to.responseContent(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  /** What comes besides; the channel becomes inactive next, behind what was read before it. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case Http2ResetFrame reset -> {
        reason = Http2Error.valueOf(reset.errorCode());
        untouched = reason == Http2Error.REFUSED_STREAM; // RFC 9113 §8.7
      }
      case Http2GoAwayFrame _ -> untouched = true; // RFC 9113 §6.8: told to the streams beyond
      default -> {}
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.closed(this);
    Relay current = relay;
    relay = null;
    if (current != null) {
      current.upstreamClosed(this);
    }
  }

  /** Not HTTP, that is: the connection may still be good for others. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Relay current = relay;
    close();
    if (current != null) {
      current.upstreamMalformed();
    }
  }
}
