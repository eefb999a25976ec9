package dev.postern.gateway;

import dev.postern.access.Denial;
import dev.postern.access.Doorkeeper;
import dev.postern.access.PresentedChain;
import dev.postern.web.BindFailure;
import dev.postern.web.EventLoops;
import dev.postern.web.PlainListener;
import dev.postern.web.TicketKeys;
import dev.postern.web.TlsHost;
import dev.postern.web.TlsHosts;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running gateway: accepts TLS connections, asks the Doorkeeper about each request, relays or
 * explains.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
public final class Gateway implements AutoCloseable {
  /** How often open exchanges are looked at for certificates that ran out meanwhile. */
  private static final Duration ROUND = Duration.ofSeconds(30);

  private static final Duration TICKET_ROTATION = Duration.ofHours(1);
  private static final int TICKET_SECRET_BYTES = 32;

  private final GatewayConfig config;
  private final InstantSource clock;
  private final EventLoops loops;
  private final Origins origins;
  private final Service service;
  private final Places places;
  private final TicketKeys tickets;
  private final Channel https;
  private final @Nullable Channel http;
  private final @Nullable Channel status;
  private volatile TlsHosts hosts;

  private Gateway(GatewayConfig config, GatewayState state, AccessLog log, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.loops = new EventLoops("gateway", config.loops());
    this.origins = new Origins(loops);
    this.service = new Service(config, log, clock, Snapshot.of(state, origins));
    this.tickets = new TicketKeys(config.ticketSecret().orElseGet(Gateway::randomSecret));
    this.hosts = tls(state, null);
    this.places = new Places(config.connections());
    this.https = listen(config.https(), new Connections(service, this::hosts, places));
    this.http =
        config.http().isEmpty()
            ? null
            : listen(
                config.http().get(),
                counted(
                    new PlainListener(
                        httpsPort(), config.timeouts().header(), config.published())));
    this.status =
        config.status().isEmpty()
            ? null
            : listen(
                config.status().get().address(),
                new PlainListener(
                    httpsPort(), config.timeouts().header(), config.status().get().handler()));
    loops
        .group()
        .scheduleWithFixedDelay(
            this::reconsider, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS)
        .addListener(ended -> {});
    loops
        .group()
        .scheduleWithFixedDelay(
            this::rotate,
            TICKET_ROTATION.toMillis(),
            TICKET_ROTATION.toMillis(),
            TimeUnit.MILLISECONDS)
        .addListener(ended -> {});
  }

  /** Listens; {@link BindFailure} when an address cannot be had. */
  public static Gateway start(
      GatewayConfig config, GatewayState state, AccessLog log, InstantSource clock) {
    return new Gateway(config, state, log, clock);
  }

  /** A gateway that does not start leaves no threads behind. */
  private Channel listen(InetSocketAddress address, ChannelHandler accepted) {
    try {
      return loops.listen(address, accepted);
    } catch (BindFailure e) {
      loops.close();
      hosts.release();
      throw e;
    }
  }

