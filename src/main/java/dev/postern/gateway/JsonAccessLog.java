package dev.postern.gateway;

import dev.postern.access.Rule;
import dev.postern.web.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

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

  /** Of octets, that are written at once. */
  private static final int PIECE = 32 * 1024;

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final OutputStream out;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private volatile boolean closed;

  // The writer's own.
  private final ByteBuf lines = Unpooled.buffer(2 * PIECE);
  private long droppedTold;
  private long second = Long.MIN_VALUE;
  private String secondText = "";
  private @Nullable Rule lastRule;
  private String lastRuleText = "";

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
    while (!closed || !queue.isEmpty()) {
      try {
        batch.add(queue.take());
        Thread.sleep(GATHERING);
      } catch (InterruptedException e) {
        // closing: what is queued is still written
      }
      queue.drainTo(batch);
      int written = 0;
      lines.clear();
      try {
        for (int i = 0; i < batch.size(); i++) {
          line(batch.get(i));
          if (lines.readableBytes() >= PIECE) {
            writeLines();
            written = i + 1;
          }
        }
        tellDropped();
        writeLines();
        out.flush();
      } catch (IOException e) {
        dropped.add(batch.size() - written); // a full disk must not stop the door
      }
      batch.clear();
    }
  }

  private void writeLines() throws IOException {
    lines.readBytes(out, lines.readableBytes());
    lines.clear();
  }

  private void tellDropped() {
    long now = dropped.sum();
    if (now > droppedTold) {
      ascii("{\"dropped\":" + (now - droppedTold) + "}\n");
      droppedTold = now;
    }
  }

  private void line(Entry entry) {
    lines.writeByte('{');
    name("time");
    time(entry.time());
    member("ref", entry.reference());
    member("client", entry.client());
    member("host", entry.host());
    member("method", entry.method());
    member("path", entry.path());
    member("protocol", entry.protocol());
    number("status", entry.status());
    entry.user().ifPresent(user -> member("user", user));
    entry.certificate().ifPresent(serial -> member("certificate", serial));
    entry.rule().ifPresent(this::rule);
    member("verdict", entry.verdict());
    entry.evidence().ifPresent(evidence -> member("evidence", evidence));
    entry.upstream().ifPresent(upstream -> member("upstream", upstream));
    number("in", entry.bytesIn());
    number("out", entry.bytesOut());
    number("us", entry.duration().toNanos() / 1000);
    entry.upstreamWait().ifPresent(wait -> number("upstreamUs", wait.toNanos() / 1000));
    lines.setByte(lines.writerIndex() - 1, '}');
    lines.writeByte('\n');
  }

  /** With microseconds, always: what is before them is the same for a second's worth of lines. */
  private void time(Instant time) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      String text = Instant.ofEpochSecond(second).toString();
      secondText = "\"" + text.substring(0, text.length() - 1) + ".";
    }
    ascii(secondText);
    int micros = time.getNano() / 1000;
    for (int unit = 100_000; unit > 0; unit /= 10) {
      lines.writeByte('0' + micros / unit % 10);
    }
    ascii("Z\",");
  }

  private void rule(Rule rule) {
    if (!rule.equals(lastRule)) {
      lastRule = rule;
      lastRuleText = rule.text();
    }
    member("rule", lastRuleText);
  }

  private void member(String name, String value) {
    name(name);
    if (Json.isPlain(value)) {
      lines.writeByte('"');
      ascii(value);
      lines.writeByte('"');
    } else {
      ByteBufUtil.writeUtf8(lines, Json.quote(new StringBuilder(), value));
    }
    lines.writeByte(',');
  }

  private void number(String name, long value) {
    name(name);
    ascii(Long.toString(value));
    lines.writeByte(',');
  }

  private void name(String name) {
    lines.writeByte('"');
    ascii(name);
    lines.writeByte('"').writeByte(':');
  }

  private void ascii(String text) {
    ByteBufUtil.writeAscii(lines, text);
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
