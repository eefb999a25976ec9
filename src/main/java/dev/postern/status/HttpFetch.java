package dev.postern.status;

import dev.postern.status.StatusSettings.PrivateAddresses;
import dev.postern.x509.Bytes;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches over plain HTTP, as CRLs and OCSP answers are (they are signed; https would need a
 * revocation check of its own, RFC 5280 §8). Bounded in size and time, no redirections. The address
 * that was looked at is the one that is connected to, so a name that resolves otherwise the second
 * time gains nothing. Its callers wait, on threads of their own.
 */
final class HttpFetch implements AutoCloseable {
  private static final int HTTP_PORT = 80;
  private static final int LAST_PORT = 65535;
  private static final int CONNECT_MILLIS = 3_000;
  private static final int SILENCE_SECONDS = 10;
  private static final int MAX_HEAD = 16 * 1024;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("status-fetch", true), NioIoHandler.newFactory());

  /** An answer's status, body and validator. */
  record Answer(int status, Bytes body, Optional<String> etag, Optional<String> lastModified) {}

  /** What to ask, and within which bounds. */
  record Question(
      URI url,
      Optional<Bytes> post,
      Map<String, String> headers,
      int largest,
      Duration deadline,
      PrivateAddresses privateAddresses) {}

  /** Waits for the answer. */
  Answer ask(Question question) throws FetchFailure {
    URI url = question.url();
    InetSocketAddress address = address(question);
    var answer = new CompletableFuture<Answer>();
    Channel channel = bootstrap(question, answer).connect(address).awaitUninterruptibly().channel();
    try {
      if (!channel.isActive() && !answer.isDone()) {
        throw new FetchFailure(url.getHost() + " cannot be reached");
      }
      channel.writeAndFlush(request(question)).addListener(sent -> {});
      return answer.get(question.deadline().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new FetchFailure(
          url + " did not answer within " + question.deadline().toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new FetchFailure(url + ": " + reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchFailure("interrupted");
    } finally {
      channel.close().addListener(closed -> {});
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause instanceof FetchFailure ? String.valueOf(cause.getMessage()) : cause.toString();
  }

  private static InetSocketAddress address(Question question) throws FetchFailure {
    URI url = question.url();
    String host = url.getHost();
    int port = url.getPort() < 0 ? HTTP_PORT : url.getPort();
    if (!"http".equalsIgnoreCase(url.getScheme())
        || host == null
        || url.getUserInfo() != null
        || port < 1
        || port > LAST_PORT) {
      throw new FetchFailure(url + " is no plain http address");
    }
    try {
      InetAddress address = InetAddress.getByName(host);
      if (question.privateAddresses() == PrivateAddresses.REFUSED
          && (port != HTTP_PORT || !AddressRules.isPublic(address) || isOurs(address))) {
        throw new FetchFailure(
            host
                + " is "
                + address.getHostAddress()
                + " port "
                + port
                + ", which a certificate may not lead to");
      }
      return new InetSocketAddress(address, port);
    } catch (UnknownHostException e) {
      throw new FetchFailure("the host name " + host + " is not known");
    }
  }

  /** A public address of this very machine. */
  private static boolean isOurs(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // nobody can say that it is not
    }
  }

  private static FullHttpRequest request(Question question) {
    URI url = question.url();
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            question.post().isPresent() ? HttpMethod.POST : HttpMethod.GET,
            target,
            question
                .post()
                .map(body -> Unpooled.wrappedBuffer(body.toArray()))
                .orElse(Unpooled.EMPTY_BUFFER));
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    request.headers().set(HttpHeaderNames.HOST, url.getHost() + port);
    request.headers().set(HttpHeaderNames.CONNECTION, "close");
    request.headers().set(HttpHeaderNames.USER_AGENT, "Postern");
    question.headers().forEach(request.headers()::set);
    question
        .post()
        .ifPresent(body -> request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.size()));
    return request;
  }

  private Bootstrap bootstrap(Question question, CompletableFuture<Answer> answer) {
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new ReadTimeoutHandler(SILENCE_SECONDS),
                        new HttpClientCodec(MAX_HEAD, MAX_HEAD, MAX_HEAD),
                        new HttpObjectAggregator(question.largest()),
                        new Receiver(answer));
              }
            });
  }

  private static final class Receiver extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final CompletableFuture<Answer> answer;

    Receiver(CompletableFuture<Answer> answer) {
      this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      if (response.decoderResult().isFailure()) {
        answer.completeExceptionally(new FetchFailure("the answer is not HTTP"));
        return;
      }
      byte[] body = new byte[response.content().readableBytes()];
      response.content().readBytes(body);
      answer.complete(
          new Answer(
              response.status().code(),
              Bytes.of(body),
              Optional.ofNullable(response.headers().get(HttpHeaderNames.ETAG)),
              Optional.ofNullable(response.headers().get(HttpHeaderNames.LAST_MODIFIED))));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.completeExceptionally(new FetchFailure("the connection ended before the answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      answer.completeExceptionally(cause);
      ctx.close().addListener(closed -> {});
    }
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> {});
  }
}
