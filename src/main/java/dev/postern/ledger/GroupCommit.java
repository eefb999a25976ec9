package dev.postern.ledger;

import dev.postern.authority.Ledger.LedgerUnavailable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes what many threads want to write in one transaction, so that they wait for the disk
 * together (decision 0017). Whoever comes while a transaction is under way belongs to the next one:
 * nobody is made to wait for company.
 *
 * <p>Each caller gets its own outcome. When anything fails, the transaction is undone, and
 * everybody in it is tried again alone.
 */
final class GroupCommit implements AutoCloseable {
  /** So many share a transaction at most: what is written elsewhere comes in between. */
  static final int TOGETHER = 256;

  /** So many may wait. */
  static final int WAITING = 1024;

  private static final int IDLE_SECONDS = 10;

  private final Database database;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(WAITING);

  /** Whether somebody sees to the queue, or will. */
  private final AtomicBoolean seenTo = new AtomicBoolean();

  /** Not virtual: SQLite's native calls would hold a carrier thread. */
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("ledger-writer").factory());

  /** The writer's alone; made when it is first needed. */
  private Optional<Batch> open = Optional.empty();

  GroupCommit(Database database) {
    this.database = database;
    writer.allowCoreThreadTimeOut(true);
  }

  /** Part of a transaction; done again from the beginning when that was undone. */
  @FunctionalInterface
  interface Work {
    void write(Batch batch) throws SQLException;
  }

  private record Waiting(Work work, CompletableFuture<Optional<RuntimeException>> outcome) {
    void done() {
      outcome.complete(Optional.empty());
    }

    void failed(RuntimeException e) {
      outcome.complete(Optional.of(e));
    }
  }

  /**
   * Is on the disk when this returns. Throws what {@code work} threw, and then nothing of it is
   * there; {@link LedgerUnavailable} when it cannot be written.
   */
  void write(Work work) {
    Waiting mine = new Waiting(work, new CompletableFuture<>());
    try {
      if (!queue.offer(mine, Database.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new LedgerUnavailable(
            "the ledger " + database.file() + " is busy: " + WAITING + " wait to write already");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailable("interrupted while waiting for the ledger", e);
    }
    if (seenTo.compareAndSet(false, true)) {
      try {
        writer.execute(this::seeTo);
      } catch (RejectedExecutionException e) {
        giveUp(new LedgerUnavailable("the ledger " + database.file() + " is closed", e));
      }
    }
    // Without end, and deaf to interrupts: who stopped waiting would not know what was written.
    Optional<RuntimeException> failure = mine.outcome().join();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** So many have not begun yet. */
  int waiting() {
    return queue.size();
  }

  /** On the writer's thread, until nobody waits. */
  private void seeTo() {
    boolean served = false;
    try {
      do {
        List<Waiting> together = new ArrayList<>();
        while (queue.drainTo(together, TOGETHER) > 0) {
          serve(together);
          together.clear();
        }
        seenTo.set(false);
      } while (!queue.isEmpty() && seenTo.compareAndSet(false, true));
      served = true;
    } finally {
      if (!served) { // an Error, of which this thread dies: the next who comes gets another
        giveUp(failed());
      }
    }
  }

  /** Whoever is in the queue leaves it; who comes later asks for somebody to see to it. */
  private void giveUp(LedgerUnavailable why) {
    seenTo.set(false);
    for (Waiting each = queue.poll(); each != null; each = queue.poll()) {
      each.failed(why);
    }
  }

  private static LedgerUnavailable failed() {
    return new LedgerUnavailable("the ledger's writer failed; the log says more");
  }

  private void serve(List<Waiting> together) {
    try {
      commit(together);
    } finally {
      together.forEach(each -> each.failed(failed())); // changes nothing for who has an outcome
    }
  }

  private void commit(List<Waiting> together) {
    try {
      transaction(together);
      together.forEach(Waiting::done);
    } catch (RuntimeException e) {
      if (together.size() == 1 || Database.isLocked(e)) {
        together.forEach(each -> each.failed(e));
      } else {
        together.forEach(each -> commit(List.of(each)));
      }
    }
  }

  private void transaction(List<Waiting> together) {
    database.<Optional<Void>>alone(() -> {
      Batch batch = open.isPresent() ? open.get() : Batch.on(database);
      open = Optional.of(batch);
      boolean committed = false;
      try {
        batch.begin();
        for (Waiting each : together) {
          each.work().write(batch);
        }
        batch.commit();
        committed = true;
      } finally {
        if (!committed) {
          // What something failed on is not used again; closing it undoes the rest.
          open = Optional.empty();
          batch.close();
        }
      }
      return Optional.empty();
    });
  }

  /** What waits is still written; what comes later is refused. */
  @Override
  public void close() {
    writer.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = writer.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true; // not now: somebody waits for what is being written
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    open.ifPresent(Batch::close);
    open = Optional.empty();
  }
}
