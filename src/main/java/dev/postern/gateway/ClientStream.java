package dev.postern.gateway;

import dev.postern.web.Problem;
import dev.postern.web.Watchdog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of visits: an HTTP/1.1 connection, which has them one after the other, or one
 * stream of an HTTP/2 connection, which has one. Owns the patience with slow clients.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
abstract class ClientStream extends ChannelInboundHandlerAdapter {
  /** A body that comes more slowly than 500 bytes a second, after the first grace, is an attack. */
  private static final long NANOS_PER_BYTE = 2_000_000;

  final Service service;
  final ClientConnection connection;
  final Channel channel;
  @Nullable Visit visit;
  private @Nullable Watchdog watchdog;
  private Wait wait = Wait.NOTHING;
  private long bodyPatience;
  private long bodyDeadline;
  private boolean leaving;

  /** How long the client may pause while it sends or reads, if longer than usual. */
  private @Nullable Duration pause;

  /** What is being waited for, which decides what happens when it does not come. */
  enum Wait {
    NOTHING,
    REQUEST,
    HEAD,
    BODY,
    READER,
    LINGER
  }

  ClientStream(Service service, ClientConnection connection, Channel channel) {
    this.service = service;
    this.connection = connection;
    this.channel = channel;
  }

  /** For the access log: {@code HTTP/1.1}. */
  abstract String protocol();

  /** Adds what the version needs to a response's head and writes it. */
  abstract void writeHead(HttpResponse response, Visit of);

  /** The response is written (not flushed); {@code close}: no more visits on this connection. */
  abstract void done(Visit of, boolean close);

  /** The response cannot be completed: the client must notice, and learn why if it can. */
  abstract void reset(Http2Error why);

  /** Switches to raw bytes after writing {@code response}; HTTP/1.1 only. */
  void upgrade(HttpResponse response) {
    throw new IllegalStateException(protocol() + " has no upgrade");
  }

  /** To be called before the head, which then says so where the version has a word for it. */
  void closeAfterThis() {}

  /** No answer is to be given that lets the client go on after this. */
  abstract void refuseRest();

  final void begin(HttpRequest request) {
    connection.place().busy();
    Visit next = new Visit(this, request);
    visit = next;
    pause = null;
    bodyPatience = service.timeouts().body().toNanos();
    next.enter();
  }

  final void content(HttpContent content) {
    Visit current = visit;
    if (current == null) {
      content.release();
      return;
    }
    if (wait == Wait.BODY) {
      long now = Watchdog.now();
      long grace = service.timeouts().body().toNanos();
      bodyDeadline =
          Math.min(now + grace, bodyDeadline + content.content().readableBytes() * NANOS_PER_BYTE);
    }
    current.content(content);
    expectBody();
  }

  /** This visit's client need not hurry: a call, each of whose pauses may be so long. */
  final void takeTime(Duration longest) {
    pause = longest;
    expectBody();
  }

  /** Waits for more of the body if that is what has to come next. */
  final void expectBody() {
    Visit current = visit;
    boolean due =
        current != null
            && !current.requestDone()
            && !current.responseStarted()
            && pause == null
            && channel.config().isAutoRead();
    if (!due) {
      if (wait == Wait.BODY) {
        bodyPatience = bodyDeadline - Watchdog.now();
        rest();
      }
    } else if (wait == Wait.NOTHING) {
      bodyDeadline = Watchdog.now() + bodyPatience;
      wait = Wait.BODY;
      watchdog().expectBy(bodyDeadline);
    } else if (wait == Wait.BODY) {
      watchdog().expectBy(bodyDeadline);
    }
  }

  final void await(Wait what, Duration patience) {
    wait = what;
    watchdog().expectWithin(patience);
  }

  /**
   * The last word is written. What of it the client has not taken may be too little to make the
   * channel unwritable, and so be waited for by nobody: a reader that has stopped must go, too.
   */
  final void leave() {
    if (channel.isActive() && !leaving) {
      leaving = true;
      await(Wait.LINGER, service.timeouts().body());
    }
  }

  final boolean awaits(Wait what) {
    return wait == what;
  }

  final void rest() {
    if (wait != Wait.NOTHING) {
      wait = Wait.NOTHING;
      watchdog().rest();
    }
  }

  private Watchdog watchdog() {
    Watchdog known = watchdog;
    if (known == null) {
      known = new Watchdog(channel.eventLoop(), this::lostPatience);
      watchdog = known;
    }
    return known;
  }

  private void lostPatience() {
    Wait lost = wait;
    wait = Wait.NOTHING;
    switch (lost) {
      case NOTHING -> {}
      case REQUEST, LINGER -> channel.close();
      case READER -> reset(Http2Error.INTERNAL_ERROR);
      case HEAD -> refuseRest();
      case BODY -> {
        if (visit != null) {
          visit.refuse(Problem.of(408, "request-timeout", "its body did not come"), true);
        }
      }
    }
  }

  /** Reads from the client, or leaves what it sends to the network's flow control. */
  void reading(boolean wanted) {
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
      expectBody();
    }
  }

  void write(Object message) {
    channel.write(message, channel.voidPromise());
  }

  /** Writes what ends a response, before {@link #done}. */
  void writeLast(LastHttpContent last) {
    write(last);
  }

  void flush() {
    channel.flush();
  }

  final boolean isWritable() {
    return channel.isWritable();
  }

  private Duration patienceWithReader() {
    Duration usual = service.timeouts().body();
    return pause == null ? usual : pause;
  }

  /** HTTP/2's decoder has not looked at it. */
  static long declared(String length) {
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (leaving) {
      ctx.fireChannelWritabilityChanged();
      return;
    }
    if (!channel.isWritable()) {
      await(Wait.READER, patienceWithReader());
    } else {
      if (wait == Wait.READER) {
        rest();
      }
      if (visit != null) {
        visit.clientReady();
      }
      expectBody();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (visit != null) {
      visit.flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (watchdog != null) {
      watchdog.close();
    }
    Visit current = visit;
    visit = null;
    if (current != null) {
      current.clientGone();
    }
    ctx.fireChannelInactive();
  }

  /** Broken connections and broken clients alike: there is nobody left to talk to. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Error error && !(cause instanceof OutOfMemoryError)) {
      ctx.close();
      throw error;
    }
    ctx.close();
  }

  static void release(Object message) {
    ReferenceCountUtil.release(message);
  }
}
