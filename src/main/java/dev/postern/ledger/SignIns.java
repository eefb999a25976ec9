package dev.postern.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what the Doorkeeper decided, and writes sums to the ledger every few seconds. Whoever
 * records never waits: a thread of its own counts, and what comes faster than it counts is left
 * out. A crash loses the last seconds; nothing depends on them.
 */
public final class SignIns implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** So many are kept to be looked at. */
  public static final int RECENT = 500;

  private static final int QUEUE = 8192;

  /**
   * How often the thread looks. Were it woken for each, every request would pay for a change of
   * threads: 10 of its 33 µs.
   */
  private static final Duration LOOK = Duration.ofMillis(50);

  /** Certificates, or hours and codes, that are remembered between two writes. */
  private static final int MOST = 50_000;

  /** So many certificates' uses are kept after a write, to be changed in place. */
  private static final int KEPT = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(SignIns.class);

  private final SignInStore store;
  private final InstantSource clock;
  private final Duration interval;
  private final BlockingQueue<SignIn> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Deque<SignIn> recent = new ArrayDeque<>();
  private final Map<SignInStore.Bucket, Long> counts = new HashMap<>();
  private final Map<String, Use> uses = new HashMap<>();
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);

  private SignIns(SignInStore store, InstantSource clock, Duration interval) {
    this.store = store;
    this.clock = clock;
    this.interval = interval;
    // Not virtual: SQLite's native calls would hold a carrier thread.
    this.thread = Thread.ofPlatform().daemon().name("sign-ins").unstarted(this::work);
  }

  public static SignIns into(SignInStore store, InstantSource clock) {
    return into(store, clock, INTERVAL);
  }

  /** {@code interval}: between two writes. */
  static SignIns into(SignInStore store, InstantSource clock, Duration interval) {
    SignIns signIns = new SignIns(store, clock, interval);
    signIns.thread.start();
    return signIns;
  }

  /** Never waits, so an event loop may call it. */
  public void record(SignIn signIn) {
    queue.offer(signIn);
  }

  /** How many are not counted yet. */
  public int waiting() {
    return queue.size();
  }

  /** The newest first, at most {@link #RECENT}. */
  public List<SignIn> recent() {
    synchronized (recent) {
      return List.copyOf(recent);
    }
  }

  private void work() {
    long next = System.nanoTime() + interval.toNanos();
    while (!isClosedWithin(LOOK)) {
      countQueued();
      if (System.nanoTime() >= next) {
        flush();
        next = System.nanoTime() + interval.toNanos();
      }
    }
    countQueued();
    flush();
  }

  private boolean isClosedWithin(Duration time) {
    try {
      return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true; // whoever wants this thread to end; nobody does
    }
  }

  private void countQueued() {
    List<SignIn> batch = new ArrayList<>();
    queue.drainTo(batch);
    batch.forEach(this::count);
  }

  private void count(SignIn each) {
    synchronized (recent) {
      recent.addFirst(each);
      if (recent.size() > RECENT) {
        recent.removeLast();
      }
    }
    var bucket = SignInStore.Bucket.of(each);
    if (counts.size() < MOST || counts.containsKey(bucket)) {
      counts.merge(bucket, 1L, Long::sum);
    }
    if (each.isAdmitted() && each.ours()) {
      each.serial()
          .filter(serial -> uses.size() < MOST || uses.containsKey(serial))
          .ifPresent(serial -> uses.computeIfAbsent(serial, _ -> new Use()).set(each));
    }
  }

  /**
   * A certificate's last use. One object for all of them: a new one each time would live for the
   * seconds until it is written, long enough to end as garbage of the old generation.
   */
  private static final class Use {
    private long at;
    private String address = "";
    private boolean written;

    void set(SignIn signIn) {
      at = signIn.at().toEpochMilli();
      if (!address.equals(signIn.address())) {
        address = signIn.address();
      }
      written = false;
    }

    SignInStore.LastUse value() {
      return new SignInStore.LastUse(Instant.ofEpochMilli(at), address);
    }
  }

  private Map<String, SignInStore.LastUse> unwritten() {
    Map<String, SignInStore.LastUse> unwritten = new HashMap<>();
    uses.forEach((serial, use) -> {
      if (!use.written) {
        unwritten.put(serial, use.value());
      }
    });
    return unwritten;
  }

  /** What could not be written is tried again with what comes next. */
  private void flush() {
    if (counts.isEmpty()) {
      return;
    }
    try {
      Instant now = clock.instant();
      store.add(counts, unwritten(), now);
      counts.clear();
      if (uses.size() > KEPT) {
        uses.clear();
      } else {
        uses.values().forEach(use -> use.written = true);
      }
    } catch (RuntimeException e) { // or else nothing would be counted any more
      LOG.warn("sign-ins are not written yet: {}", e.getMessage());
    }
  }

  /** Writes what was recorded. */
  @Override
  public void close() {
    closed.countDown(); // no interrupt: it could hit the last write
    try {
      thread.join(INTERVAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
