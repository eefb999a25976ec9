package dev.postern.publish;

import dev.postern.authority.Publication;
import java.time.Duration;
import java.util.Optional;

/**
 * How CRLs are kept up to date.
 *
 * @param validity from thisUpdate to nextUpdate
 * @param every when a complete list is signed anew though nothing happened
 * @param delta likewise for the lists of changes, if there are any
 * @param publication what certificates say about it; without, there is the full list alone
 */
public record CrlPolicy(
    Duration validity,
    Duration every,
    Optional<Duration> delta,
    Optional<Publication> publication) {
  int shards() {
    return publication.map(Publication::shards).filter(shards -> shards > 1).orElse(0);
  }
}
