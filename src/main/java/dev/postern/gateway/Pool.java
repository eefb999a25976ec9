package dev.postern.gateway;

import io.netty.channel.EventLoop;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one event loop has of connections to one upstream. All of it happens there: no locks. */
final class Pool {
  private static final int MAX_IDLE = 64;

  private final Origin origin;
  private final Deque<Http1Exchange> idle = new ArrayDeque<>();
  private final List<Http2Upstream> shared = new ArrayList<>();

  /** Who waits for the one connection that is being made for all of them. */
  private final Deque<Origin.Caller> waiting = new ArrayDeque<>();

  private boolean connecting;

  Pool(Origin origin) {
    this.origin = origin;
  }

  /** A kept connection that is still open as far as one can know. */
  @Nullable Http1Exchange takeIdle() {
    for (Http1Exchange each; (each = idle.pollFirst()) != null; ) {
      if (each.isOpen()) {
        return each;
      }
    }
    return null;
  }

  void keep(Http1Exchange connection) {
    if (idle.size() < MAX_IDLE && !origin.isShared()) {
      idle.addFirst(connection); // the warmest is lent first, the coldest times out
    } else {
      connection.close();
    }
  }

  void forget(Http1Exchange connection) {
    idle.remove(connection);
  }

  /** A stream of a connection that has one left; the oldest first, so that others can end. */
  @Nullable UpstreamExchange openStream() {
    for (int i = 0; i < shared.size(); i++) {
      UpstreamExchange exchange = shared.get(i).open();
      if (exchange != null) {
        return exchange;
      }
    }
    return null;
  }

  void forget(Http2Upstream connection) {
    shared.remove(connection);
  }

  /** A connection for this caller alone, unless it turns out that others can have part of it. */
  void connect(EventLoop loop, Duration patience, Origin.Caller caller) {
    origin
        .connector()
        .connect(
            this,
            loop,
            patience,
            connection -> {
              switch (connection) {
                case Http1Exchange http1 -> {
                  origin.shared(false);
                  caller.connected(http1);
                }
                case Http2Upstream http2 -> {
                  waiting.addFirst(caller);
                  lend(http2, loop, patience);
                }
              }
            },
            caller::notConnected);
  }

  /** One connection for all that wait, and another when it has not streams enough. */
  void connectTogether(EventLoop loop, Duration patience, Origin.Caller caller) {
    waiting.add(caller);
    if (!connecting) {
      connectForAll(loop, patience);
    }
  }

  private void connectForAll(EventLoop loop, Duration patience) {
    connecting = true;
    origin
        .connector()
        .connect(
            this,
            loop,
            patience,
            connection -> {
              connecting = false;
              switch (connection) {
                case Http1Exchange http1 -> lend(http1, loop, patience);
                case Http2Upstream http2 -> lend(http2, loop, patience);
              }
            },
            cause -> {
              connecting = false;
              failAll(cause);
            });
  }

  /** The upstream speaks HTTP/1.1 today, other than before: one connection serves one. */
  private void lend(Http1Exchange http1, EventLoop loop, Duration patience) {
    origin.shared(false);
    Origin.Caller first = waiting.poll();
    if (first == null) {
      http1.giveBack();
      return;
    }
    List<Origin.Caller> others = new ArrayList<>(waiting);
    waiting.clear();
    first.connected(http1);
    others.forEach(each -> connect(loop, patience, each));
  }

  private void lend(Http2Upstream http2, EventLoop loop, Duration patience) {
    origin.shared(true);
    shared.add(http2);
    int served = 0;
    while (!waiting.isEmpty()) {
      UpstreamExchange exchange = http2.open();
      if (exchange == null) {
        break;
      }
      served++;
      waiting.remove().connected(exchange);
    }
    if (served == 0) {
      failAll(new ConnectException("no streams"));
    } else if (!waiting.isEmpty() && !connecting) {
      connectForAll(loop, patience);
    }
  }

  private void failAll(Throwable cause) {
    List<Origin.Caller> all = new ArrayList<>(waiting);
    waiting.clear();
    all.forEach(each -> each.notConnected(cause));
  }
}
