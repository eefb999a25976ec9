package dev.postern.gateway;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that there is room for. When every place is taken those are closed that have been
 * quiet the longest: without a request, still shaking hands, or dripping one. Whoever takes many
 * places thus takes them from the likes of himself, and who comes next finds one; somebody whose
 * request is under way is never asked to go.
 */
final class Places {
  private static final Logger LOG = LoggerFactory.getLogger(Places.class);

  /** One in so many is made free at once. */
  private static final int SHARE = 16;

  private static final long TELL_NANOS = Duration.ofMinutes(1).toNanos();

  private final int limit;
  private final int share;
  private final Set<Place> taken = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicBoolean makingRoom = new AtomicBoolean();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger sentAway = new AtomicInteger();
  private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - TELL_NANOS);

  Places(int limit) {
    this.limit = limit;
    this.share = Math.max(1, limit / SHARE);
  }

  /** One connection's. Its event loop writes; whoever looks for room reads. */
  static final class Place {
    private final Channel channel;
    private volatile long since = System.nanoTime();
    private volatile boolean busy;

    private Place(Channel channel) {
      this.channel = channel;
    }

    /** A request has come. */
    void busy() {
      busy = true;
    }

    /** The last request is answered. */
    void quiet() {
      since = System.nanoTime();
      busy = false;
    }

    /** What looked quiet may have had a request since. */
    private void free() {
      channel
          .eventLoop()
          .execute(() -> {
            if (!busy) {
              var _ = channel.close();
            }
          });
    }
  }

  /** Until {@code channel} closes; nothing when every place is taken. */
  Optional<Place> take(Channel channel) {
    int now = count.incrementAndGet();
    boolean isRoomMade = now > limit && makeRoom();
    // Those who are closed take a moment to go.
    if (now > limit && !(isRoomMade && now <= limit + share)) {
      count.decrementAndGet();
      refused.incrementAndGet();
      tell();
      return Optional.empty();
    }
    var place = new Place(channel);
    taken.add(place);
    channel
        .closeFuture()
        .addListener(closed -> {
          taken.remove(place);
          count.decrementAndGet();
        });
    return Optional.of(place);
  }

  /** False when nobody is quiet. Only one at a time looks, at all of them. */
  private boolean makeRoom() {
    if (!makingRoom.compareAndSet(false, true)) {
      return true;
    }
    try {
      long now = System.nanoTime();
      record Quiet(Place place, long nanos) {} // as it is now: it changes while we sort
      List<Quiet> longest =
          taken.stream()
              .filter(each -> !each.busy && each.channel.isOpen())
              .map(each -> new Quiet(each, now - each.since))
              .sorted(Comparator.comparingLong(Quiet::nanos).reversed())
              .limit(share)
              .toList();
      longest.forEach(each -> each.place().free());
      sentAway.addAndGet(longest.size());
      tell();
      return !longest.isEmpty();
    } finally {
      makingRoom.set(false);
    }
  }

  private void tell() {
    long last = toldAt.get();
    long now = System.nanoTime();
    if (now - last >= TELL_NANOS && toldAt.compareAndSet(last, now)) {
      LOG.warn(
          "{} connections are open, and limits.connections is {}: closed {} that were quiet the"
              + " longest, refused {}",
          count.get(),
          limit,
          sentAway.getAndSet(0),
          refused.getAndSet(0));
    }
  }

  /** How many are open. */
  int taken() {
    return count.get();
  }

  /** Every connection, of whatever age. */
  List<Channel> channels() {
    return taken.stream().map(each -> each.channel).toList();
  }
}
