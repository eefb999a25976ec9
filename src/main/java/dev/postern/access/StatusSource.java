package dev.postern.access;

import dev.postern.path.VerifiedPath;
import dev.postern.revocation.PathStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * Knows which certificates of an authority were revoked. Asked at every request, so it answers from
 * memory, at once, for many threads.
 */
@FunctionalInterface
public interface StatusSource {
  PathStatus status(VerifiedPath path, Instant at);

  /**
   * What would have to be found out first, if anything: blocks for a bounded time, so it is nothing
   * for an event loop. Whoever does not run it gets {@link PathStatus.Unknown}.
   */
  default Optional<Runnable> lookup(VerifiedPath path, Instant at) {
    return Optional.empty();
  }
}
