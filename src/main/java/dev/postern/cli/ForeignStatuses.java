package dev.postern.cli;

import dev.postern.access.StatusSource;
import dev.postern.path.TrustAnchor;
import dev.postern.status.ForeignStatus;
import dev.postern.status.StatusSettings;
import dev.postern.x509.Certificate;
import java.time.InstantSource;
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
  private record Key(
      StatusSettings settings, List<TrustAnchor> anchors, List<Certificate> intermediates) {}

  private final InstantSource clock;
  private final Map<Key, ForeignStatus> running = new HashMap<>();
  private final Set<Key> wanted = new HashSet<>();
  private Set<Key> inForce = Set.of();
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
    var key = new Key(settings, anchors, intermediates);
    wanted.add(key);
    return running.computeIfAbsent(
        key,
        _ -> ForeignStatus.start(settings, anchors, intermediates, clock, () -> changed.run()));
  }

  /** What was asked for since the last time is in force: ends the others. */
  synchronized void commit() {
    inForce = Set.copyOf(wanted);
    endOthers();
  }

  /** What was asked for since the last time came to nothing. */
  synchronized void abort() {
    endOthers();
  }

  private void endOthers() {
    running
        .entrySet()
        .removeIf(each -> {
          boolean unwanted = !inForce.contains(each.getKey());
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
