package dev.postern.gateway;

import dev.postern.web.EventLoops;
import dev.postern.web.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A small web application behind the gateway, for the demo and for tests: {@code /} says who you
 * are, {@code /headers} what arrived, {@code /events} counts seconds (SSE), {@code /ws} echoes
 * (WebSocket). It believes its headers, since only the gateway can reach it.
 */
public final class SampleApp implements AutoCloseable {
  private static final int MAX_BODY = 1 << 20;

  private final EventLoops loops = new EventLoops("sample-app", 1);
  private final Channel listener;

  private SampleApp() {
    this.listener =
        loops.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MAX_BODY))
                    .addLast(new Pages());
              }
            });
  }

  /** On 127.0.0.1, any free port. */
  public static SampleApp start() {
    return new SampleApp();
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    loops.close();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
  private static final class Pages extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      String path = request.uri().split("[?]", 2)[0];
      switch (path) {
        case "/headers" -> send(ctx, request, 200, "application/json", json(request.headers()));
        case "/events" -> events(ctx);
        case "/ws" -> webSocket(ctx, request);
        case "/", "/admin/" -> home(ctx, request);
        default -> send(ctx, request, 200, "text/plain; charset=utf-8", who(request) + path + "\n");
      }
    }

    private static String who(FullHttpRequest request) {
      String user = request.headers().get("Remote-User");
      return user == null ? "Hello, whoever you are. " : "Hello, " + user + ". ";
    }

    private static void home(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (request.headers().get(HttpHeaderNames.ACCEPT, "").contains("text/html")) {
        send(ctx, request, 200, "text/html; charset=utf-8", html(request));
      } else {
        send(ctx, request, 200, "text/plain; charset=utf-8", who(request) + "You are in.\n");
      }
    }

    private static String html(FullHttpRequest request) {
      StringBuilder rows = new StringBuilder();
      for (String name : new String[] {"Remote-User", "X-Forwarded-Email", "X-Forwarded-Groups"}) {
        String value = request.headers().get(name);
        if (value != null) {
          rows.append("<dt>")
              .append(name)
              .append("</dt><dd>")
              .append(escape(value))
              .append("</dd>");
        }
      }
      return """
      <!doctype html><html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1"><title>Sample app</title>
      <style>:root{color-scheme:light dark;background:Canvas}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;
      margin:12vh auto;padding:0 1rem}dl{display:grid;grid-template-columns:max-content 1fr;
      gap:.3rem 1rem}dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}</style></head><body><main>
      <h1>%s</h1><p>This application has no sign-in of its own: the gateway told it who you are.</p>
      <dl>%s</dl><p><a href="/headers">Everything it was told</a></p></main></body></html>
      """
          .formatted(escape(who(request)), rows);
    }

    private static String escape(String text) {
      return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private static String json(HttpHeaders headers) {
      StringBuilder out = new StringBuilder("{\n");
      for (Map.Entry<String, String> each : headers) {
        Json.quote(Json.quote(out.append("  "), each.getKey()).append(": "), each.getValue())
            .append(",\n");
      }
      out.setLength(Math.max(2, out.length() - 2));
      return out.append("\n}\n").toString();
    }

    private static void events(ChannelHandlerContext ctx) {
      var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream");
      head.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
      HttpUtil.setTransferEncodingChunked(head, true);
      ctx.write(head);
      event(ctx, 1);
    }

    private static void event(ChannelHandlerContext ctx, int count) {
      if (ctx.channel().isActive()) {
        ctx.writeAndFlush(new DefaultHttpContent(text("data: " + count + "\n\n")));
        ctx.executor().schedule(() -> event(ctx, count + 1), 1, TimeUnit.SECONDS);
      }
    }

    private static void webSocket(ChannelHandlerContext ctx, FullHttpRequest request) {
      ctx.pipeline()
          .addLast(
              new WebSocketServerProtocolHandler(
                  WebSocketServerProtocolConfig.newBuilder()
                      .websocketPath("/ws")
                      .maxFramePayloadLength(MAX_BODY)
                      .build()))
          .addLast(
              new SimpleChannelInboundHandler<WebSocketFrame>() {
                @Override
                protected void channelRead0(ChannelHandlerContext echo, WebSocketFrame frame) {
                  echo.writeAndFlush(frame.retain());
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext echo, Throwable cause) {
                  echo.close();
                }
              });
      ctx.fireChannelRead(request.retain());
      ctx.pipeline().remove(ctx.name());
    }

    private static void send(
        ChannelHandlerContext ctx, FullHttpRequest request, int status, String type, String body) {
      var response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), text(body));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
          .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
      var written = ctx.writeAndFlush(response);
      if (!HttpUtil.isKeepAlive(request)) {
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    private static ByteBuf text(String text) {
      return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
