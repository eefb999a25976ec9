package dev.postern.bench.works;

import dev.postern.bench.Lab;
import dev.postern.bench.servers.Peers;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Servers that are up at the same time: idle ones cost nothing. */
final class Rivals implements AutoCloseable {
  private final List<Server> servers = new ArrayList<>();

  private Rivals() {}

  static Rivals all(Lab lab) {
    return of(
        lab,
        List.of(Rivals::postern, Peers::nginx, Peers::haproxy, Peers::apache, Peers::caddy));
  }

  static Rivals of(Lab lab, List<Function<Lab, Server>> starts) {
    Rivals rivals = new Rivals();
    try {
      starts.forEach(start -> rivals.servers.add(start.apply(lab)));
      return rivals;
    } catch (RuntimeException e) {
      rivals.close();
      throw e;
    }
  }

  static Server postern(Lab lab) {
    return Postern.install(lab, "postern").serve();
  }

  List<Server> servers() {
    return servers;
  }

  Map<String, Server> byName() {
    Map<String, Server> byName = new LinkedHashMap<>();
    servers.forEach(server -> byName.put(server.name(), server));
    return byName;
  }

  @Override
  public void close() {
    servers.forEach(Server::close);
  }
}
