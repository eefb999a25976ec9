package dev.postern.access;

import dev.postern.path.VerifiedPath;
import dev.postern.revocation.PathStatus;
import java.time.Instant;

/**
 * Knows which certificates of an authority were revoked. Asked at every request, so it answers from
 * memory, at once, for many threads.
 */
@FunctionalInterface
public interface StatusSource {
  PathStatus status(VerifiedPath path, Instant at);
}
