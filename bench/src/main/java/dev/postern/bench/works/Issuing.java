package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Kept;
import dev.postern.bench.load.Outcome;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Request;
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Cfssl;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Certificates over REST, each on the disk before it is answered. */
public final class Issuing implements Work {
  private static final int CLIENTS = 32;

  private static final String OPENBAO = "OpenBao (published)";

  /** Its own figure; not measured here. */
  private static final double OPENBAO_PER_SECOND = 2_200;

  /** Of the time that a signature takes to that which a certificate takes. */
  private static final double SHARE_OF_SIGNING = 0.3;

  @Override
  public String name() {
    return "issue";
  }

  @Override
  public String about() {
    return "certificates over REST, durable, with 32 clients and with one";
  }

  @Override
  public List<Comparison> measure(Lab lab) {
    List<Requests.Csr> requests = Requests.ofHosts(lab.count(2_000, 500));
    Identities root = new Identities(List.of(lab.pki().person("Root", "root")));
    try (var postern = postern(lab, requests, root);
        var cfssl = cfssl(lab, requests, root)) {
      lab.say("32 clients");
      lab.warmUp(postern.server, () -> postern.run(CLIENTS, lab.count(2_000, 300)));
      var _ = cfssl.run(CLIENTS, lab.count(500, 100));
      Measured own = new Measured();
      Measured peer = new Measured();
      for (int round = 0; round < 2 * lab.rounds(); round++) {
        own.add(postern.run(CLIENTS, lab.count(3_000, 250)));
        peer.add(cfssl.run(CLIENTS, lab.count(500, 100)));
      }
      lab.say("one client");
      Measured ownAlone = new Measured();
      Measured peerAlone = new Measured();
      for (int round = 0; round < lab.rounds(); round++) {
        ownAlone.add(postern.run(1, lab.count(500, 50)));
        peerAlone.add(cfssl.run(1, lab.count(200, 30)));
      }
      return List.of(perSecond(own, peer), cpu(own, peer), alone(ownAlone, peerAlone));
    }
  }

  private static Comparison perSecond(Measured own, Measured peer) {
    return new Comparison(
        "Issue over REST, durable, 32 clients, both cores",
        "certificates/s",
        List.of(
            new Samples(Contender.POSTERN, own.perSecond, own.latency()),
            new Samples(Cfssl.NAME, peer.perSecond, peer.latency()),
            Samples.of(OPENBAO, OPENBAO_PER_SECOND).noting("another machine, not measured here")),
        List.of(Aim.least(Contender.POSTERN, 5_000), Aim.ratio(OPENBAO, 1.0).atLeast()),
        "More is better. The load shares the two cores. cfssl 1.2 has one SQLite row for each"
            + " certificate, in WAL mode and one transaction; Postern has the intent before the"
            + " signature, the certificate after it, an index to search it, and the audit trail, in"
            + " two. Caddy's ACME is not here: an order is five signed requests and a challenge, to"
            + " be compared when Postern speaks ACME.");
  }

  private static Comparison cpu(Measured own, Measured peer) {
    return new Comparison(
        "Issue over REST, durable, 32 clients",
        "µs CPU/certificate",
        List.of(
            new Samples(Contender.POSTERN, own.micros, ""),
            new Samples(Cfssl.NAME, peer.micros, ""),
            Samples.of(Contender.LIMIT, Primitives.sign(), Primitives.sign(), Primitives.sign())),
        List.of(Aim.ratio(Contender.LIMIT, 1 / SHARE_OF_SIGNING)),
        "The limit is one P-256 signature by BoringSSL. A certificate has two verifications"
            + " besides, of the request and of what the signer returned, of 2.7 signatures' time"
            + " each: with both, 0.3 of the limit is out of reach. Then come 2.3 to draft, read"
            + " back and judge it, and (decision 0017) some 260 µs for its rows and indexes, and"
            + " 100 for TLS and HTTP.");
  }

  private static Comparison alone(Measured own, Measured peer) {
    return new Comparison(
        "Issue over REST, durable, one client",
        "certificates/s",
        List.of(
            new Samples(Contender.POSTERN, own.perSecond, own.latency()),
            new Samples(Cfssl.NAME, peer.perSecond, peer.latency())),
        List.of(),
        "More is better. The disk decides: Postern waits for two fsyncs (intent, certificate),"
            + " cfssl for one.");
  }

  /** Of several rounds. */
  private static final class Measured {
    private final List<Double> perSecond = new ArrayList<>();
    private final List<Double> micros = new ArrayList<>();
    private double median;
    private double p99;

    void add(Round round) {
      perSecond.add(round.outcome().perSecond());
      micros.add(round.micros() / round.outcome().operations());
      median = round.outcome().percentile(50);
      p99 = round.outcome().percentile(99);
    }

    /** Of the last round. */
    String latency() {
      return "p50 %.1f ms, p99 %.1f ms".formatted(median, p99);
    }
  }

  private record Round(Outcome outcome, double micros) {}

  private static Issuer postern(Lab lab, List<Requests.Csr> requests, Identities root) {
    Postern postern = Postern.install(lab, "postern-issue");
    return new Issuer(
        lab,
        postern.launch(lab.allCpus()).listening(),
        Postern.CONSOLE,
        root,
        postern::issued,
        requests.stream()
            .map(csr ->
                request(
                    "/api/v1/certificates",
                    "{\"profile\":\"server\",\"csr\":\"%s\"}".formatted(csr.base64()),
                    201,
                    lab))
            .toList());
  }

  private static Issuer cfssl(Lab lab, List<Requests.Csr> requests, Identities root) {
    Cfssl cfssl = Cfssl.start(lab, lab.allCpus(), 2);
    return new Issuer(
        lab,
        cfssl.server(),
        "localhost",
        root,
        cfssl::stored,
        requests.stream()
            .map(csr -> request(Cfssl.path(), Cfssl.order(csr.pem(), csr.host()), 200, lab))
            .toList());
  }

  private static Request request(String path, String json, int status, Lab lab) {
    return Request.post(path, "application/json", json.getBytes(StandardCharsets.UTF_8), status)
        .checking(Requests.answeredWithCertificateBy(lab.pki().issuer().getPublicKey()));
  }

  /** A server that issues, and its clients. */
  private static final class Issuer implements AutoCloseable {
    private final Server server;
    private final LongSupplier stored;
    private final Lab lab;
    private final Target target;
    private final Identities root;
    private final Supplier<Request> requests;

    Issuer(
        Lab lab,
        Server server,
        String host,
        Identities root,
        LongSupplier stored,
        List<Request> requests) {
      this.server = server;
      this.lab = lab;
      this.root = root;
      this.target = new Target(server.port(), host, Tls.V1_3, Protocol.HTTP_1_1);
      this.stored = stored;
      this.requests =
          new Supplier<>() {
            private int next;

            @Override
            public Request get() {
              return requests.get(next++ % requests.size());
            }
          };
    }

    /** {@code count} certificates, all of which are on the disk then. */
    Round run(int clients, int count) {
      long before = stored.getAsLong();
      try (Kept kept = lab.load().keep(target, root, clients)) {
        Outcome[] outcome = new Outcome[1];
        double micros = Lab.cpu(server, () -> outcome[0] = kept.run(requests, count, 1));
        long more = stored.getAsLong() - before;
        if (more < count) {
          throw new IllegalStateException(
              server.name() + " answered " + count + " times and keeps " + more + " certificates");
        }
        return new Round(outcome[0], micros);
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
