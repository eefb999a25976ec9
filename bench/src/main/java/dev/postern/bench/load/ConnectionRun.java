package dev.postern.bench.load;

import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Connections of one request each. */
final class ConnectionRun {
  private final LoadGenerator generator;
  private final Target target;
  private final SslContext tls;
  private final Supplier<Request> requests;
  private final int total;
  private final int atOnce;
  private final Histogram latencies = new Histogram(3);
  private final Ending ending = new Ending();
  private int started;
  private int ended;
  private long octets;

  ConnectionRun(
      LoadGenerator generator,
      Target target,
      SslContext tls,
      Supplier<Request> requests,
      int total,
      int atOnce) {
    this.generator = generator;
    this.target = target;
    this.tls = tls;
    this.requests = requests;
    this.total = total;
    this.atOnce = atOnce;
  }

  Outcome run() {
    long began = System.nanoTime();
    generator
        .loop()
        .execute(() -> {
          for (int i = 0; i < Math.min(atOnce, total); i++) {
            next();
          }
        });
    try {
      ending.await("connections");
      return new Outcome(total, octets, Duration.ofNanos(System.nanoTime() - began), latencies);
    } finally {
      generator.loop().execute(() -> ReferenceCountUtil.release(tls));
    }
  }

  private void next() {
    started++;
    generator.connect(target, tls, new One(System.nanoTime()));
  }

  /** One of them, from its first octet to its last. */
  private final class One implements HttpClient.Listener {
    private final long began;
    private boolean waiting;

    One(long began) {
      this.began = began;
    }

    @Override
    public void ready(HttpClient client) {
      waiting = true;
      client.send(requests.get(), true);
      client.flush();
    }

    @Override
    public void answered(HttpClient client, long since, long size) {
      if (waiting) {
        waiting = false;
        latencies.recordValue((System.nanoTime() - began) / 1000);
        octets += size;
        client.close();
      }
    }

    @Override
    public void failed(HttpClient client, String what, Throwable cause) {
      ending.failed(what, cause);
    }

    @Override
    public void closed(HttpClient client) {
      if (waiting) {
        ending.failed("closed before the answer", null);
      }
      ended++;
      if (ended == total) {
        ending.done();
      } else if (started < total && !ending.isOver()) {
        next();
      }
    }
  }
}
