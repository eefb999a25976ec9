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
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A connection of somebody who was here before, and of somebody new: handshake, one GET, close. */
public final class Handshakes implements Work {
  private static final int AT_ONCE = 16;

  /** Turns are short: a machine that others share is not the same for long. */
  private static final int PARTS = 3;

  @Override
  public String name() {
    return "handshake";
  }

  @Override
  public String about() {
    return "full mTLS handshake and a relayed GET: known certificate (TLS 1.3, 1.2), first contact";
  }

  @Override
  public List<Comparison> measure(Lab lab) {
    int people = lab.count(3_000, 150);
    int turn = people / PARTS;
    Identities known = lab.pki().people(people);
    try (var rivals = Rivals.all(lab)) {
      warmUp(lab, rivals, Tls.V1_3, () -> known, turn);
      warmUp(lab, rivals, Tls.V1_2, () -> known, turn);
      List<Comparison> comparisons = new ArrayList<>();
      comparisons.add(
          compare(
              lab,
              rivals,
              "Handshake + GET, known certificate, TLS 1.3",
              Tls.V1_3,
              () -> known,
              turn,
              1,
              List.of(Aim.ratio(Contender.NGINX, 0.42), Aim.ratio(Contender.CADDY, 0.55))));
      comparisons.add(
          compare(
              lab,
              rivals,
              "Handshake + GET, known certificate, TLS 1.2",
              Tls.V1_2,
              () -> known,
              turn,
              1,
              List.of(Aim.ratio(Contender.NGINX, 0.50), Aim.ratio(Contender.CADDY, 0.55))));
      warmUp(lab, rivals, Tls.V1_3, () -> lab.pki().people(turn), turn);
      comparisons.add(
          compare(
              lab,
              rivals,
              "Handshake + GET, first contact, TLS 1.3",
              Tls.V1_3,
              () -> lab.pki().people(turn / PARTS),
              turn / PARTS,
              2,
              List.of(Aim.ratio(Contender.NGINX, 0.62))));
      return comparisons;
    }
  }

  /** Postern until it has compiled what it needs, the others a little. */
  private static void warmUp(
      Lab lab, Rivals rivals, Tls tls, Supplier<Identities> identities, int count) {
    for (Server server : rivals.servers()) {
      if (server.name().equals(Contender.POSTERN)) {
        lab.warmUp(server, () -> connect(lab, server, tls, identities.get(), count));
      } else {
        connect(lab, server, tls, identities.get(), count / 2);
      }
    }
  }

  /**
   * {@code count}: connections of one turn; {@code verifications}: signatures that must be checked
   * for each.
   */
  private static Comparison compare(
      Lab lab,
      Rivals rivals,
      String title,
      Tls tls,
      Supplier<Identities> identities,
      int count,
      int verifications,
      List<Aim> aims) {
    lab.say(title);
    List<Samples> samples =
        new ArrayList<>(
            lab.takeTurns(
                rivals.byName(),
                lab.count(3 * PARTS, 3),
                server -> {
                  Identities shown = identities.get();
                  return Lab.cpu(server, () -> connect(lab, server, tls, shown, count)) / count;
                }));
    samples.add(Primitives.handshake(lab, verifications));
    return new Comparison(
        title,
        "µs CPU/connection",
        samples,
        aims,
        "The limit is the cryptography alone, by BoringSSL: an X25519 key and agreement, one signature,"
            + " %s. No TCP, no TLS records, no HTTP, no back end."
                .formatted(verifications == 1 ? "one verification" : "two verifications"));
  }

  static void connect(Lab lab, Server server, Tls tls, Identities identities, int count) {
    Target target = Target.of(server.port(), tls, Protocol.HTTP_1_1);
    var _ = lab.load().connections(target, identities, Request.get("/"), count, AT_ONCE);
  }
}
