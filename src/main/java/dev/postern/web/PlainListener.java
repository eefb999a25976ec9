package dev.postern.web;

import dev.postern.access.RequestTarget;
import dev.postern.web.RequestGuard.Verdict;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.time.Duration;

/**
 * Plain HTTP: hands what may be public to a {@link PlainHandler}, sends browsers to https (308, RFC
 * 9110 §15.4.9) and refuses everything else, since a body that came in the clear is not to be
 * repeated elsewhere unasked. A connection is kept after what the handler answered, for one request
 * at a time.
 */
public final class PlainListener extends ChannelInitializer<Channel> {
  /** Publishes nothing. */
  public static final PlainHandler NOTHING =
      new PlainHandler() {
        @Override
        public boolean covers(RequestTarget target) {
          return false;
        }

        @Override
        public Reply answer(Exchange exchange) {
          return Reply.text(404, "");
        }
      };

  private final int httpsPort;
  private final Duration patience;
  private final PlainHandler handler;
  private final Pages pages = new Pages();

  public PlainListener(int httpsPort, Duration patience) {
    this(httpsPort, patience, NOTHING);
  }

  /** {@code patience}: for the whole request, body included, from when one may come. */
  public PlainListener(int httpsPort, Duration patience, PlainHandler handler) {
    this.httpsPort = httpsPort;
    this.patience = patience;
    this.handler = handler;
  }

  @Override
  protected void initChannel(Channel channel) {
    var exchange = new PlainExchange(this, patience);
    var watchdog = new Watchdog(channel.eventLoop(), () -> exchange.late(channel));
    watchdog.expectWithin(patience);
    exchange.watchedBy(watchdog);
    channel.closeFuture().addListener(closed -> watchdog.close());
    channel
        .pipeline()
        .addLast(new RequestDecoder(), new ResponseEncoder(), new ChunkedWriteHandler(), exchange);
  }

  PlainHandler handler() {
    return handler;
  }

  Verdict check(HttpRequest request) {
    return RequestGuard.check(request);
  }

  /** What is said of a request that {@link #handler} does not cover. */
  Reply elsewhere(RequestTarget target, String query, String accept) {
    String authority = target.host() + (httpsPort == 443 ? "" : ":" + httpsPort);
    return switch (target.method()) {
      case "GET", "HEAD" ->
          Reply.text(308, "").with("location", "https://" + authority + target.path() + query);
      default ->
          page(
              Problem.of(403, "https-only", "send it to https://" + target.host() + " instead"),
              accept);
    };
  }

  Reply page(Problem problem, String accept) {
    return pages.render(Explanation.of(problem, "-"), accept, "");
  }

  static String accept(HttpRequest request) {
    return request.headers().get(HttpHeaderNames.ACCEPT, "");
  }
}
