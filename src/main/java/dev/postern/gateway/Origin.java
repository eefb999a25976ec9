package dev.postern.gateway;

import dev.postern.web.EventLoops;
import dev.postern.x509.Certificate;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Connections to one upstream: made, kept and lent. A connection stays on its event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Origin {
  private static final int MAX_IDLE_PER_LOOP = 64;
  private static final int MAX_RESPONSE_LINE = 8 * 1024;
  private static final int MAX_RESPONSE_HEADERS = 64 * 1024;
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
  private final @Nullable SslContext tls;
  private final FastThreadLocal<Deque<UpstreamConnection>> idle =
      new FastThreadLocal<>() {
        @Override
        protected Deque<UpstreamConnection> initialValue() {
          return new ArrayDeque<>();
        }
      };

  Origin(Upstream upstream, EventLoops loops) {
    this.upstream = upstream;
    this.loops = loops;
    this.tls =
        switch (upstream.scheme()) {
          case HTTP -> null;
          case HTTPS -> clientTls(upstream);
        };
  }

  private static SslContext clientTls(Upstream upstream) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .endpointIdentificationAlgorithm("HTTPS");
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

  String text() {
    return upstream.text();
  }

  /** A kept connection that is still open as far as one can know. */
  @Nullable UpstreamConnection takeIdle() {
    Deque<UpstreamConnection> kept = idle.get();
    for (UpstreamConnection each; (each = kept.pollFirst()) != null; ) {
      if (each.isOpen()) {
        return each;
      }
    }
    return null;
  }

  void giveBack(UpstreamConnection connection) {
    Deque<UpstreamConnection> kept = idle.get();
    if (kept.size() < MAX_IDLE_PER_LOOP) {
      kept.addFirst(connection); // the warmest is lent first, the coldest times out
    } else {
      connection.close();
    }
  }

  void forget(UpstreamConnection connection) {
    idle.get().remove(connection);
  }

  /** Connects; one of the two is called on {@code loop}. */
  void connect(
      EventLoop loop,
      Duration patience,
      Consumer<UpstreamConnection> connected,
      Consumer<Throwable> failed) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(upstream.host());
    if (literal != null) {
      try {
        connect(loop, patience, List.of(InetAddress.getByAddress(literal)), 0, connected, failed);
      } catch (UnknownHostException e) {
        failed.accept(e);
      }
      return;
    }
    resolve(loop, addresses -> connect(loop, patience, addresses, 0, connected, failed), failed);
  }

  /** The JDK resolves by blocking, which an event loop must not do. */
  private void resolve(
      EventLoop loop, Consumer<List<InetAddress>> resolved, Consumer<Throwable> failed) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            List<InetAddress> addresses = List.of(InetAddress.getAllByName(upstream.host()));
            loop.execute(() -> resolved.accept(addresses));
          } catch (UnknownHostException e) {
            loop.execute(() -> failed.accept(e));
          }
        });
  }

  private void connect(
      EventLoop loop,
      Duration patience,
      List<InetAddress> addresses,
      int index,
      Consumer<UpstreamConnection> connected,
      Consumer<Throwable> failed) {
    ChannelFuture attempt =
        new Bootstrap()
            .group(loop)
            .channel(loops.clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare(channel);
                  }
                })
            .connect(new InetSocketAddress(addresses.get(index), upstream.port()));
    attempt.addListener(done -> {
      if (!done.isSuccess() && index + 1 < addresses.size()) {
        connect(loop, patience, addresses, index + 1, connected, failed);
      } else if (!done.isSuccess()) {
        failed.accept(done.cause());
      } else {
        ready(attempt.channel(), patience, connected, failed);
      }
    });
  }

  private void prepare(Channel channel) {
    SslContext context = tls;
    if (context != null) {
      channel
          .pipeline()
          .addLast("tls", context.newHandler(channel.alloc(), upstream.host(), upstream.port()));
    }
    channel
        .pipeline()
        .addLast("http", new HttpClientCodec(DECODER, false, false))
        .addLast(new UpstreamConnection(this, channel));
  }

  /** With TLS a connection is one only after the handshake, which verifies the name. */
  private void ready(
      Channel channel,
      Duration patience,
      Consumer<UpstreamConnection> connected,
      Consumer<Throwable> failed) {
    UpstreamConnection connection = channel.pipeline().get(UpstreamConnection.class);
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      connected.accept(connection);
      return;
    }
    handler.setHandshakeTimeoutMillis(patience.toMillis());
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            connected.accept(connection);
          } else {
            channel.close();
            failed.accept(done.cause());
          }
        });
  }
}
