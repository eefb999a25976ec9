package dev.postern.web;

import dev.postern.web.RequestGuard.Verdict;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/**
 * Plain HTTP: sends browsers to https (308, RFC 9110 §15.4.9) and refuses everything else, since a
 * body that came in the clear is not to be repeated elsewhere unasked. One answer per connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
public final class PlainListener extends ChannelInitializer<Channel> {
  private final int httpsPort;
  private final Duration patience;
  private final Pages pages = new Pages();

  public PlainListener(int httpsPort, Duration patience) {
    this.httpsPort = httpsPort;
    this.patience = patience;
  }

  @Override
  protected void initChannel(Channel channel) {
    var watchdog = new Watchdog(channel.eventLoop(), channel::close);
    watchdog.expectWithin(patience);
    channel.closeFuture().addListener(closed -> watchdog.close());
    channel.pipeline().addLast(new RequestDecoder(), new ResponseEncoder(), new Answer());
  }

  private final class Answer extends ChannelInboundHandlerAdapter {
    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!answered && message instanceof HttpRequest request) {
        answered = true;
        send(ctx, answer(request));
      } else if (!answered && message instanceof Malformed(Problem problem)) {
        answered = true;
        send(ctx, page(problem, ""));
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private Reply answer(HttpRequest request) {
    String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
    return switch (RequestGuard.check(request)) {
      case Verdict.Unsound(Problem problem) -> page(problem, accept);
      case Verdict.Sound(var target, String query) -> {
        String location =
            "https://"
                + target.host()
                + (httpsPort == 443 ? "" : ":" + httpsPort)
                + target.path()
                + query;
        yield switch (target.method()) {
          case "GET", "HEAD" -> Reply.text(308, "").with("location", location);
          default ->
              page(
                  Problem.of(
                      403,
                      "https-only",
                      "This is only to be had over https.",
                      "send it to https://" + target.host() + " instead"),
                  accept);
        };
      }
    };
  }

  private Reply page(Problem problem, String accept) {
    return pages.render(Explanation.of(problem, "-"), accept, "");
  }

  private static void send(ChannelHandlerContext ctx, Reply reply) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            Unpooled.wrappedBuffer(reply.body().toArray()));
    reply.headers().forEach(header -> response.headers().add(header.name(), header.value()));
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(reply.body().size()));
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
