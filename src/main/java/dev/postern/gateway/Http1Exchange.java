package dev.postern.gateway;

import dev.postern.web.Watchdog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/** An HTTP/1.1 connection to an upstream: idle, or carrying one relay (RFC 9112 §9). */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http1Exchange extends UpstreamExchange implements UpstreamConnection {
  /**
   * Shorter than the keep-alive of common servers (Node: 5 s), so that we seldom meet a stale one.
   */
  private static final Duration KEPT = Duration.ofSeconds(4);

  private final Pool pool;
  private final Watchdog watchdog;
  private boolean used;
  private boolean skipLast;

  Http1Exchange(Pool pool, Channel channel) {
    super(channel);
    this.pool = pool;
    this.watchdog = new Watchdog(channel.eventLoop(), this::lostPatience);
  }

  boolean isOpen() {
    return channel.isActive();
  }

  @Override
  boolean isUsed() {
    return used;
  }

  @Override
  boolean isShared() {
    return false;
  }

  @Override
  void begin(Relay next, HttpRequest head, boolean bodyless) {
    relay = next;
    watchdog.rest();
    channel.write(head, channel.voidPromise());
  }

  @Override
  void write(HttpContent content) {
    channel.write(content, channel.voidPromise());
  }

  @Override
  void raw(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  @Override
  boolean outlives(HttpResponse answer, boolean empty) {
    return HttpUtil.isKeepAlive(answer)
        && (empty
            || HttpUtil.isContentLengthSet(answer)
            || HttpUtil.isTransferEncodingChunked(answer));
  }

  @Override
  void giveBack() {
    relay = null;
    used = true;
    channel.config().setAutoRead(true);
    watchdog.expectWithin(KEPT);
    pool.keep(this);
  }

  @Override
  void close() {
    relay = null;
    watchdog.close();
    channel.close();
  }

  @Override
  void expectWithin(Duration patience) {
    watchdog.expectWithin(patience);
  }

  private void lostPatience() {
    if (relay != null) {
      relay.upstreamSilent();
    } else {
      pool.forget(this);
      close();
    }
  }

  @Override
  void upgrade() {
    channel.pipeline().remove("http");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Relay current = relay;
    if (current == null) {
      ReferenceCountUtil.release(message); // an answer to nothing: this one is out of step
      pool.forget(this);
      close();
      return;
    }
    switch (message) {
      case HttpResponse response -> {
        // The codec ends each informational response as if it were a whole one.
        skipLast = response.status().code() < 200;
        current.response(response);
        if (message instanceof HttpContent content && relay == current) {
          current.responseContent(content);
        }
      }
      case LastHttpContent last when skipLast -> {
        skipLast = false;
        last.release();
      }
      case HttpContent content -> current.responseContent(content);
      case ByteBuf bytes -> current.responseRaw(bytes);
      default -> ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watchdog.close();
    Relay current = relay;
    relay = null;
    if (current != null) {
      current.upstreamClosed(this);
    } else {
      pool.forget(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
