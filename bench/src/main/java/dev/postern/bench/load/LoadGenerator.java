package dev.postern.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** Makes connections, and requests on them, on one thread. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // what becomes of a connection is told to its listener
public final class LoadGenerator implements AutoCloseable {
  /** What every contender has: the cheapest of those that all prefer, so that work is equal. */
  static final String CIPHER = "TLS_AES_128_GCM_SHA256";

  private static final String CIPHER_1_2 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("load", true), EpollIoHandler.newFactory());

  EventLoop loop() {
    return group.next();
  }

  /**
   * So many connections, {@code atOnce} at a time: each a full handshake, and one request.
   *
   * @throws LoadFailure when one of them fails
   */
  public Outcome connections(
      Target target, Identities identities, Request request, int total, int atOnce) {
    return connections(target, identities, () -> request, total, atOnce);
  }

  /** The same, each with the next request. */
  public Outcome connections(
      Target target, Identities identities, Supplier<Request> requests, int total, int atOnce) {
    return new ConnectionRun(this, target, tls(target, identities), requests, total, atOnce).run();
  }

  /** Connections to be used often; they are open when this returns. */
  public Kept keep(Target target, Identities identities, int connections) {
    return Kept.open(this, target, tls(target, identities), connections);
  }

  /** TLS for it, which shows the identities in turn; without TLS there are none. */
  private SslContext tls(Target target, Identities identities) {
    if (target.tls() == Tls.NONE) {
      return null;
    }
    boolean modern = target.tls() == Tls.V1_3;
    try {
      return SslContextBuilder.forClient()
          .sslProvider(SslProvider.OPENSSL_REFCNT)
          .protocols(modern ? "TLSv1.3" : "TLSv1.2")
          .ciphers(List.of(modern ? CIPHER : CIPHER_1_2))
          .keyManager(identities.keyManagers())
          // Whom it speaks to is known; a chain verified here would be time lost there.
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          // Everybody takes X25519; P-256 is for the certificates (RFC 8422 §5.1). No hybrid: not
          // every peer has it.
          .option(OpenSslContextOption.GROUPS, new String[] {"X25519", "P-256"})
          .endpointIdentificationAlgorithm(null)
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  switch (target.protocol()) {
                    case HTTP_1_1 -> "http/1.1";
                    case HTTP_2 -> "h2";
                  }))
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells {@code listener} when it can be used; on {@link #loop}. */
  void connect(Target target, SslContext tls, HttpClient.Listener listener) {
    HttpClient client =
        switch (target.protocol()) {
          case HTTP_1_1 -> new Http1Client(listener, target.host());
          case HTTP_2 -> new Http2Client(listener, target.host());
        };
    new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls == null) {
                  channel.pipeline().addLast(new Ready(client));
                } else {
                  channel.pipeline().addLast(secured(channel, tls, target), new Ready(client));
                }
              }
            })
        .connect(new InetSocketAddress("127.0.0.1", target.port()))
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            listener.failed(client, "connecting", connected.cause());
          }
        });
  }

  /** Without the peer's address, so that no session is kept for the next. */
  private static SslHandler secured(Channel channel, SslContext tls, Target target) {
    SslHandler handler = tls.newHandler(channel.alloc());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(target.host())));
    handler.engine().setSSLParameters(parameters);
    handler.setHandshakeTimeoutMillis(30_000);
    return handler;
  }

  /** Gives its place to the client when there is somebody to speak to. */
  private static final class Ready extends ChannelInboundHandlerAdapter {
    private final HttpClient client;

    Ready(HttpClient client) {
      this.client = client;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (ctx.pipeline().get(SslHandler.class) == null) {
        begin(ctx);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          begin(ctx);
        } else {
          client.listener().failed(client, "handshake", handshake.cause());
          ctx.close();
        }
      }
    }

    private void begin(ChannelHandlerContext ctx) {
      ctx.pipeline().replace(this, "http", client);
      client.listener().ready(client);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      client.listener().failed(client, "connection", cause);
      ctx.close();
    }
  }

  /** The port of a server that reads bodies to their end, and then says 200. */
  public int sink() {
    return Sink.listen(group);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  static Duration patience() {
    return Duration.ofMinutes(3);
  }
}
