package dev.postern.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request at an upstream and its answer, in whatever HTTP the upstream speaks: the seam between
 * {@link Relay} and the wire. Lives on the client's event loop.
 */
abstract class UpstreamExchange extends ChannelInboundHandlerAdapter {
  /** A connection, or one stream of it. */
  final Channel channel;

  /** Whose exchange it is, as long as it is one's. */
  @Nullable Relay relay;

  UpstreamExchange(Channel channel) {
    this.channel = channel;
  }

  /** Sends a request's head; {@code bodyless}: its end is all that follows. */
  abstract void begin(Relay next, HttpRequest head, boolean bodyless);

  /** Sends a part of the body, and releases it. */
  abstract void write(HttpContent content);

  /** Reports {@link Relay#upstreamSilent} unless it is called again in time. */
  abstract void expectWithin(Duration patience);

  /** Whether the connection is good for more once this answer is complete. */
  abstract boolean outlives(HttpResponse answer, boolean empty);

  /** Both sides have said everything. */
  abstract void giveBack();

  /** Breaks off; the upstream notices. */
  abstract void close();

  /** Whether the connection served before: then the upstream may be closing it just now. */
  abstract boolean isUsed();

  /** Whether requests share the connection. */
  abstract boolean isShared();

  /** Whether the upstream has not begun with the request, so that any may be repeated. */
  boolean isUntouched() {
    return false;
  }

  /** The upstream's reason for breaking off, where the protocol has words for it. */
  Optional<Http2Error> reason() {
    return Optional.empty();
  }

  /** Sends bytes after {@link #upgrade}, and releases them. */
  void raw(ByteBuf bytes) {
    throw notUpgraded();
  }

  /** From here on bytes: hands on what the codec has read already; HTTP/1.1 only. */
  void upgrade() {
    throw notUpgraded();
  }

  private static IllegalStateException notUpgraded() {
    return new IllegalStateException("only HTTP/1.1 has an upgrade");
  }

  final void flush() {
    channel.flush();
  }

  final boolean isWritable() {
    return channel.isWritable();
  }

  void reading(boolean wanted) {
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext ctx) {
    if (relay != null) {
      relay.responseFlush();
    }
  }

  @Override
  public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (relay != null) {
      relay.upstreamReady();
    }
  }
}
