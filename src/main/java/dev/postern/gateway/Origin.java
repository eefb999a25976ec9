package dev.postern.gateway;

import dev.postern.web.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The running side of an upstream: exchanges with it, on connections that stay on their loop. */
final class Origin {
  private final Upstream upstream;
  private final String text;
  private final Connector connector;

  /** Whether it spoke HTTP/2 when last asked; with https it chooses at each connection. */
  private volatile boolean shared;

  private final FastThreadLocal<Pool> pools =
      new FastThreadLocal<>() {
        @Override
        protected Pool initialValue() {
          return new Pool(Origin.this);
        }
      };

  /** Who wants an exchange. */
  interface Caller {
    /** Here it is; to be given back even if nobody wants it any more. */
    void connected(UpstreamExchange exchange);

    void notConnected(Throwable cause);
  }

  Origin(Upstream upstream, EventLoops loops) {
    this.upstream = upstream;
    this.text = upstream.text();
    this.connector = new Connector(upstream, loops);
    this.shared = upstream.scheme() == Upstream.Scheme.H2C;
  }

  String text() {
    return text;
  }

  /** Whether HTTP/1.1, and with it WebSocket, is out of the question. */
  boolean isHttp2Only() {
    return upstream.scheme() == Upstream.Scheme.H2C;
  }

  Connector connector() {
    return connector;
  }

  boolean isShared() {
    return shared;
  }

  void shared(boolean now) {
    if (shared != now && !isHttp2Only()) {
      shared = now;
    }
  }

  /** An exchange on a connection that there is; {@code upgrade}: one that can be upgraded. */
  @Nullable UpstreamExchange take(boolean upgrade) {
    Pool pool = pools.get();
    return shared && !upgrade ? pool.openStream() : pool.takeIdle();
  }

  /** An exchange on a new connection; the caller is told on {@code loop}, whose call this is. */
  void connect(EventLoop loop, Duration patience, boolean upgrade, Caller caller) {
    Pool pool = pools.get();
    if (upgrade) {
      connector.connectHttp1(pool, loop, patience, caller);
    } else if (shared) {
      pool.connectTogether(loop, patience, caller);
    } else {
      pool.connect(loop, patience, caller);
    }
  }
}
