package dev.postern.bench.load;

import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Connections that stay open, for one run of requests after the other. */
public final class Kept implements AutoCloseable {
  private final LoadGenerator generator;
  private final SslContext tls;
  private final List<HttpClient> clients = new ArrayList<>();
  private final Ending opened = new Ending();
  private Run run;
  private boolean closing;

  /** What became of a connection while nothing was asked of it. */
  private String broken;

  private Kept(LoadGenerator generator, SslContext tls) {
    this.generator = generator;
    this.tls = tls;
  }

  static Kept open(LoadGenerator generator, Target target, SslContext tls, int connections) {
    Kept kept = new Kept(generator, tls);
    generator
        .loop()
        .execute(() -> {
          for (int i = 0; i < connections; i++) {
            generator.connect(target, tls, kept.new Events(connections));
          }
        });
    kept.opened.await("opening " + connections + " connections");
    return kept;
  }

  /**
   * So many requests, {@code streams} at a time on each connection (HTTP/1.1: one).
   *
   * @throws LoadFailure when one of them fails
   */
  public Outcome run(Supplier<Request> requests, long total, int streams) {
    Run next = new Run(requests, total);
    long began = System.nanoTime();
    generator
        .loop()
        .execute(() -> {
          run = next;
          if (broken != null) {
            next.ending.failed("before the first request: " + broken, null);
          }
          for (HttpClient client : clients) {
            for (int i = 0; i < streams; i++) {
              next.send(client);
            }
            client.flush();
          }
        });
    next.ending.await("requests");
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
    return new Outcome(total, next.octets, elapsed, next.latencies);
  }

  public Outcome run(Request request, long total, int streams) {
    return run(() -> request, total, streams);
  }

  @Override
  public void close() {
    Ending closed = new Ending();
    generator
        .loop()
        .execute(() -> {
          closing = true;
          List.copyOf(clients).forEach(HttpClient::close);
          ReferenceCountUtil.release(tls);
          closed.done();
        });
    closed.await("closing");
  }

  private static final class Run {
    private final Supplier<Request> requests;
    private final long total;
    private final Histogram latencies = new Histogram(3);
    private final Ending ending = new Ending();
    private long sent;
    private long answered;
    private long octets;

    Run(Supplier<Request> requests, long total) {
      this.requests = requests;
      this.total = total;
    }

    void send(HttpClient client) {
      if (sent < total && !ending.isOver()) {
        sent++;
        client.send(requests.get(), false);
      }
    }

    void answered(HttpClient client, long began, long size) {
      latencies.recordValue((System.nanoTime() - began) / 1000);
      octets += size;
      answered++;
      if (answered == total) {
        ending.done();
      } else {
        send(client);
        client.flush();
      }
    }
  }

  /** Of one connection. */
  private final class Events implements HttpClient.Listener {
    private final int wanted;

    Events(int wanted) {
      this.wanted = wanted;
    }

    @Override
    public void ready(HttpClient client) {
      clients.add(client);
      client.flush();
      if (clients.size() == wanted) {
        opened.done();
      }
    }

    @Override
    public void answered(HttpClient client, long began, long octets) {
      run.answered(client, began, octets);
    }

    @Override
    public void failed(HttpClient client, String what, Throwable cause) {
      if (!closing) {
        opened.failed(what, cause);
        broken = what;
        if (run != null) {
          run.ending.failed(what, cause);
        }
      }
    }

    @Override
    public void closed(HttpClient client) {
      failed(client, "closed by the other side", null);
    }
  }
}
