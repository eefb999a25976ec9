package dev.postern.web;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ClientHello, takes the host's {@link TlsContext} and steps aside for its SslHandler.
 */
public final class SniSelector extends AbstractSniHandler<TlsContext> {
  /** More than any honest ClientHello, post-quantum key shares included. */
  private static final int MAX_CLIENT_HELLO = 16 * 1024;

  /**
   * Firefox shows its list of certificates in the middle of the handshake, and people read it. Who
   * only seems to read costs no more than a connection that is idle.
   */
  private static final Duration CHOICE = Duration.ofMinutes(2);

  private final Supplier<TlsHosts> hosts;
  private final Duration handshakeTimeout;
  private final BiConsumer<TlsContext, SslHandler> selected;

  /**
   * @param handshakeTimeout for the ClientHello, and again for what follows; longer where a
   *     certificate is asked for
   * @param selected is told before the handshake begins
   */
  public SniSelector(
      Supplier<TlsHosts> hosts,
      Duration handshakeTimeout,
      BiConsumer<TlsContext, SslHandler> selected) {
    super(MAX_CLIENT_HELLO, handshakeTimeout.toMillis());
    this.hosts = hosts;
    this.handshakeTimeout = handshakeTimeout;
    this.selected = selected;
  }

  private Duration patience(Posture posture) {
    return posture == Posture.NEVER || handshakeTimeout.compareTo(CHOICE) > 0
        ? handshakeTimeout
        : CHOICE;
  }

  /** Scanners reset connections all day: not worth a line each. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // it is over either way
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  protected Future<TlsContext> lookup(ChannelHandlerContext ctx, @Nullable String sni) {
    return ctx.executor().newSucceededFuture(retained(sni));
  }

  /**
   * A reload may release the snapshot between reading and retaining it; the next one is there then.
   */
  private TlsContext retained(@Nullable String sni) {
    while (true) {
      TlsContext context = hosts.get().select(sni);
      try {
        context.retain();
        return context;
      } catch (IllegalReferenceCountException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String sni, Future<TlsContext> future) {
    TlsContext context = future.getNow();
    SslHandler handler = null;
    try {
      handler = context.handler(ctx.alloc());
      handler.setHandshakeTimeoutMillis(patience(context.posture()).toMillis());
      selected.accept(context, handler);
      ctx.pipeline().replace(this, "tls", handler);
      handler = null;
    } finally {
      context.release();
      if (handler != null) {
        ReferenceCountUtil.safeRelease(handler.engine()); // never became part of the pipeline
      }
    }
  }
}
