package dev.postern.web;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One deadline that moves often and is met seldom. Moving it costs a field; the timer behind it
 * fires late at most once, sees that the deadline moved on, and sets itself anew. Belongs to one
 * event loop.
 */
public final class Watchdog {
  private final EventExecutor loop;
  private final Runnable bark;
  private long deadline = Long.MAX_VALUE;
  private long timer = Long.MAX_VALUE;
  private @Nullable Future<?> waiting;
  private boolean closed;

  public Watchdog(EventExecutor loop, Runnable bark) {
    this.loop = loop;
    this.bark = bark;
  }

  /** Barks after {@code patience}, unless told otherwise before. */
  public void expectWithin(Duration patience) {
    expectBy(now() + patience.toNanos());
  }

  /** As {@link #expectWithin}, by {@link System#nanoTime}. */
  public void expectBy(long nanoTime) {
    deadline = nanoTime;
    if (timer == Long.MAX_VALUE || deadline - timer < 0) {
      set();
    }
  }

  public void rest() {
    deadline = Long.MAX_VALUE;
  }

  /** Never again. What it watched over is not held in memory until the timer would have fired. */
  public void close() {
    rest();
    closed = true;
    cancel();
  }

  private void cancel() {
    if (waiting != null) {
      waiting.cancel(false);
      waiting = null;
    }
  }

  public static long now() {
    return System.nanoTime();
  }

  private void set() {
    if (closed) {
      return;
    }
    cancel();
    long due = deadline;
    timer = due;
    waiting = loop.schedule(() -> fire(due), Math.max(0, due - now()), TimeUnit.NANOSECONDS);
  }

  private void fire(long due) {
    if (timer != due) {
      return; // an earlier deadline has been set since
    }
    timer = Long.MAX_VALUE;
    if (closed || deadline == Long.MAX_VALUE) {
      return;
    }
    if (deadline - now() > 0) {
      set();
    } else {
      deadline = Long.MAX_VALUE;
      bark.run();
    }
  }
}
