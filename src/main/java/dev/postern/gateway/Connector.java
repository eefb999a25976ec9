package dev.postern.gateway;

import dev.postern.web.EventLoops;
import dev.postern.x509.Certificate;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes connections to one upstream: address, TLS, and which HTTP it is. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Connector {
  private static final int MAX_RESPONSE_LINE = 8 * 1024;
  static final int MAX_RESPONSE_HEADERS = 64 * 1024;
  private static final int MAX_CHUNK = 64 * 1024;
  private static final HttpDecoderConfig DECODER =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(MAX_RESPONSE_LINE)
          .setMaxHeaderSize(MAX_RESPONSE_HEADERS)
          .setMaxChunkSize(MAX_CHUNK)
          // CGI programs end lines in LF; what we write to the client is ours anyway.
          .setStrictLineParsing(false);

  private final Upstream upstream;
  private final EventLoops loops;
  private final Protocols protocols;

  /** What is spoken over the connection. */
  private sealed interface Protocols {
    /** HTTP/1.1 in the clear. */
    record Http1() implements Protocols {}

    /** HTTP/2 in the clear, which the upstream is known to speak (RFC 9113 §3.3). */
    record Http2() implements Protocols {}

    /** Over TLS: what the upstream chooses (RFC 7301), or HTTP/1.1 alone. */
    record Chosen(SslContext any, SslContext http1) implements Protocols {}
  }

  /** One attempt, of which one of the two is told, on its loop. */
  private record Attempt(
      Pool pool,
      EventLoop loop,
      Duration patience,
      @Nullable SslContext tls,
      boolean http2,
      Consumer<UpstreamConnection> arrived,
      Consumer<Throwable> failed) {}

  Connector(Upstream upstream, EventLoops loops) {
    this.upstream = upstream;
    this.loops = loops;
    this.protocols =
        switch (upstream.scheme()) {
          case HTTP -> new Protocols.Http1();
          case H2C -> new Protocols.Http2();
          case HTTPS ->
              new Protocols.Chosen(
                  clientTls(
                      upstream, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1),
                  clientTls(upstream));
        };
  }

  private static SslContext clientTls(Upstream upstream, String... protocols) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .endpointIdentificationAlgorithm("HTTPS");
      if (protocols.length > 0) {
        builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                protocols));
      }
      if (NetUtil.createByteArrayFromIpAddressString(upstream.host()) == null) {
        // By itself the JDK says no name that has no dot, as those of containers are.
        builder.serverName(new SNIHostName(upstream.host()));
      }
      if (!upstream.roots().isEmpty()) {
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        for (Certificate root : upstream.roots()) {
          roots.setCertificateEntry(
              root.fingerprint().hex(),
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(root.der().toArray())));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(roots);
        builder.trustManager(trust);
      }
      return builder.build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "no TLS towards " + upstream.text() + ": " + e.getMessage(), e);
    }
  }

  /** Connects; one of the two is called on {@code loop}. */
  void connect(
      Pool pool,
      EventLoop loop,
      Duration patience,
      Consumer<UpstreamConnection> arrived,
      Consumer<Throwable> failed) {
    SslContext tls = protocols instanceof Protocols.Chosen(SslContext any, _) ? any : null;
    boolean http2 = protocols instanceof Protocols.Http2;
    locate(new Attempt(pool, loop, patience, tls, http2, arrived, failed));
  }

  /** As {@link #connect}, for what HTTP/2 cannot carry. */
  void connectHttp1(Pool pool, EventLoop loop, Duration patience, Origin.Caller caller) {
    SslContext tls = protocols instanceof Protocols.Chosen(_, SslContext http1) ? http1 : null;
    locate(
        new Attempt(
            pool,
            loop,
            patience,
            tls,
            false,
            connection -> {
              switch (connection) {
                case Http1Exchange http1 -> caller.connected(http1);
                case Http2Upstream _ -> throw new IllegalStateException("it was not offered");
              }
            },
            caller::notConnected));
  }

  private void locate(Attempt attempt) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(upstream.host());
    if (literal != null) {
      try {
        connect(attempt, List.of(InetAddress.getByAddress(literal)), 0);
      } catch (UnknownHostException e) {
        attempt.failed().accept(e);
      }
      return;
    }
    // The JDK resolves by blocking, which an event loop must not do.
    Thread.ofVirtual()
        .start(() -> {
          try {
            List<InetAddress> addresses = List.of(InetAddress.getAllByName(upstream.host()));
            attempt.loop().execute(() -> connect(attempt, addresses, 0));
          } catch (UnknownHostException e) {
            attempt.loop().execute(() -> attempt.failed().accept(e));
          }
        });
  }

  private void connect(Attempt attempt, List<InetAddress> addresses, int index) {
    ChannelFuture connecting =
        new Bootstrap()
            .group(attempt.loop())
            .channel(loops.clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) attempt.patience().toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (attempt.tls() != null) {
                      shakeHands(channel, attempt, attempt.tls());
                    } // else when it is connected: before that there is nobody to tell
                  }
                })
            .connect(new InetSocketAddress(addresses.get(index), upstream.port()));
    connecting.addListener(done -> {
      if (!done.isSuccess() && index + 1 < addresses.size()) {
        connect(attempt, addresses, index + 1);
      } else if (!done.isSuccess()) {
        attempt.failed().accept(done.cause());
      } else if (attempt.tls() != null) {
        awaitHandshake(connecting.channel(), attempt);
      } else if (attempt.http2()) {
        http2(connecting.channel(), attempt);
      } else {
        http1(connecting.channel(), attempt);
      }
    });
  }

  private void shakeHands(Channel channel, Attempt attempt, SslContext context) {
    SslHandler tls = context.newHandler(channel.alloc(), upstream.host(), upstream.port());
    tls.setHandshakeTimeoutMillis(attempt.patience().toMillis());
    channel.pipeline().addLast("tls", tls).addLast(new ProtocolChoice(attempt));
  }

  /** A failed handshake; what follows a good one is up to {@link ProtocolChoice}. */
  private static void awaitHandshake(Channel channel, Attempt attempt) {
    channel
        .pipeline()
        .get(SslHandler.class)
        .handshakeFuture()
        .addListener(done -> {
          if (!done.isSuccess()) {
            channel.close();
            attempt.failed().accept(done.cause());
          }
        });
  }

  /** With TLS a connection is one only after the handshake, which verifies the name. */
  private static final class ProtocolChoice extends ApplicationProtocolNegotiationHandler {
    private final Attempt attempt;

    ProtocolChoice(Attempt attempt) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.attempt = attempt;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        http2(ctx.channel(), attempt);
      } else {
        http1(ctx.channel(), attempt);
      }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private static void http1(Channel channel, Attempt attempt) {
    var connection = new Http1Exchange(attempt.pool(), channel);
    channel
        .pipeline()
        .addLast("http", new HttpClientCodec(DECODER, false, false))
        .addLast(connection);
    attempt.arrived().accept(connection);
  }

  private static void http2(Channel channel, Attempt attempt) {
    Http2Upstream.begin(
        attempt.pool(), channel, attempt.patience(), attempt.arrived(), attempt.failed());
  }
}
