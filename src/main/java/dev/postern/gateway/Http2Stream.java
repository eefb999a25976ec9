package dev.postern.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection: one visit (RFC 9113 §8.1). */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http2Stream extends ClientStream {
  private final Http2Connection lifetime;
  private boolean begun;
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
      case Http2HeadersFrame frame when begun -> {
        var last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        Http2Fields.copy(frame.headers(), last.trailingHeaders());
        content(last);
      }
      case Http2HeadersFrame frame -> {
        begun = true;
        Optional<HttpRequest> request = Http2Fields.request(frame.headers(), frame.isEndStream());
        request.ifPresentOrElse(this::begin, () -> end(Http2Error.PROTOCOL_ERROR));
        if (frame.isEndStream()) {
          content(LastHttpContent.EMPTY_LAST_CONTENT);
        }
      }
      case Http2DataFrame frame ->
          content(
              frame.isEndStream()
                  ? new DefaultLastHttpContent(frame.content())
                  : new DefaultHttpContent(frame.content()));
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
    switch (message) {
      case HttpResponse informational -> {
        super.write(new DefaultHttp2HeadersFrame(Http2Fields.of(informational), false));
        release(message);
      }
      case HttpContent content when content.content().isReadable() ->
          super.write(new DefaultHttp2DataFrame(content.content(), false));
      default -> release(message);
    }
  }

  @Override
  void writeLast(LastHttpContent last) {
    boolean empty = !last.content().isReadable();
    HttpHeaders trailers = last.trailingHeaders();
    if (empty) {
      last.release();
    }
    HttpResponse held = head;
    if (held != null && empty && trailers.isEmpty()) {
      head = null;
      lastWritten = channel.write(new DefaultHttp2HeadersFrame(Http2Fields.of(held), true));
      return;
    }
    writeHead();
    if (trailers.isEmpty()) {
      ByteBuf content = empty ? Unpooled.EMPTY_BUFFER : last.content();
      lastWritten = channel.write(new DefaultHttp2DataFrame(content, true));
    } else {
      if (!empty) {
        super.write(new DefaultHttp2DataFrame(last.content(), false));
      }
      lastWritten =
          channel.write(new DefaultHttp2HeadersFrame(Http2Fields.trailers(trailers), true));
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
      super.write(new DefaultHttp2HeadersFrame(Http2Fields.of(held), false));
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
