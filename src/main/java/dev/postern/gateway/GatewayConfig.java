package dev.postern.gateway;

import dev.postern.web.PlainHandler;
import dev.postern.web.PlainListener;
import dev.postern.web.Stapler;
import dev.postern.web.TlsEngine;
import dev.postern.x509.Bytes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What is fixed while a gateway runs.
 *
 * @param https where TLS is served; port 0 takes any free one
 * @param http where plain HTTP redirects to https, if anywhere
 * @param minimumTls the oldest TLS version spoken
 * @param ticketSecret from which session ticket keys are derived; nodes that share it resume each
 *     other's sessions; absent: random
 * @param loops event loop threads
 * @param published what plain HTTP answers itself
 * @param stapler the OCSP answers that go with our own certificates
 * @param connections how many may be open at once; those quiet the longest make room
 * @param status where to tell those who watch over us, and what
 */
public record GatewayConfig(
    InetSocketAddress https,
    Optional<InetSocketAddress> http,
    TlsEngine engine,
    MinimumTls minimumTls,
    Timeouts timeouts,
    Optional<Bytes> ticketSecret,
    int loops,
    PlainHandler published,
    Stapler stapler,
    int connections,
    Optional<Status> status) {
  private static final int CONNECTIONS = 10_000;

  /** An address for machines that watch over us, in the clear. */
  public record Status(InetSocketAddress address, PlainHandler handler) {}

  /** RFC 8996 leaves two. */
  public enum MinimumTls {
    TLS_1_2,
    TLS_1_3
  }

  /**
   * How long to wait for a client.
   *
   * @param handshake for the TLS handshake
   * @param header for a request's head, from its first byte
   * @param idle for the next request on a kept connection
   * @param body for a stalled body, in either direction; a body must also keep up a minimum rate
   * @param drain for requests in flight when closing
   */
  public record Timeouts(
      Duration handshake, Duration header, Duration idle, Duration body, Duration drain) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(75),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20));
  }

  public static GatewayConfig of(InetSocketAddress https) {
    return new GatewayConfig(
        https,
        Optional.empty(),
        TlsEngine.BORINGSSL,
        MinimumTls.TLS_1_2,
        Timeouts.DEFAULT,
        Optional.empty(),
        Runtime.getRuntime().availableProcessors(),
        PlainListener.NOTHING,
        Stapler.NONE,
        CONNECTIONS,
        Optional.empty());
  }

  public GatewayConfig withHttp(InetSocketAddress address) {
    return new GatewayConfig(
        https,
        Optional.of(address),
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        stapler,
        connections,
        status);
  }

  public GatewayConfig withPublished(PlainHandler handler) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        handler,
        stapler,
        connections,
        status);
  }

  public GatewayConfig withStapler(Stapler staples) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        staples,
        connections,
        status);
  }

  public GatewayConfig withEngine(TlsEngine engine) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        stapler,
        connections,
        status);
  }

  public GatewayConfig withMinimumTls(MinimumTls minimumTls) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        stapler,
        connections,
        status);
  }

  public GatewayConfig withTimeouts(Timeouts timeouts) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        stapler,
        connections,
        status);
  }

  public GatewayConfig withConnections(int limit) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        stapler,
        limit,
        status);
  }

  public GatewayConfig withStatus(InetSocketAddress address, PlainHandler handler) {
    return new GatewayConfig(
        https,
        http,
        engine,
        minimumTls,
        timeouts,
        ticketSecret,
        loops,
        published,
        stapler,
        connections,
        Optional.of(new Status(address, handler)));
  }
}
