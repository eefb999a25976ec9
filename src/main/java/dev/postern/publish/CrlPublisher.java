package dev.postern.publish;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps CRLs up to date while a server runs: on schedule, and soon after each change of the ledger.
 * Changes that come in a burst share one list; large lists, which take long, rest longer in
 * between. When signing fails, the last good lists are served on, and the log says so.
 */
public final class CrlPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CrlPublisher.class);

  /** How often the schedule is looked at. */
  private static final Duration LOOK = Duration.ofSeconds(20);

  private static final Duration REST = Duration.ofSeconds(1);

  /** Signing takes at most every eleventh second of the machine. */
  private static final int REST_PER_WORK = 10;

  private final CrlSigning signing;
  private final PublishedCrls published;
  private final Semaphore changes = new Semaphore(0);
  private final Thread thread =
      // Not virtual: it computes, and SQLite's native calls would hold a carrier thread.
      Thread.ofPlatform().daemon().name("postern-crl").unstarted(this::work);
  private volatile boolean closed;
  private boolean failing;

  private CrlPublisher(CrlSigning signing, PublishedCrls published) {
    this.signing = signing;
    this.published = published;
  }

  /** What the ledger has is served at once; what is due is signed soon. */
  public static CrlPublisher start(CrlSigning signing, PublishedCrls published) {
    var publisher = new CrlPublisher(signing, published);
    publisher.changed();
    publisher.thread.start();
    return publisher;
  }

  /** Something in the ledger changed. Returns at once. */
  public void changed() {
    changes.release();
  }

  private void work() {
    try {
      while (!closed) {
        boolean _ = changes.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        changes.drainPermits();
        if (!closed) {
          long began = System.nanoTime();
          int signed = round();
          if (signed > 0) {
            long worked = System.nanoTime() - began;
            TimeUnit.NANOSECONDS.sleep(Math.max(REST.toNanos(), worked * REST_PER_WORK));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int round() {
    int signed = 0;
    try {
      published.refresh(); // first what is there: a signer that fails takes nothing away
      signed = signing.signDue();
      if (signed > 0) {
        published.refresh();
      }
      if (failing) {
        failing = false;
        LOG.info("CRLs are signed again");
      }
    } catch (RuntimeException | OutOfMemoryError e) { // a large list needs much; the next look too
      failing = true;
      LOG.error(
          "no new CRL could be signed; the last one stays in force and is tried again in {} s: {}",
          LOOK.toSeconds(),
          e.toString());
    }
    return signed;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
