package dev.postern.gateway;

import dev.postern.web.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * One JSON object per line. A thread of its own writes; when the stream is slower than the requests
 * for long, entries are dropped and counted rather than anybody made to wait, and the next line
 * says how many.
 */
public final class JsonAccessLog implements AccessLog {
  private static final int QUEUE = 8192;

  /**
   * So long the writer waits for company before it writes. Were it woken for each entry, every
   * request would pay for a change of threads and a write.
   */
  private static final Duration GATHERING = Duration.ofMillis(20);

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final OutputStream out;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private volatile boolean closed;
  private long droppedTold;

  private JsonAccessLog(OutputStream out) {
    this.out = out;
    this.writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::write);
  }

  /** Writes to {@code out}, which it flushes whenever it has caught up, and never closes. */
  public static JsonAccessLog to(OutputStream out) {
    JsonAccessLog log = new JsonAccessLog(out);
    log.writer.start();
    return log;
  }

  @Override
  public void record(Entry entry) {
    if (!queue.offer(entry)) {
      dropped.increment();
    }
  }

  /** Entries that nobody will read, since the start. */
  public long dropped() {
    return dropped.sum();
  }

  private void write() {
    List<Entry> batch = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    while (!closed || !queue.isEmpty()) {
      try {
        batch.add(queue.take());
        Thread.sleep(GATHERING);
      } catch (InterruptedException e) {
        // closing: what is queued is still written
      }
      queue.drainTo(batch);
      batch.forEach(entry -> line(lines, entry));
      tellDropped(lines);
      try {
        out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        dropped.add(batch.size()); // a full disk must not stop the door
      }
      batch.clear();
      lines.setLength(0);
    }
  }

  private void tellDropped(StringBuilder lines) {
    long now = dropped.sum();
    if (now > droppedTold) {
      lines.append("{\"dropped\":").append(now - droppedTold).append("}\n");
      droppedTold = now;
    }
  }

  static void line(StringBuilder out, Entry entry) {
    out.append('{');
    member(out, "time", entry.time().toString());
    member(out, "ref", entry.reference());
    member(out, "client", entry.client());
    member(out, "host", entry.host());
    member(out, "method", entry.method());
    member(out, "path", entry.path());
    member(out, "protocol", entry.protocol());
    number(out, "status", entry.status());
    entry.user().ifPresent(user -> member(out, "user", user));
    entry.certificate().ifPresent(serial -> member(out, "certificate", serial));
    entry.rule().ifPresent(rule -> member(out, "rule", rule.text()));
    member(out, "verdict", entry.verdict());
    entry.evidence().ifPresent(evidence -> member(out, "evidence", evidence));
    entry.upstream().ifPresent(upstream -> member(out, "upstream", upstream));
    number(out, "in", entry.bytesIn());
    number(out, "out", entry.bytesOut());
    number(out, "us", entry.duration().toNanos() / 1000);
    entry.upstreamWait().ifPresent(wait -> number(out, "upstreamUs", wait.toNanos() / 1000));
    out.setCharAt(out.length() - 1, '}');
    out.append('\n');
  }

  private static void member(StringBuilder out, String name, String value) {
    Json.quote(out.append('"').append(name).append("\":"), value).append(',');
  }

  private static void number(StringBuilder out, String name, long value) {
    out.append('"').append(name).append("\":").append(value).append(',');
  }

  /** Writes what is queued. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
