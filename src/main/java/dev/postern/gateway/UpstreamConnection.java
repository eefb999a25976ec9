package dev.postern.gateway;

import dev.postern.web.Watchdog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection to an upstream: idle, or carrying one relay. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
  /**
   * Shorter than the keep-alive of common servers (Node: 5 s), so that we seldom meet a stale one.
   */
  private static final Duration KEPT = Duration.ofSeconds(4);

  private final Origin origin;
  private final Channel channel;
  private final Watchdog watchdog;
  private @Nullable Relay relay;
  private boolean used;

  UpstreamConnection(Origin origin, Channel channel) {
    this.origin = origin;
    this.channel = channel;
    this.watchdog = new Watchdog(channel.eventLoop(), this::lostPatience);
  }

  boolean isOpen() {
    return channel.isActive();
  }

  /** Whether it has carried a relay before: then the upstream may be closing it just now. */
  boolean isUsed() {
    return used;
  }

  void carry(Relay next) {
    relay = next;
    watchdog.rest();
  }

  /** The relay is complete on both sides: the next may come. */
  void giveBack() {
    relay = null;
    used = true;
    channel.config().setAutoRead(true);
    watchdog.expectWithin(KEPT);
    origin.giveBack(this);
  }

  void close() {
    relay = null;
    watchdog.close();
    channel.close();
  }

  void expectWithin(Duration patience) {
    watchdog.expectWithin(patience);
  }

  void rest() {
    watchdog.rest();
  }

  private void lostPatience() {
    if (relay != null) {
      relay.upstreamSilent();
    } else {
      origin.forget(this);
      close();
    }
  }

  void write(Object message) {
    channel.write(message, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  void reading(boolean wanted) {
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  /** From here on bytes: hands on what the codec has read already. */
  void upgrade() {
    channel.pipeline().remove("http");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Relay current = relay;
    if (current == null) {
      ReferenceCountUtil.release(message); // an answer to nothing: this one is out of step
      origin.forget(this);
      close();
      return;
    }
    switch (message) {
      case HttpResponse response -> {
        current.response(response);
        if (message instanceof HttpContent content && relay == current) {
          current.responseContent(content);
        }
      }
      case HttpContent content -> current.responseContent(content);
      case ByteBuf bytes -> current.responseRaw(bytes);
      default -> ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (relay != null) {
      relay.responseFlush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (relay != null) {
      relay.upstreamReady();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watchdog.close();
    Relay current = relay;
    relay = null;
    if (current != null) {
      current.upstreamClosed();
    } else {
      origin.forget(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
