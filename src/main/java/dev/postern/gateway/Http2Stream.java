package dev.postern.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2ResetFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection: one visit (RFC 9113 §8.1). */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http2Stream extends ClientStream {
  private final Http2Connection lifetime;
  private @Nullable HttpResponse head;
  private @Nullable ChannelFuture lastWritten;

  Http2Stream(
      Service service, ClientConnection connection, Channel channel, Http2Connection lifetime) {
    super(service, connection, channel);
    this.lifetime = lifetime;
  }

  @Override
  String protocol() {
    return "HTTP/2";
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case FullHttpRequest whole -> {
        joinAuthority(whole.headers());
        begin(
            new DefaultHttpRequest(
                whole.protocolVersion(), whole.method(), whole.uri(), whole.headers()));
        whole.release();
        content(LastHttpContent.EMPTY_LAST_CONTENT);
      }
      case HttpRequest request -> {
        joinAuthority(request.headers());
        begin(request);
      }
      case HttpContent content -> content(content);
      default -> release(message);
    }
  }

  /** A client that cancels is heard also when it is not read just now. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) {
      channel.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  /** RFC 9113 §8.3.1: Host may come beside :authority as long as it says the same. */
  private static void joinAuthority(HttpHeaders headers) {
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() == 2 && hosts.getFirst().equalsIgnoreCase(hosts.getLast())) {
      headers.set(HttpHeaderNames.HOST, hosts.getFirst());
    }
  }

  /**
   * Held back until it is clear whether it is all: then it ends the stream itself, as gRPC's
   * answers without a message have to.
   */
  @Override
  void writeHead(HttpResponse response, Visit of) {
    head = response;
  }

  @Override
  void write(Object message) {
    writeHead();
    super.write(message);
  }

  @Override
  void writeLast(LastHttpContent last) {
    HttpResponse held = head;
    if (held != null && !last.content().isReadable() && last.trailingHeaders().isEmpty()) {
      head = null;
      last.release();
      lastWritten =
          channel.write(
              new DefaultFullHttpResponse(
                  held.protocolVersion(),
                  held.status(),
                  Unpooled.EMPTY_BUFFER,
                  held.headers(),
                  EmptyHttpHeaders.INSTANCE));
    } else {
      writeHead();
      lastWritten = channel.write(last);
    }
  }

  @Override
  void flush() {
    writeHead();
    lifetime.flushSoon();
  }

  /** Reading again may write a WINDOW_UPDATE, which Netty leaves lying for who flushes next. */
  @Override
  void reading(boolean wanted) {
    boolean again = wanted && !channel.config().isAutoRead();
    super.reading(wanted);
    if (again) {
      channel.flush();
    }
  }

  private void writeHead() {
    HttpResponse held = head;
    if (held != null) {
      head = null;
      super.write(held);
    }
  }

  @Override
  void done(Visit of, boolean close) {
    flush();
    if (!of.requestDone() && !of.bodyless() && lastWritten != null) {
      // RFC 9113 §8.1: a complete response, and no interest in the rest of the request. Said
      // sooner,
      // it would overtake the response's body, which waits for the flow control, and discard it.
      lastWritten.addListener(written -> {
        if (channel.isActive()) {
          end(Http2Error.NO_ERROR);
        }
      });
    }
    leave();
    if (close) {
      lifetime.goAway(); // the browser asks for a certificate anew on its next connection
    }
  }

  @Override
  void reset(Http2Error why) {
    writeHead();
    end(why);
  }

  @Override
  void refuseRest() {
    reset(Http2Error.INTERNAL_ERROR);
  }

  private void end(Http2Error error) {
    channel
        .writeAndFlush(new DefaultHttp2ResetFrame(error))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