  /** Plain HTTP takes of the same places. */
  private ChannelHandler counted(ChannelHandler plain) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        places
            .take(channel)
            .ifPresentOrElse(place -> channel.pipeline().addLast(plain), channel::close);
      }
    };
  }

  private static Bytes randomSecret() {
    byte[] secret = new byte[TICKET_SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return Bytes.of(secret);
  }

  private TlsHosts hosts() {
    return hosts;
  }

  private TlsHosts tls(GatewayState state, @Nullable TlsHosts previous) {
    List<TlsHost> each =
        state.sites().stream()
            .map(site -> new TlsHost(site.host(), site.identity(), site.posture()))
            .toList();
    List<String> protocols =
        switch (config.minimumTls()) {
          case TLS_1_2 -> List.of("TLSv1.3", "TLSv1.2");
          case TLS_1_3 -> List.of("TLSv1.3");
        };
    var common =
        new TlsHosts.Common(
            config.engine(),
            protocols,
            state.clientAuthorities().stream().map(Certificate::der).toList(),
            this::judge,
            tickets,
            config.stapler());
    return TlsHosts.of(each, state.defaultHost(), common, clock.instant(), previous);
  }

  /** For strict hosts; rules are for requests, which there are none of yet. */
  private Optional<Denial> judge(PresentedChain presented) {
    Doorkeeper doorkeeper = service.snapshot().doorkeeper();
    if (doorkeeper.lookup(presented, clock.instant()).isPresent()) {
      return Optional.empty(); // asking takes time, which a handshake has none of: at the request
    }
    return switch (doorkeeper.identify(presented, clock.instant())) {
      case Doorkeeper.Identification.Known _ -> Optional.empty();
      case Doorkeeper.Identification.Unknown(Denial denial) -> Optional.of(denial);
    };
  }

  /**
   * Swaps sites, rules, trust and server certificates. Connections stay; their next request meets
   * the new state, and exchanges under way that it would not let in are closed. Refused as a whole
   * with {@link IllegalArgumentException}, the old state staying, when it cannot be served.
   */
  public synchronized void replace(GatewayState state) {
    TlsHosts before = hosts;
    Snapshot next = Snapshot.of(state, origins);
    hosts = tls(state, before);
    service.use(next);
    before.release();
    origins.keepOnly(
        state.sites().stream()
            .map(Site::destination)
            .filter(Site.Destination.Relayed.class::isInstance)
            .map(relayed -> ((Site.Destination.Relayed) relayed).upstream())
            .toList());
    reconsider();
  }

  /** Not while {@link #replace} releases the hosts: a timer that fails once never fires again. */
  private synchronized void rotate() {
    hosts.rotate(tickets, clock.instant());
  }

  /**
   * Asks again about every open exchange, and closes those that would not be let in now: to be
   * called when a certificate was revoked.
   */
  public void reconsider() {
    Snapshot now = service.snapshot();
    service.forEachVisit(loops.group(), visit -> visit.reconsider(now));
  }

  public int httpsPort() {
    return ((InetSocketAddress) https.localAddress()).getPort();
  }

  public OptionalInt httpPort() {
    return http == null
        ? OptionalInt.empty()
        : OptionalInt.of(((InetSocketAddress) http.localAddress()).getPort());
  }

  public OptionalInt statusPort() {
    return status == null
        ? OptionalInt.empty()
        : OptionalInt.of(((InetSocketAddress) status.localAddress()).getPort());
  }

  /**
   * What happened so far, and what is.
   *
   * @param connections that are open
   * @param handshakes that succeeded
   * @param failures of handshakes: scanners, strict hosts, clients that do not trust us
   * @param validated certificates whose path and signatures were checked, since the trust changed
   * @param pagesWaiting requests to our own pages that no thread is free for
   */
  public record Counts(
      int connections, long handshakes, long failures, long validated, int pagesWaiting) {}

  public Counts counts() {
    return new Counts(
        places.taken(),
        service.handshakes().sum(),
        service.failures().sum(),
        service.snapshot().doorkeeper().validated(),
        service.pagesWaiting());
  }

  public boolean isDraining() {
    return service.draining();
  }

  /** Stops accepting, lets requests in flight finish within the drain time, closes. */
  @Override
  public void close() {
    https.close().awaitUninterruptibly();
    if (http != null) {
      http.close().awaitUninterruptibly();
    }
    service.drain();
    List<Channel> left = places.channels();
    left.forEach(Connections::drain);
    long deadline = System.nanoTime() + config.timeouts().drain().toNanos();
    for (Channel each : left) {
      long patience = Math.max(1, deadline - System.nanoTime());
      each.closeFuture().awaitUninterruptibly(patience, TimeUnit.NANOSECONDS);
    }
    places
        .channels()
        .forEach(each -> each.eventLoop().execute(() -> each.unsafe().closeForcibly()));
    if (status != null) {
      status.close().awaitUninterruptibly(); // until the end, so that it can be seen how it ends
    }
    loops.close();
    hosts.release();
  }
}
