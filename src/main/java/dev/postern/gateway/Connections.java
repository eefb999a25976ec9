package dev.postern.gateway;

import dev.postern.gateway.Places.Place;
import dev.postern.web.RequestDecoder;
import dev.postern.web.ResponseEncoder;
import dev.postern.web.SniSelector;
import dev.postern.web.TlsHosts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Supplier;

/** Sets up each connection: TLS by name, then HTTP/1.1 or HTTP/2 as the client wishes. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Connections extends ChannelInitializer<Channel> {
  private static final int MAX_STREAMS = 128;
  private static final int MAX_HEADER_LIST = 32 * 1024;

  private final Service service;
  private final Supplier<TlsHosts> hosts;
  private final Places places;

  Connections(Service service, Supplier<TlsHosts> hosts, Places places) {
    this.service = service;
    this.hosts = hosts;
    this.places = places;
  }

  @Override
  protected void initChannel(Channel channel) {
    places.take(channel).ifPresentOrElse(place -> begin(channel, place), channel::close);
  }

  private void begin(Channel channel, Place place) {
    channel
        .pipeline()
        .addLast(
            new SniSelector(
                hosts,
                service.timeouts().handshake(),
                (context, tls) -> {
                  var connection = new ClientConnection(channel, tls, context.posture(), place);
                  channel.pipeline().addLast(new ProtocolChoice(connection));
                }));
  }

  /** No more requests than those under way. */
  static void drain(Channel channel) {
    channel
        .eventLoop()
        .execute(() -> {
          Http1Stream http1 = channel.pipeline().get(Http1Stream.class);
          Http2Connection http2 = channel.pipeline().get(Http2Connection.class);
          if (http1 != null) {
            http1.drain();
          } else if (http2 != null) {
            http2.goAway();
          } else if (channel.pipeline().get(SniSelector.class) != null
              || channel.pipeline().get(SslHandler.class) != null) {
            channel.close(); // still shaking hands; plain HTTP ends with its answer
          }
        });
  }

  /** What ALPN decided (RFC 7301). */
  private final class ProtocolChoice extends ApplicationProtocolNegotiationHandler {
    private final ClientConnection connection;

    ProtocolChoice(ClientConnection connection) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.connection = connection;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      service.handshakes().increment();
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        http2(ctx.channel(), connection);
      } else {
        http1(ctx.channel(), connection);
      }
    }

    /** Scanners and strict hosts cause these all day: not worth a line each. */
    @Override
    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
      service.failures().increment();
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void http1(Channel channel, ClientConnection connection) {
    var decoder = new RequestDecoder();
    var encoder = new ResponseEncoder();
    channel
        .pipeline()
        .addLast(decoder, encoder)
        .addLast(new Http1Stream(service, connection, channel, decoder, encoder));
  }

  private void http2(Channel channel, ClientConnection connection) {
    var lifetime = new Http2Connection(channel, service.timeouts().idle(), connection);
    var streams =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            lifetime.opened(stream);
            stream.pipeline().addLast(new Http2Stream(service, connection, stream, lifetime));
          }
        };
    Http2FrameCodec frames =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                new Http2Settings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .maxHeaderListSize(MAX_HEADER_LIST))
            .gracefulShutdownTimeoutMillis(service.timeouts().drain().toMillis())
            .build();
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(frames, new Http2MultiplexHandler(streams), lifetime);
  }
}
