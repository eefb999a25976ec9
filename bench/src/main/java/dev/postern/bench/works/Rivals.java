package dev.postern.bench.works;

import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.servers.Peers;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Servers that are up at the same time: idle ones cost nothing. */
final class Rivals implements AutoCloseable {
  private final List<Server> servers = new ArrayList<>();

  private Rivals() {}

  static Rivals all(Lab lab) {
    return of(
        lab,
        Contender.POSTERN,
        Contender.NGINX,
        Contender.HAPROXY,
        Contender.APACHE,
        Contender.CADDY);
  }

  /** Those of them that are wanted. */
  static Rivals of(Lab lab, String... names) {
    Rivals rivals = new Rivals();
    try {
      Stream.of(names).filter(lab::isWanted).forEach(name -> rivals.servers.add(start(lab, name)));
      return rivals;
    } catch (RuntimeException e) {
      rivals.close();
      throw e;
    }
  }

  private static Server start(Lab lab, String name) {
    return switch (name) {
      case Contender.POSTERN -> Postern.install(lab, "postern").serve();
      case Contender.NGINX -> Peers.nginx(lab);
      case Contender.HAPROXY -> Peers.haproxy(lab);
      case Contender.APACHE -> Peers.apache(lab);
      case Contender.CADDY -> Peers.caddy(lab);
      default -> throw new IllegalArgumentException(name);
    };
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
