package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Request;
import java.util.List;

/** Requests on connections that are open already. */
public final class Relaying implements Work {
  private static final int CONNECTIONS_1 = 32;
  private static final int CONNECTIONS_2 = 4;
  private static final int STREAMS = 16;

  @Override
  public String name() {
    return "relay";
  }

  @Override
  public String about() {
    return "requests on kept connections, HTTP/1.1 and HTTP/2, with four identity headers";
  }

  @Override
  public List<Comparison> measure(Lab lab) {
    Identities known = lab.pki().people(100);
    try (var rivals = Rivals.all(lab)) {
      return List.of(
          compare(
              lab,
              rivals,
              known,
              "Relay, HTTP/1.1, 32 kept connections, 4 identity headers",
              Protocol.HTTP_1_1,
              CONNECTIONS_1,
              1,
              List.of(Aim.ratio(Contender.NGINX, 0.90), Aim.ratio(Contender.HAPROXY, 1.0))),
          compare(
              lab,
              rivals,
              known,
              "Relay, HTTP/2, 4 connections of 16 streams",
              Protocol.HTTP_2,
              CONNECTIONS_2,
              STREAMS,
              List.of(Aim.ratio(Contender.NGINX, 1.0))));
    }
  }

  private static Comparison compare(
      Lab lab,
      Rivals rivals,
      Identities known,
      String title,
      Protocol protocol,
      int connections,
      int streams,
      List<Aim> aims) {
    lab.say(title);
    try (var open = new OpenConnections(lab, rivals, protocol, known, connections)) {
      Request request = Request.get("/");
      open.warmUp(request, streams, lab.count(20_000, 2_000));
      // Short turns: a machine that others share is not the same for long.
      List<Samples> samples =
          open.measure(request, streams, lab.count(15, 6), lab.count(4_000, 500));
      return new Comparison(title, "µs CPU/request", samples, aims, "");
    }
  }
}
