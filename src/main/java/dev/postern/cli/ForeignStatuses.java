package dev.postern.cli;

import dev.postern.access.StatusSource;
import dev.postern.path.TrustAnchor;
import dev.postern.status.ForeignStatus;
import dev.postern.status.StatusSettings;
import dev.postern.x509.Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Those who fetch the revocations of foreign authorities. They outlive a reload of the
 * configuration that does not change theirs, with all that they have learned.
 */
final class ForeignStatuses implements AutoCloseable {
  /** What makes two of them the same. */
  private record Key(StatusSettings settings, List<Certificate> authorities) {}

  private final InstantSource clock;
  private final Map<Key, ForeignStatus> running = new HashMap<>();
  private final Set<Key> wanted = new HashSet<>();
  private volatile Runnable changed = () -> {};

  ForeignStatuses(InstantSource clock) {
    this.clock = clock;
  }

  /** To be called from now on when a list came that may revoke somebody. */
  void onChange(Runnable action) {
    changed = action;
  }

  synchronized StatusSource of(
      StatusSettings settings, List<TrustAnchor> anchors, List<Certificate> intermediates) {
    List<Certificate> authorities = new ArrayList<>(intermediates);
    anchors.forEach(anchor -> authorities.add(anchor.certificate()));
    var key = new Key(settings, authorities);
    wanted.add(key);
    return running.computeIfAbsent(
        key, _ -> ForeignStatus.start(settings, authorities, clock, () -> changed.run()));
  }

  /** Ends those that nobody asked for since the last time. */
  synchronized void endUnwanted() {
    running
        .entrySet()
        .removeIf(each -> {
          boolean unwanted = !wanted.contains(each.getKey());
          if (unwanted) {
            each.getValue().close();
          }
          return unwanted;
        });
    wanted.clear();
  }

  @Override
  public synchronized void close() {
    running.values().forEach(ForeignStatus::close);
    running.clear();
  }
}
