package dev.postern.gateway;

import dev.postern.web.Pages;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What every connection of a gateway has at hand. */
final class Service {
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final int REFERENCE_LENGTH = 10;

  /** Most of them wait for the disk: who issues together is recorded together. */
  private static final int PAGE_THREADS = 64;

  private static final int PAGE_QUEUE = 256;

  private final GatewayConfig config;
  private final AccessLog log;
  private final InstantSource clock;
  private final Pages pages = new Pages();
  private final NoticePages noticePages = new NoticePages();

  /**
   * For our own pages. Not virtual threads: SQLite's native calls would hold the carriers, on which
   * other things wait that must go on while the ledger is locked.
   */
  private final ThreadPoolExecutor pageThreads =
      new ThreadPoolExecutor(
          PAGE_THREADS,
          PAGE_THREADS,
          30,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(PAGE_QUEUE),
          Thread.ofPlatform().daemon().name("page-", 0).factory());

  private final LongAdder handshakes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile Snapshot snapshot;
  private volatile boolean draining;

  /** Open visits, each loop's own: no request pays for a lock. */
  private final FastThreadLocal<Set<Visit>> open =
      new FastThreadLocal<>() {
        @Override
        protected Set<Visit> initialValue() {
          return Collections.newSetFromMap(new IdentityHashMap<>());
        }
      };

  Service(GatewayConfig config, AccessLog log, InstantSource clock, Snapshot snapshot) {
    this.config = config;
    this.log = log;
    this.clock = clock;
    this.snapshot = snapshot;
    pageThreads.allowCoreThreadTimeOut(true);
  }

  GatewayConfig.Timeouts timeouts() {
    return config.timeouts();
  }

  AccessLog log() {
    return log;
  }

  InstantSource clock() {
    return clock;
  }

  Executor pageThreads() {
    return pageThreads;
  }

  int pagesWaiting() {
    return pageThreads.getQueue().size();
  }

  LongAdder handshakes() {
    return handshakes;
  }

  /** Of handshakes. */
  LongAdder failures() {
    return failures;
  }

  Pages pages() {
    return pages;
  }

  NoticePages noticePages() {
    return noticePages;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  void use(Snapshot next) {
    snapshot = next;
  }

  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** To be called on the visit's event loop, as {@link #closed}. */
  void opened(Visit visit) {
    open.get().add(visit);
  }

  void closed(Visit visit) {
    open.get().remove(visit);
  }

  /** Runs {@code action} for each open visit, on its own loop. */
  void forEachVisit(Iterable<EventExecutor> loops, Consumer<Visit> action) {
    for (EventExecutor loop : loops) {
      loop.execute(() -> new ArrayList<>(open.get()).forEach(action));
    }
  }

  /** Ten digits of Crockford's base 32: short enough to read out, 50 bits. Not a secret. */
  static String newReference() {
    long random = ThreadLocalRandom.current().nextLong();
    char[] text = new char[REFERENCE_LENGTH];
    for (int i = 0; i < REFERENCE_LENGTH; i++) {
      text[i] = DIGITS[(int) (random >>> (5 * i)) & 31];
    }
    return new String(text);
  }
}
