package dev.postern.web;

import dev.postern.access.RequestTarget;
import dev.postern.web.RequestGuard.Verdict;
import dev.postern.x509.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a plain connection, one at a time, and their answers. Belongs to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class PlainExchange extends ChannelInboundHandlerAdapter {
  private static final System.Logger LOG = System.getLogger(PlainExchange.class.getName());

  /** A client that takes a long body must keep up this rate. */
  private static final int SLOWEST_BYTES_PER_SECOND = 16 * 1024;

  private static final Duration LEAST_TO_SEND = Duration.ofSeconds(30);

  /** Which message comes next. */
  private enum State {
    REQUEST,
    BODY,
    ANSWERED
  }

  /** A request whose body is being gathered. */
  private record Gathering(HttpRequest request, Verdict.Sound sound, ByteArrayOutputStream body) {}

  private final PlainListener listener;
  private final Duration patience;
  private boolean kept;
  private State state = State.REQUEST;
  private @Nullable Watchdog watchdog;
  private @Nullable Gathering gathering;

  PlainExchange(PlainListener listener, Duration patience) {
    this.listener = listener;
    this.patience = patience;
  }

  void watchedBy(Watchdog dog) {
    watchdog = dog;
  }

  /** The request did not come in time, or its answer was not taken. */
  void late(Channel channel) {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    if (state == State.BODY && ctx != null) {
      kept = false;
      send(ctx, listener.page(Problem.of(408, "timeout", "its body did not come"), ""), false);
    } else {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      switch (message) {
        case HttpRequest request when state == State.REQUEST -> begin(ctx, request);
        case Malformed(Problem problem) when state != State.ANSWERED -> {
          kept = false;
          send(ctx, listener.page(problem, ""), false);
        }
        case HttpContent content when state == State.BODY -> gather(ctx, content);
        default ->
            kept = false; // a request behind this one: let it be sent again (RFC 9112 §9.3.2)
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    kept = false; // what comes behind a refused head is not to be trusted
    boolean head = request.method().name().equals("HEAD");
    switch (listener.check(request)) {
      case Verdict.Unsound(Problem problem) ->
          send(ctx, listener.page(problem, PlainListener.accept(request)), head);
      case Verdict.Sound sound when !listener.handler().covers(sound.target()) ->
          send(
              ctx,
              listener.elsewhere(sound.target(), sound.query(), PlainListener.accept(request)),
              head);
      case Verdict.Sound sound -> {
        if (HttpUtil.getContentLength(request, 0L) > PlainHandler.MAX_BODY) {
          tooLarge(ctx);
          return;
        }
        state = State.BODY;
        kept =
            request.protocolVersion().equals(HttpVersion.HTTP_1_1) && HttpUtil.isKeepAlive(request);
        gathering = new Gathering(request, sound, new ByteArrayOutputStream(256));
        if (HttpUtil.is100ContinueExpected(request)) {
          ctx.writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
      }
    }
  }

  private void tooLarge(ChannelHandlerContext ctx) {
    kept = false;
    send(
        ctx,
        listener.page(
            Problem.of(413, "too-large", "more than " + PlainHandler.MAX_BODY + " bytes"), ""),
        false);
  }

  private void gather(ChannelHandlerContext ctx, HttpContent content) {
    Gathering so = gathering;
    if (so == null) {
      return;
    }
    ByteBuf bytes = content.content();
    if (so.body().size() + bytes.readableBytes() > PlainHandler.MAX_BODY) {
      tooLarge(ctx);
      return;
    }
    byte[] piece = new byte[bytes.readableBytes()];
    bytes.readBytes(piece);
    so.body().writeBytes(piece);
    if (content instanceof LastHttpContent) {
      state = State.ANSWERED;
      gathering = null;
      if (watchdog != null) {
        watchdog.rest(); // now it is our turn
      }
      Exchange exchange = exchange(ctx, so);
      Optional<Reply> atOnce = listener.handler().atOnce(exchange);
      if (atOnce.isPresent()) {
        send(ctx, atOnce.get(), exchange.target().method().equals("HEAD"));
      } else {
        Thread.ofVirtual().name("plain").start(() -> answer(ctx, exchange));
      }
    }
  }

  private static Exchange exchange(ChannelHandlerContext ctx, Gathering so) {
    Map<String, List<String>> headers = new HashMap<>();
    so.request()
        .headers()
        .iteratorAsString()
        .forEachRemaining(header ->
            headers
                .computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
                .add(header.getValue()));
    String address =
        ctx.channel().remoteAddress() instanceof InetSocketAddress peer
            ? peer.getAddress().getHostAddress()
            : "";
    return new Exchange(
        so.sound().target(),
        so.sound().query(),
        headers,
        Bytes.of(so.body().toByteArray()),
        Optional.empty(),
        address,
        "-");
  }

  private void answer(ChannelHandlerContext ctx, Exchange exchange) {
    RequestTarget target = exchange.target();
    Reply reply;
    try {
      reply = listener.handler().answer(exchange);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, target.method() + " " + target.path() + " failed", e);
      reply =
          listener.page(
              Problem.of(500, "internal-error", "the log says more"),
              exchange.header("accept").orElse(""));
    }
    Reply answer = reply;
    ctx.executor().execute(() -> send(ctx, answer, target.method().equals("HEAD")));
  }

  private void send(ChannelHandlerContext ctx, Reply reply, boolean head) {
    state = State.ANSWERED;
    Bytes body = reply.body();
    if (watchdog != null) {
      watchdog.expectWithin(LEAST_TO_SEND.plusSeconds(body.size() / SLOWEST_BYTES_PER_SECOND));
    }
    ctx.pipeline().get(ResponseEncoder.class).answeringHead(head);
    var status = HttpResponseStatus.valueOf(reply.status());
    boolean whole = head || body.size() <= BodyPieces.PIECE;
    var response =
        whole
            ? new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body.buffer()))
            : new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    reply.headers().forEach(header -> response.headers().add(header.name(), header.value()));
    if (reply.status() != 304) { // RFC 9110 §8.6: there it would be the length of the 200
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.size()));
    }
    boolean close = !kept;
    if (close) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (!whole) {
      ctx.write(response);
    }
    ctx.writeAndFlush(whole ? response : new HttpChunkedInput(new BodyPieces(body)))
        .addListener(sent -> {
          if (close || !kept || !sent.isSuccess()) {
            ctx.close();
          } else {
            next();
          }
        });
  }

  private void next() {
    state = State.REQUEST;
    if (watchdog != null) {
      watchdog.expectWithin(patience);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
