package dev.postern.peers;

import dev.postern.x509.Bytes;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Thousands of connections to one port of this machine, from several addresses of 127.0.0.0/8,
 * since one has 28,000 ports. Those that shook hands keep the socket and forget the keys: what they
 * cost is the other side's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a connection is counted
final class Swarm implements AutoCloseable {
  private static final int PER_ADDRESS = 15_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("swarm", true), EpollIoHandler.newFactory());
  private final int port;
  private final int firstAddress;
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger tried = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  /** {@code firstAddress}: the last byte of the first address to come from, two or more. */
  Swarm(int port, int firstAddress) {
    this.port = port;
    this.firstAddress = firstAddress;
  }

  /** Connections that the other side has not closed. */
  int open() {
    return open.size();
  }

  /** Connections that came about, closed or not. */
  int settled() {
    return settled.get();
  }

  /** Connections that never came about. */
  int failed() {
    return failed.get();
  }

  /**
   * What a connection begins with. With {@code tls} after the handshake; it has come about when
   * that is sent, or, if it is to be {@code answered}, when the answer was 200.
   */
  record Opening(@Nullable SslContext tls, Bytes bytes, boolean isAnswered) {
    static final Opening NONE = new Opening(null, Bytes.of(new byte[0]), false);

    static Opening begun(SslContext tls, String text) {
      return new Opening(tls, Bytes.of(text.getBytes(StandardCharsets.US_ASCII)), false);
    }

    static Opening answered(SslContext tls, String request) {
      return new Opening(tls, Bytes.of(request.getBytes(StandardCharsets.US_ASCII)), true);
    }
  }

  /** Connects {@code count} times, {@code atOnce} at a time. */
  void connect(int count, int atOnce, Opening opening) {
    var turns = new Semaphore(atOnce);
    SslContext tls = opening.tls();
    for (int i = 0; i < count; i++) {
      take(turns, 1);
      var settling = new Settling(turns, opening);
      new Bootstrap()
          .group(loops)
          .channel(EpollSocketChannel.class)
          .option(ChannelOption.SO_REUSEADDR, true)
          .localAddress(new InetSocketAddress(source(tried.getAndIncrement()), 0))
          .handler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  if (tls != null) {
                    SslHandler handler = tls.newHandler(channel.alloc(), Installation.HOST, port);
                    handler.setHandshakeTimeoutMillis(PATIENCE.toMillis());
                    channel.pipeline().addLast(handler);
                  }
                  channel.pipeline().addLast(settling);
                }
              })
          .connect(InetAddress.getLoopbackAddress(), port)
          .addListener(done -> {
            if (!done.isSuccess()) {
              settling.fail();
            }
          });
    }
    take(turns, atOnce);
  }

  /** Closes what is open, as far as it has come about. */
  void hangUp() {
    open.forEach(Channel::close);
  }

  private static void take(Semaphore turns, int count) {
    try {
      if (!turns.tryAcquire(count, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("connections neither come about nor fail");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private InetAddress source(int index) {
    try {
      byte last = (byte) (firstAddress + index / PER_ADDRESS);
      return InetAddress.getByAddress(new byte[] {127, 0, 0, last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** The next bytes of {@code text} on each connection, one on each, over and over. */
  void drip(byte[] text, Duration pause) {
    var at = new AtomicInteger();
    loops.scheduleWithFixedDelay(
        () -> {
          int next = at.getAndIncrement() % text.length;
          open.forEach(channel ->
              channel.writeAndFlush(Unpooled.wrappedBuffer(text, next, 1), channel.voidPromise()));
        },
        0,
        pause.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Until it has come about. */
  private final class Settling extends ChannelInboundHandlerAdapter {
    private static final String OK = "HTTP/1.1 200 ";

    private final Semaphore turns;
    private final Opening opening;
    private boolean over;

    Settling(Semaphore turns, Opening opening) {
      this.turns = turns;
      this.opening = opening;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      open.add(ctx.channel());
      if (opening.tls() == null) {
        begin(ctx);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done) {
        if (done.isSuccess()) {
          begin(ctx);
        } else {
          ctx.close();
        }
      }
    }

    private void begin(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(opening.bytes().toArray()));
      if (!opening.isAnswered()) {
        settle();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      boolean ok = ((ByteBuf) message).toString(StandardCharsets.US_ASCII).startsWith(OK);
      ReferenceCountUtil.release(message);
      if (over) {
        return;
      }
      if (ok) {
        settle();
        // Its memory goes, the socket stays; but not while it is at work.
        ctx.executor().execute(() -> ctx.pipeline().remove(SslHandler.class));
      } else {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      open.remove(ctx.channel());
      fail();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    private void settle() {
      if (!over) {
        over = true;
        settled.incrementAndGet();
        turns.release();
      }
    }

    void fail() {
      if (!over) {
        over = true;
        failed.incrementAndGet();
        turns.release();
      }
    }
  }

  @Override
  public void close() {
    open.forEach(Channel::close);
    loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(15, TimeUnit.SECONDS);
  }
}
