package dev.postern.gateway;

import dev.postern.web.EventLoops;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The running side of each upstream; equal upstreams share connections, also across reloads. */
final class Origins {
  private final EventLoops loops;
  private final ConcurrentMap<Upstream, Origin> all = new ConcurrentHashMap<>();

  Origins(EventLoops loops) {
    this.loops = loops;
  }

  Origin of(Upstream upstream) {
    return all.computeIfAbsent(upstream, each -> new Origin(each, loops));
  }

  /** Forgets upstreams that no site names any more; what is in flight goes on. */
  void keepOnly(Iterable<Upstream> wanted) {
    ConcurrentMap<Upstream, Origin> kept = new ConcurrentHashMap<>();
    wanted.forEach(upstream -> kept.put(upstream, of(upstream)));
    all.keySet().retainAll(kept.keySet());
  }
}
