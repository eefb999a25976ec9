package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Kept;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Request;
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Daemon;
import dev.postern.bench.servers.OpenSslOcsp;
import dev.postern.bench.servers.Peers;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** OCSP over plain HTTP: answers that are remembered, by GET and POST, and answers signed anew. */
public final class Ocsp implements Work {
  private static final int CONNECTIONS = 32;

  @Override
  public String name() {
    return "ocsp";
  }

  @Override
  public String about() {
    return "OCSP answers over plain HTTP: remembered, by GET and POST, and freshly signed";
  }

  @Override
  public List<Comparison> measure(Lab lab) throws IOException {
    Postern postern = Postern.install(lab, "postern-ocsp");
    int port = Daemon.freePort();
    try (Server server = postern.publishing(port).launch(lab.serverCpu()).listening()) {
      issue(lab, server, lab.count(1_000, 200));
      OcspQuestions questions = new OcspQuestions(lab.pki().issuer(), postern.serials());
      Responder own = new Responder(server, port);
      List<Request> gets = questions.gets();
      warmUp(lab, own, gets, lab.count(20_000, 2_000));
      Map<String, byte[]> answers = new LinkedHashMap<>();
      for (String path : questions.paths()) {
        answers.put(path, fetched(port, path));
      }
      try (Server nginx = Peers.files(lab, answers);
          Server openssl = OpenSslOcsp.start(lab, questions.serials())) {
        Responder files = new Responder(nginx, nginx.port());
        Responder peer = new Responder(openssl, openssl.port());
        return List.of(
            byGet(lab, own, files, gets),
            byPost(lab, own, peer, questions),
            fresh(lab, own, peer, questions));
      }
    }
  }

  /** Whom it is asked about. */
  private static void issue(Lab lab, Server server, int count) {
    Identities root = new Identities(List.of(lab.pki().person("Root", "root")));
    var target = new Target(server.port(), Postern.CONSOLE, Tls.V1_3, Protocol.HTTP_1_1);
    Supplier<Request> requests =
        inTurn(
            Requests.ofHosts(count).stream()
                .map(csr ->
                    Request.post(
                        "/api/v1/certificates",
                        "application/json",
                        "{\"profile\":\"server\",\"csr\":\"%s\"}"
                            .formatted(csr.base64())
                            .getBytes(StandardCharsets.UTF_8),
                        201))
                .toList());
    try (Kept kept = lab.load().keep(target, root, CONNECTIONS)) {
      var _ = kept.run(requests, count, 1);
    }
  }

  private static byte[] fetched(int port, String path) throws IOException {
    try (InputStream in = URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
      return in.readAllBytes();
    }
  }

  private static Comparison byGet(Lab lab, Responder own, Responder files, List<Request> gets) {
    String title = "OCSP by GET, remembered";
    lab.say(title);
    Map<String, Responder> contenders = new LinkedHashMap<>();
    contenders.put(Contender.POSTERN, own);
    contenders.put(Contender.NGINX, files);
    return new Comparison(
        title,
        "µs CPU/answer",
        turns(lab, contenders, gets),
        List.of(Aim.ratio(Contender.NGINX, 1.2)),
        "nginx serves the same octets as files that it keeps open: it does not know what it is"
            + " asked. Postern asks for the status each time, so that a revocation is in the very next"
            + " answer; remembered is the signature. openssl ocsp signs each answer anew and closes each connection:"
            + " unequal.");
  }

  private static Comparison byPost(
      Lab lab, Responder own, Responder peer, OcspQuestions questions) {
    String title = "OCSP by POST, remembered";
    lab.say(title);
    Map<String, Responder> contenders = new LinkedHashMap<>();
    contenders.put(Contender.POSTERN, own);
    contenders.put(OpenSslOcsp.NAME, peer);
    warmUp(lab, own, questions.posts(), lab.count(20_000, 2_000));
    return new Comparison(
        title,
        "µs CPU/answer",
        turns(lab, contenders, questions.posts()),
        List.of(),
        "nginx answers no POST with a file (405). openssl ocsp signs each answer anew and closes"
            + " each connection: unequal.");
  }

  private static Comparison fresh(Lab lab, Responder own, Responder peer, OcspQuestions questions) {
    String title = "OCSP with a nonce, freshly signed";
    lab.say(title);
    Map<String, Responder> contenders = new LinkedHashMap<>();
    contenders.put(Contender.POSTERN, own);
    contenders.put(OpenSslOcsp.NAME, peer);
    List<Request> nonces = questions.nonces(lab.count(4_000, 500));
    warmUp(lab, own, nonces, lab.count(8_000, 1_000));
    List<Samples> samples = new ArrayList<>(turns(lab, contenders, nonces));
    samples.add(
        Samples.of(Contender.LIMIT, Primitives.sign(), Primitives.sign(), Primitives.sign()));
    return new Comparison(
        title,
        "µs CPU/answer",
        samples,
        List.of(Aim.ratio(Contender.LIMIT, 2.0)),
        "Each question has a nonce of its own, which must be in the answer. The limit is one P-256"
            + " signature by BoringSSL. openssl ocsp closes each connection: unequal.");
  }

  private static List<Samples> turns(
      Lab lab, Map<String, Responder> contenders, List<Request> requests) {
    return lab.takeTurns(
        contenders,
        lab.rounds(),
        each -> {
          int count = each.closes() ? lab.count(1_000, 150) : lab.count(20_000, 2_000);
          return Lab.cpu(each.server(), () -> each.ask(lab, requests, count)) / count;
        });
  }

  private static void warmUp(Lab lab, Responder responder, List<Request> requests, int count) {
    lab.warmUp(responder.server(), () -> responder.ask(lab, requests, count));
  }

  private static Supplier<Request> inTurn(List<Request> requests) {
    return new Supplier<>() {
      private int next;

      @Override
      public Request get() {
        return requests.get(next++ % requests.size());
      }
    };
  }

  /** Where questions go. */
  private record Responder(Server server, int port) {
    boolean closes() {
      return server.name().equals(OpenSslOcsp.NAME);
    }

    void ask(Lab lab, List<Request> requests, int count) {
      var target = new Target(port, "127.0.0.1", Tls.NONE, Protocol.HTTP_1_1);
      if (closes()) {
        var _ = lab.load().connections(target, null, inTurn(requests), count, 1);
      } else {
        try (Kept kept = lab.load().keep(target, null, CONNECTIONS)) {
          var _ = kept.run(inTurn(requests), count, 1);
        }
      }
    }
  }
}
