package dev.postern.gateway;

import dev.postern.web.Watchdog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;

/** How long an HTTP/2 connection lives, and how it ends: told first, closed later. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http2Connection extends ChannelInboundHandlerAdapter {
  /**
   * For the client to close after GOAWAY. Closing first would meet its last acknowledgements with a
   * reset, which takes away answers that it has not read yet.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Channel channel;
  private final Duration patience;
  private final ClientConnection connection;
  private final Watchdog watchdog;
  private int open;
  private boolean leaving;
  private boolean flushing;

  Http2Connection(Channel channel, Duration patience, ClientConnection connection) {
    this.channel = channel;
    this.patience = patience;
    this.connection = connection;
    this.watchdog = new Watchdog(channel.eventLoop(), this::unused);
    watchdog.expectWithin(patience);
    channel.closeFuture().addListener(closed -> watchdog.close());
  }

  void opened(Channel stream) {
    open++;
    connection.place().busy();
    watchdog.rest();
    stream.closeFuture().addListener(closed -> closed());
  }

  private void closed() {
    if (--open == 0) {
      connection.place().quiet();
      watchdog.expectWithin(leaving ? FAREWELL : patience);
    }
  }

  /**
   * Once, when this turn of the event loop is over, for all that its streams have written by then:
   * each flush is a TLS record and a system call.
   */
  void flushSoon() {
    if (!flushing) {
      flushing = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    channel.flush();
  }

  /** RFC 9113 §6.8: no new streams; those that are may finish. */
  void goAway() {
    if (!leaving) {
      leaving = true;
      channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
      if (open == 0) {
        watchdog.expectWithin(FAREWELL);
      }
    }
  }

  private void unused() {
    if (leaving) {
      channel.close();
    } else {
      goAway();
    }
  }

  /** The client reset the connection. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
