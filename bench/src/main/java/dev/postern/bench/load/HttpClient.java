package dev.postern.bench.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

/** One connection: sends what it is asked to, and tells its listener of each answer. */
abstract class HttpClient extends ByteToMessageDecoder {
  /** Who wants to know. */
  interface Listener {
    /** The connection can be used. */
    void ready(HttpClient client);

    /** Began at {@link System#nanoTime}; with so many octets of body. */
    void answered(HttpClient client, long began, long octets);

    void failed(HttpClient client, String what, Throwable cause);

    /** By the other side, or by {@link #close}. */
    void closed(HttpClient client);
  }

  private final Listener listener;
  private ChannelHandlerContext context;

  HttpClient(Listener listener) {
    this.listener = listener;
  }

  /** {@code last}: the other side may close the connection after it. */
  abstract void send(Request request, boolean last);

  /** To be sent with whatever came before. */
  final void flush() {
    context.flush();
  }

  final void close() {
    context.close();
  }

  final Listener listener() {
    return listener;
  }

  final ChannelHandlerContext context() {
    return context;
  }

  final void fail(String what) {
    listener.failed(this, what, null);
    context.close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    listener.failed(this, "connection", cause);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    listener.closed(this);
  }
}
