package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Cpu;
import dev.postern.bench.servers.Peers;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The first connections after a start, while a JVM still finds out what to compile. */
public final class Cold implements Work {
  private static final double MOST = 1.2;

  @Override
  public String name() {
    return "cold";
  }

  @Override
  public String about() {
    return "the first 15,000 connections after a start";
  }

  @Override
  public List<Comparison> measure(Lab lab) {
    int count = lab.count(15_000, 1_000);
    String title = "The first %,d connections after a start, TLS 1.3".formatted(count);
    lab.say(title);
    Identities people = lab.pki().people(lab.count(3_000, 500));
    Postern postern = Postern.install(lab, "postern-cold");
    Map<String, Supplier<Server>> contenders = new LinkedHashMap<>();
    contenders.put(Contender.POSTERN, postern::serve);
    contenders.put(Contender.NGINX, () -> Peers.nginx(lab));
    List<Samples> samples =
        lab.takeTurns(contenders, lab.count(2, 1), start -> first(lab, start, people, count));
    return List.of(
        new Comparison(
            title,
            "µs CPU/connection",
            samples,
            List.of(Aim.ratio(Contender.NGINX, MOST)),
            "All CPU time from the moment it listens: handshakes, GETs, and the compiler. Each of"
                + " %,d certificates is seen for the first time once.".formatted(people.size())));
  }

  private static double first(Lab lab, Supplier<Server> start, Identities people, int count) {
    try (Server server = start.get()) {
      double before = Cpu.microsOfAll(server.processes());
      Handshakes.connect(lab, server, Tls.V1_3, people, count);
      return (Cpu.microsOfAll(server.processes()) - before) / count;
    }
  }
}
