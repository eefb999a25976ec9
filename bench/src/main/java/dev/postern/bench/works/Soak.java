package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Lab;
import dev.postern.bench.Pki;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.load.Conversation;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Kept;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Request;
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.report.Graph;
import dev.postern.bench.servers.Cpu;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Postern at work for a while, at a steady pace: handshakes, requests over both versions of HTTP,
 * certificates issued and revoked. Nothing may fail, and its memory is to stay what it was.
 */
public final class Soak implements Work {
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int HANDSHAKES_A_SECOND = 200;
  private static final int REQUESTS_A_SECOND = 1_500;
  private static final int CERTIFICATES_A_SECOND = 5;
  private static final double FLAT = 1.05;

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String about() {
    return "20 minutes (--minutes N) at work: memory is flat, nothing fails; draws soak.svg";
  }

  /** What is done once a second. */
  private interface Chore {
    /** Returns how many requests that was. */
    int work() throws IOException;
  }

  @Override
  public List<Comparison> measure(Lab lab) throws Exception {
    Duration time = lab.minutes(20, 1);
    try (Server server = Postern.install(lab, "postern-soak").serve()) {
      Target first = Target.of(server.port(), Tls.V1_3, Protocol.HTTP_1_1);
      Target second = Target.of(server.port(), Tls.V1_3, Protocol.HTTP_2);
      Target console = new Target(server.port(), "admin.bench.test", Tls.V1_3, Protocol.HTTP_1_1);
      Identities people = lab.pki().people(lab.count(3_000, 500));
      Request get = Request.get("/");
      String order = order();
      try (Kept kept1 = lab.load().keep(first, people, 32);
          Kept kept2 = lab.load().keep(second, people, 4);
          Conversation root = Conversation.open(console, lab.pki().person("Root", "root"))) {
        List<Chore> chores =
            List.of(
                () ->
                    (int)
                        lab.load()
                            .connections(first, people, get, HANDSHAKES_A_SECOND, 8)
                            .operations(),
                () -> (int) kept1.run(get, REQUESTS_A_SECOND, 1).operations(),
                () -> (int) kept2.run(get, REQUESTS_A_SECOND, 4).operations(),
                () -> issueAndRevoke(root, order));
        return results(lab, time, watched(time, server, chores));
      }
    }
  }

  private static String order() throws OperatorCreationException, IOException {
    KeyPair key = Pki.keyPair();
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=soak"), key.getPublic())
            .build(signer)
            .getEncoded();
    return "{\"profile\":\"client\",\"user\":\"%s\",\"device\":\"bench\",\"csr\":\"%s\"}"
        .formatted(Pki.user(0), Base64.getEncoder().encodeToString(request));
  }

  private static int issueAndRevoke(Conversation root, String order) throws IOException {
    for (int i = 0; i < CERTIFICATES_A_SECOND; i++) {
      Conversation.Answer issued = root.post("/api/v1/certificates", order);
      if (issued.status() != 201) {
        throw new IllegalStateException("not issued: answered " + issued.status());
      }
      var revoked = root.post(issued.location() + "/revoke", "{\"reason\":\"superseded\"}");
      if (revoked.status() != 200) {
        throw new IllegalStateException("not revoked: answered " + revoked.status());
      }
    }
    return 2 * CERTIFICATES_A_SECOND;
  }

  private record Look(double megabytes, double requestsPerSecond) {}

  /**
   * Looks every few seconds while each chore has a thread of its own; the first failure ends it.
   */
  private static List<Look> watched(Duration time, Server server, List<Chore> chores)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    AtomicLong requests = new AtomicLong();
    AtomicReference<Exception> failure = new AtomicReference<>();
    CountDownLatch over = new CountDownLatch(chores.size());
    for (Chore chore : chores) {
      Thread.ofPlatform()
          .daemon()
          .name("soak")
          .start(() -> steadily(chore, end, requests, failure, over));
    }
    List<Look> looks = new ArrayList<>();
    long before = 0;
    long began = System.nanoTime();
    while (!over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && failure.get() == null) {
      long now = System.nanoTime();
      long done = requests.get();
      double perSecond = (done - before) * 1e9 / (now - began);
      looks.add(new Look(Cpu.megabytes(server.processes()), perSecond));
      before = done;
      began = now;
    }
    if (failure.get() != null) {
      throw new IllegalStateException("failed: " + failure.get().getMessage(), failure.get());
    }
    return looks;
  }

  private static void steadily(
      Chore chore,
      long end,
      AtomicLong requests,
      AtomicReference<Exception> failure,
      CountDownLatch over) {
    try {
      long next = System.nanoTime();
      while (System.nanoTime() < end && failure.get() == null) {
        requests.addAndGet(chore.work());
        next = Math.max(next + TimeUnit.SECONDS.toNanos(1), System.nanoTime());
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      }
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.countDown();
    }
  }

  private static List<Comparison> results(Lab lab, Duration time, List<Look> looks) {
    List<Double> memory = looks.stream().map(Look::megabytes).toList();
    List<Double> requests = looks.stream().map(Look::requestsPerSecond).toList();
    String title = "Postern at work for %d minutes".formatted(time.toMinutes());
    lab.publish(
        "soak.svg",
        Graph.of(
            title,
            time.toSeconds() / 60.0,
            List.of(
                new Graph.Curve("Memory", "MB resident", memory),
                new Graph.Curve("Requests", "a second", requests))));
    int quarter = memory.size() / 4;
    Samples second = new Samples("second quarter", memory.subList(quarter, 2 * quarter), "");
    Samples last = new Samples("last quarter", memory.subList(3 * quarter, memory.size()), "");
    String load =
        "A second: %,d handshakes, %,d requests over HTTP/1.1 and as many over HTTP/2, %d certificates issued and revoked; soak.svg has the curve. Failures: 0, or there would be no figures."
            .formatted(HANDSHAKES_A_SECOND, REQUESTS_A_SECOND, CERTIFICATES_A_SECOND);
    return List.of(
        new Comparison(
            title + ": memory",
            "MB",
            List.of(second, last),
            List.of(new Aim("last quarter", Optional.of("second quarter"), FLAT, Aim.Kind.AT_MOST)),
            load),
        new Comparison(
            title + ": requests",
            "requests/s",
            List.of(new Samples("every five seconds", requests, "")),
            List.of(),
            ""));
  }
}
