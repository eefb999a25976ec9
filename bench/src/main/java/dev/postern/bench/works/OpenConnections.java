package dev.postern.bench.works;

import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Kept;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Request;
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Server;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Connections to each rival that stay open while the rivals take turns. */
final class OpenConnections implements AutoCloseable {
  private final Lab lab;
  private final Map<String, Opened> opened = new LinkedHashMap<>();

  private record Opened(Server server, Kept kept) {}

  /** {@code connections} to each, over TLS 1.3. */
  OpenConnections(
      Lab lab, Rivals rivals, Protocol protocol, Identities identities, int connections) {
    this.lab = lab;
    try {
      for (Server server : rivals.servers()) {
        Target target = Target.of(server.port(), Tls.V1_3, protocol);
        opened.put(
            server.name(), new Opened(server, lab.load().keep(target, identities, connections)));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Postern in batches of {@code count} until it has compiled what it needs, the others once. */
  void warmUp(Request request, int streams, int count) {
    for (Opened each : opened.values()) {
      Runnable batch = () -> each.kept().run(request, count, streams);
      if (each.server().name().equals(Contender.POSTERN)) {
        lab.warmUp(each.server(), batch);
      } else {
        batch.run();
      }
    }
  }

  /** µs of CPU for each of {@code count} requests in each of the rounds, by rival. */
  List<Samples> measure(Request request, int streams, int rounds, int count) {
    return lab.takeTurns(
        opened,
        rounds,
        each -> Lab.cpu(each.server(), () -> each.kept().run(request, count, streams)) / count);
  }

  @Override
  public void close() {
    opened.values().forEach(each -> each.kept().close());
  }
}
