package dev.postern.gateway;

import dev.postern.web.Watchdog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection to an upstream, and the exchanges that share it (RFC 9113 §5). It is one
 * when the upstream's SETTINGS are there, which say how many. All their deadlines hang on one
 * timer: streams are too many and too short to have one each.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http2Upstream extends ChannelInboundHandlerAdapter implements UpstreamConnection {
  /** However many the upstream would take: what one connection carries is lost with it. */
  private static final int MAX_STREAMS = 100;

  /** What an upstream may send on a stream whose client does not read, and so our memory for it. */
  private static final int STREAM_WINDOW = 128 * 1024;

  /** All streams' windows together: no client that does not read stops the others. */
  private static final int CONNECTION_WINDOW = MAX_STREAMS * STREAM_WINDOW;

  /** Stream numbers run out at 2^30; nothing is lost by stopping sooner (RFC 9113 §5.1.1). */
  private static final int LAST_STREAM = 1 << 29;

  /**
   * No PINGs: gRPC servers send those away who ping more often than every five minutes. Whoever
   * closes sooner than this says so by GOAWAY.
   */
  private static final Duration KEPT = Duration.ofSeconds(60);

  private final Pool pool;
  private final Channel channel;
  private final Consumer<Throwable> failed;
  private @Nullable Consumer<UpstreamConnection> arrived;
  private final AsciiString scheme;
  private final Http2StreamChannelBootstrap streams;
  private final Watchdog watchdog;
  private final Set<Http2Exchange> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int most = MAX_STREAMS;
  private int opened;
  private long nearest = Long.MAX_VALUE;
  private boolean leaving;

  private Http2Upstream(
      Pool pool,
      Channel channel,
      Consumer<UpstreamConnection> arrived,
      Consumer<Throwable> failed) {
    this.pool = pool;
    this.channel = channel;
    this.arrived = arrived;
    this.failed = failed;
    this.scheme =
        channel.pipeline().get(SslHandler.class) == null
            ? HttpScheme.HTTP.name()
            : HttpScheme.HTTPS.name();
    this.streams = new Http2StreamChannelBootstrap(channel);
    this.watchdog = new Watchdog(channel.eventLoop(), this::lostPatience);
  }

  /** Makes a connection of a channel; one of the two is told, within {@code patience}. */
  static void begin(
      Pool pool,
      Channel channel,
      Duration patience,
      Consumer<UpstreamConnection> arrived,
      Consumer<Throwable> failed) {
    var connection = new Http2Upstream(pool, channel, arrived, failed);
    var frames =
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                new Http2Settings()
                    .pushEnabled(false)
                    .initialWindowSize(STREAM_WINDOW)
                    .maxHeaderListSize(Connector.MAX_RESPONSE_HEADERS))
            .build();
    var none =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel pushed) {
            pushed.close(); // never: the codec takes no pushes
          }
        };
    connection.watchdog.expectWithin(patience);
    channel.pipeline().addLast(frames, new Http2MultiplexHandler(none), connection);
    channel.writeAndFlush(
        new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE));
  }

  /** For {@code :scheme}: how this connection is made, as the upstream sees it. */
  AsciiString scheme() {
    return scheme;
  }

  /** A stream, if there is one left. */
  @Nullable Http2Exchange open() {
    if (leaving || open.size() >= most || !channel.isActive()) {
      return null;
    }
    Http2StreamChannel stream = streams.open().getNow(); // at once, on the connection's own loop
    if (stream == null) {
      return null;
    }
    if (open.isEmpty()) {
      nearest = Long.MAX_VALUE;
      watchdog.rest();
    }
    var exchange = new Http2Exchange(this, stream, opened > 0);
    stream.pipeline().addLast(exchange);
    open.add(exchange);
    if (++opened == LAST_STREAM) {
      leave();
    }
    return exchange;
  }

  void closed(Http2Exchange exchange) {
    if (open.remove(exchange) && open.isEmpty()) {
      if (leaving) {
        channel.close();
      } else {
        watchdog.expectWithin(KEPT);
      }
    }
  }

  /** Wakes up by then to look whose patience is over. */
  void watch(long deadline) {
    if (nearest == Long.MAX_VALUE || deadline - nearest < 0) {
      nearest = deadline;
      watchdog.expectBy(deadline);
    }
  }

  private void lostPatience() {
    if (arrived != null) {
      fail(new ProtocolException("no SETTINGS in time"));
    } else if (open.isEmpty()) {
      leave();
    } else {
      long now = Watchdog.now();
      nearest = Long.MAX_VALUE;
      for (Http2Exchange each : new ArrayList<>(open)) {
        each.lookAt(now);
      }
    }
  }

  /** No new streams; those that are may finish (RFC 9113 §6.8). */
  void leave() {
    if (!leaving) {
      leaving = true;
      pool.forget(this);
      if (open.isEmpty()) {
        channel.close();
      }
    }
  }

  private void fail(Throwable cause) {
    if (arrived != null) {
      arrived = null;
      leaving = true;
      channel.close();
      failed.accept(cause);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case Http2SettingsFrame settings -> {
        Long said = settings.settings().maxConcurrentStreams();
        if (said != null) {
          most = (int) Math.min(MAX_STREAMS, said);
        }
        Consumer<UpstreamConnection> waiting = arrived;
        if (waiting != null) {
          arrived = null;
          watchdog.expectWithin(KEPT);
          waiting.accept(this);
        }
      }
      case Http2GoAwayFrame goAway -> {
        goAway.release();
        leave();
      }
      default -> ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watchdog.close();
    fail(new ProtocolException("closed before its SETTINGS"));
    leave();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(new ProtocolException(cause.getMessage()));
    ctx.close();
  }
}
