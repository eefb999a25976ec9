package dev.postern.metrics;

import dev.postern.gateway.AccessLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Counts requests by site, verdict and class of status, on the event loops: no locks. */
final class CountingLog implements AccessLog {
  private static final String OTHER = "other";
  private static final String ADMITTED = "admitted";

  static final Duration[] BOUNDS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final AccessLog next;
  private final Predicate<String> sites;
  private final Map<Kind, Counter> requests = new ConcurrentHashMap<>();
  private final Map<String, SiteMeters> bySite = new ConcurrentHashMap<>();

  /** As many as there are sites, codes and five classes. */
  private record Kind(String site, String verdict, int statusClass) {}

  private record SiteMeters(Timer duration, Timer upstream, Counter bytesIn, Counter bytesOut) {}

  CountingLog(MeterRegistry registry, AccessLog next, Predicate<String> sites) {
    this.registry = registry;
    this.next = next;
    this.sites = sites;
  }

  @Override
  public void record(Entry entry) {
    String site =
        bySite.containsKey(entry.host()) || sites.test(entry.host()) ? entry.host() : OTHER;
    SiteMeters meters = found(bySite, site, this::metersOf);
    Kind kind = new Kind(site, entry.verdict(), entry.status() / 100);
    found(requests, kind, this::requestsOfKind).increment();
    meters.duration().record(entry.duration());
    entry.upstreamWait().ifPresent(meters.upstream()::record);
    meters.bytesIn().increment((double) entry.bytesIn());
    meters.bytesOut().increment((double) entry.bytesOut());
    next.record(entry);
  }

  /** {@code computeIfAbsent} would take a lock where two keys share a bin. */
  private static <K, V> V found(Map<K, V> map, K key, Function<K, V> make) {
    V known = map.get(key);
    return known == null ? map.computeIfAbsent(key, make) : known;
  }

  private Counter requestsOfKind(Kind kind) {
    return Counter.builder("postern.requests")
        .description("Requests that ended")
        .tags("site", kind.site(), "verdict", kind.verdict(), "status", kind.statusClass() + "xx")
        .register(registry);
  }

  private SiteMeters metersOf(String site) {
    return new SiteMeters(
        Timer.builder("postern.request")
            .description("From a request's first byte to its answer's last")
            .tag("site", site)
            .serviceLevelObjectives(BOUNDS)
            .register(registry),
        Timer.builder("postern.upstream.wait")
            .description("From sending a request on to the first byte of the answer")
            .tag("site", site)
            .serviceLevelObjectives(BOUNDS)
            .register(registry),
        bytes("postern.received", "Bytes of requests' bodies", site),
        bytes("postern.sent", "Bytes of answers' bodies", site));
  }

  private Counter bytes(String name, String help, String site) {
    return Counter.builder(name)
        .description(help)
        .baseUnit("bytes")
        .tag("site", site)
        .register(registry);
  }

  /** By name; those that nobody asked anything of are not among them. */
  List<Frame.Site> sites() {
    return bySite.keySet().stream().sorted().map(this::site).toList();
  }

  private Frame.Site site(String name) {
    long all = 0;
    long refused = 0;
    long failed = 0;
    for (Map.Entry<Kind, Counter> each : requests.entrySet()) {
      if (each.getKey().site().equals(name)) {
        long count = (long) each.getValue().count();
        all += count;
        refused += each.getKey().verdict().equals(ADMITTED) ? 0 : count;
        failed += each.getKey().statusClass() == 5 ? count : 0;
      }
    }
    SiteMeters meters = metersOf(name);
    return new Frame.Site(
        name,
        all,
        refused,
        failed,
        (long) meters.bytesIn().count(),
        (long) meters.bytesOut().count(),
        Arrays.stream(meters.duration().takeSnapshot().histogramCounts())
            .map(bucket -> (long) bucket.count())
            .toList());
  }

  /** How often each reason was given. */
  Map<String, Long> refusals() {
    Map<String, Long> found = new TreeMap<>();
    requests.forEach((kind, counter) -> {
      if (!kind.verdict().equals(ADMITTED)) {
        found.merge(kind.verdict(), (long) counter.count(), Long::sum);
      }
    });
    return found;
  }

  @Override
  public void close() {
    next.close();
  }
}
