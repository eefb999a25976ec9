package dev.postern.gateway;

import dev.postern.web.Malformed;
import dev.postern.web.Problem;
import dev.postern.web.RequestDecoder;
import dev.postern.web.ResponseEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** An HTTP/1.1 connection: one visit after the other (RFC 9112 §9). */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http1Stream extends ClientStream {
  /** How long and how much is read after a last response, so that the client gets to read it. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private static final long MAX_LINGER_BYTES = 1 << 20;

  private final RequestDecoder decoder;
  private final ResponseEncoder encoder;

  /** Requests that came before their predecessor was answered. */
  private final Deque<Object> waiting = new ArrayDeque<>();

  private boolean wanted = true;
  private boolean last;
  private boolean closing;
  private boolean upgraded;
  private long lingered;

  Http1Stream(
      Service service,
      ClientConnection connection,
      Channel channel,
      RequestDecoder decoder,
      ResponseEncoder encoder) {
    super(service, connection, channel);
    this.decoder = decoder;
    this.encoder = encoder;
    await(Wait.REQUEST, service.timeouts().idle());
  }

  @Override
  String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      linger(message);
    } else if (!waiting.isEmpty() || (visit != null && visit.requestDone() && !upgraded)) {
      waiting.add(message);
      reading(wanted);
    } else {
      take(message);
    }
  }

  private void take(Object message) {
    switch (message) {
      case HttpRequest request -> {
        rest();
        last = !HttpUtil.isKeepAlive(request) || service.draining();
        begin(request);
      }
      case HttpContent content -> content(content);
      case Malformed(Problem problem) -> {
        if (visit != null) {
          visit.refuse(problem, true); // the body broke off
        } else {
          refuse(problem);
        }
      }
      case ByteBuf bytes when upgraded && visit != null -> visit.raw(bytes);
      default -> release(message);
    }
  }

  /** For what never became a request: answered and logged all the same. */
  private void refuse(Problem problem) {
    rest();
    var none = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    last = true;
    visit = new Visit(this, none);
    visit.refuse(problem, true);
  }

  @Override
  void refuseRest() {
    refuse(Problem.of(408, "request-timeout", "its head did not come"));
  }

  private void linger(Object message) {
    if (message instanceof HttpContent content) {
      lingered += content.content().readableBytes();
    }
    release(message);
    if (message instanceof LastHttpContent || lingered > MAX_LINGER_BYTES) {
      closeFlushed();
    }
  }

  @Override
  void reading(boolean nowWanted) {
    wanted = nowWanted;
    super.reading(wanted && waiting.isEmpty());
  }

  @Override
  void writeHead(HttpResponse response, Visit of) {
    HttpRequest request = of.request();
    encoder.answeringHead(isHead(request));
    HttpHeaders headers = response.headers();
    boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    if (old && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
      last = true; // HTTP/1.0 knows no chunks: the end of the connection ends the response
    }
    if (of.expectsContinue() && !of.requestDone()) {
      last = true; // the client may or may not send the body now: no telling what comes next
    }
    if (last || service.draining()) {
      last = true;
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (old) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    write(response);
  }

  @Override
  void closeAfterThis() {
    last = true;
  }

  @Override
  void done(Visit of, boolean close) {
    boolean whole = of.requestDone() || of.bodyless();
    last |= close || !whole; // what else it may have to send is not wanted
    connection.place().quiet();
    if (last) {
      closing = true;
      super.reading(true);
      visit = null;
      if (!of.requestDone()) {
        // Closing with unread bytes would reset the connection and take the response along.
        flush();
        connection.sayGoodbye();
        await(Wait.LINGER, LINGER);
      } else {
        closeFlushed();
        leave();
      }
    } else {
      flush();
      next();
    }
  }

  private void closeFlushed() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  private void next() {
    visit = null;
    wanted = true;
    await(Wait.REQUEST, service.timeouts().idle());
    try {
      decoder.proceed(channel.pipeline().context(decoder));
    } catch (Exception e) {
      channel.pipeline().fireExceptionCaught(e);
    }
    while (!closing && (visit == null || !visit.requestDone())) {
      Object message = waiting.poll();
      if (message == null) {
        break;
      }
      take(message);
    }
    reading(wanted);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    super.channelReadComplete(ctx);
    if (awaits(Wait.REQUEST) && decoder.isMidHead()) {
      await(Wait.HEAD, service.timeouts().header());
    }
  }

  @Override
  void reset(Http2Error why) {
    // Without a length or chunks only a reset tells HTTP/1.0 that the response is not whole.
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.close();
  }

  @Override
  void upgrade(HttpResponse response) {
    rest();
    upgraded = true;
    encoder.answeringHead(false);
    channel.writeAndFlush(response, channel.voidPromise());
    channel.pipeline().remove(encoder);
    reading(true);
    channel.pipeline().remove(decoder); // hands on what it has read already
  }

  /** No next request; an idle connection closes at once. */
  void drain() {
    last = true;
    if (visit == null) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    waiting.forEach(ClientStream::release);
    waiting.clear();
    super.channelInactive(ctx);
  }
}
