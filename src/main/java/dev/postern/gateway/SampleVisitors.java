package dev.postern.gateway;

import dev.postern.keys.TlsIdentity;
import dev.postern.web.EventLoops;
import dev.postern.x509.Certificate;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.FingerprintTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * Clients of a gateway on this machine, for the warm-up (decision 0018): each makes a full
 * handshake, asks, and leaves when it was answered.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed connect ends that visitor's turn
public final class SampleVisitors implements AutoCloseable {
  private static final int AT_ONCE = 8;

  private final EventLoops loops = new EventLoops("visitors", 1);
  private final InetSocketAddress gateway;
  private final List<String> fingerprints;

  /** They believe to be at the gateway when they are shown one of {@code certificates}. */
  public SampleVisitors(int port, List<Certificate> certificates) {
    this.gateway = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.fingerprints = certificates.stream().map(each -> each.fingerprint().hex()).toList();
  }

  /** What is spoken: TLS, and HTTP in it. */
  public enum Speech {
    TLS_1_3("TLSv1.3", ApplicationProtocolNames.HTTP_1_1),
    TLS_1_2("TLSv1.2", ApplicationProtocolNames.HTTP_1_1),
    HTTP_2("TLSv1.3", ApplicationProtocolNames.HTTP_2);

    private final String tls;
    private final String application;

    Speech(String tls, String application) {
      this.tls = tls;
      this.application = application;
    }
  }

  /** Who comes, and what for. */
  public static final class Visitor {
    private final SslContext tls;
    private final Speech speech;
    private final String host;
    private final byte[] request;

    private Visitor(SslContext tls, Speech speech, String host, byte[] request) {
      this.tls = tls;
      this.speech = speech;
      this.host = host;
      this.request = request;
    }
  }

  /** Somebody who asks for {@code path} of {@code host}; without {@code who}, a stranger. */
  public Visitor visitor(Optional<TlsIdentity> who, Speech speech, String host, String path) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .protocols(speech.tls)
            .endpointIdentificationAlgorithm(null) // it is recognised by its certificate
            .trustManager(
                FingerprintTrustManagerFactory.builder("SHA-256")
                    .fingerprints(fingerprints)
                    .build())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    speech.application));
    who.ifPresent(identity ->
        builder.keyManager(new OpenSslCachingX509KeyManagerFactory(identity.keyManagerFactory())));
    try {
      SslContext tls = builder.build();
      if (tls.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setSessionCacheEnabled(false); // each handshake a full one
      }
      byte[] request = speech == Speech.HTTP_2 ? http2(host, path) : http1(host, path);
      return new Visitor(tls, speech, host, request);
    } catch (SSLException e) {
      throw new IllegalArgumentException("no TLS for visitors: " + e.getMessage(), e);
    }
  }

  private static byte[] http1(String host, String path) {
    String again = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/html\r\n";
    return (again + "\r\n" + again + "Connection: close\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The preface, no settings, and one request (RFC 9113 §3.4, §6.2, §6.5); its fields by the static
   * table of RFC 7541 appendix A, which has what a GET needs.
   */
  private static byte[] http2(String host, String path) {
    ByteBuf fields = Unpooled.buffer();
    fields.writeByte(0x82).writeByte(0x87); // :method GET, :scheme https
    literal(fields, 4, path);
    literal(fields, 1, host);
    ByteBuf out = Unpooled.buffer();
    out.writeCharSequence("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII);
    out.writeMedium(0).writeByte(4).writeByte(0).writeInt(0); // SETTINGS
    out.writeMedium(fields.readableBytes()).writeByte(1).writeByte(0x5).writeInt(1); // HEADERS
    out.writeBytes(fields);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  /** RFC 7541 §6.2.2: a value that is not remembered, under a name of the static table. */
  private static void literal(ByteBuf fields, int name, String value) {
    fields.writeByte(name).writeByte(value.length());
    fields.writeCharSequence(value, StandardCharsets.US_ASCII);
  }

  /**
   * Lets them come, a few at once and over and over, until {@code visits} are over or {@code
   * patience} is; how many were answered.
   */
  public int come(List<Visitor> visitors, int visits, Duration patience)
      throws InterruptedException {
    var round = new Round(visitors, visits, System.nanoTime() + patience.toNanos());
    for (int i = 0; i < AT_ONCE; i++) {
      next(round);
    }
    round.over.await(patience.toMillis() * 2, TimeUnit.MILLISECONDS);
    return round.answered.get();
  }

  /** Visits that belong together. */
  private static final class Round {
    private final List<Visitor> visitors;
    private final int visits;
    private final long end;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(AT_ONCE);

    Round(List<Visitor> visitors, int visits, long end) {
      this.visitors = visitors;
      this.visits = visits;
      this.end = end;
    }
  }

  private void next(Round round) {
    int turn = round.turn.getAndIncrement();
    if (turn >= round.visits || System.nanoTime() - round.end > 0) {
      round.over.countDown();
      return;
    }
    Visitor visitor = round.visitors.get(turn % round.visitors.size());
    new Bootstrap()
        .group(loops.group())
        .channel(loops.clientChannel())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        visitor.tls.newHandler(channel.alloc(), visitor.host, gateway.getPort()))
                    .addLast(new Answered(visitor, round));
              }
            })
        .connect(gateway)
        .channel()
        .closeFuture()
        .addListener(_ -> next(round));
  }

  /** Leaves when the answer is complete: HTTP/1.1 ends by closing, HTTP/2 by a flag. */
  private static final class Answered extends ByteToMessageDecoder {
    private static final int FRAME_HEAD = 9;
    private static final int END_STREAM = 0x1;

    private final Visitor visitor;
    private final Round round;
    private boolean answered;

    Answered(Visitor visitor, Round round) {
      this.visitor = visitor;
      this.round = round;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(visitor.request)); // waits for the handshake
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      answered = true;
      if (visitor.speech != Speech.HTTP_2) {
        in.skipBytes(in.readableBytes());
        return;
      }
      int start = in.readerIndex();
      if (in.readableBytes() < FRAME_HEAD
          || in.readableBytes() < FRAME_HEAD + in.getUnsignedMedium(start)) {
        return;
      }
      // RFC 9113 §6: DATA is type 0, HEADERS 1.
      boolean last =
          in.getUnsignedByte(start + 3) <= 1 && (in.getByte(start + 4) & END_STREAM) != 0;
      in.skipBytes(FRAME_HEAD + in.getUnsignedMedium(start));
      if (last) {
        ctx.close();
      }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
      if (answered) {
        round.answered.incrementAndGet();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Override
  public void close() {
    loops.close();
  }
}
