package dev.postern.bench.works;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.load.Conversation;
import dev.postern.bench.load.Identities;
import dev.postern.bench.load.Identities.Identity;
import dev.postern.bench.load.Kept;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Request;
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Cpu;
import dev.postern.bench.servers.Daemon;
import dev.postern.bench.servers.Peers;
import dev.postern.bench.servers.Postern;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** From the command to the first person who is let in; and what it then has of the memory. */
public final class Starting implements Work {
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int PAUSE_MILLIS = 2;
  private static final int CONNECTIONS = 32;
  private static final int AT_ONCE = 16;
  private static final double MOST_MILLIS = 350;
  private static final double MOST_MEGABYTES = 120;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String about() {
    return "start to the first mTLS answer; memory, idle and loaded";
  }

  @Override
  public List<Comparison> measure(Lab lab) throws Exception {
    Postern postern = Postern.install(lab, "postern-start");
    Map<String, Supplier<Daemon>> programs = new LinkedHashMap<>();
    programs.put(Contender.POSTERN, () -> postern.launch(lab.serverCpu()));
    for (String peer :
        List.of(Contender.NGINX, Contender.HAPROXY, Contender.APACHE, Contender.CADDY)) {
      programs.put(peer, () -> Peers.launch(lab, peer));
    }
    Identity somebody = lab.pki().people(1).one(0);
    lab.say("Start to the first mTLS answer");
    programs.values().forEach(program -> started(program, somebody)); // it is on no disk any more
    List<Samples> starts =
        lab.takeTurns(programs, lab.count(5, 1), program -> started(program, somebody));
    List<Comparison> rows = new ArrayList<>();
    rows.add(
        new Comparison(
            "Start to the first mTLS answer",
            "ms",
            starts,
            List.of(Aim.most(Contender.POSTERN, MOST_MILLIS)),
            "On one core. nginx, HAProxy and Apache are no virtual machines, and have no ledger to open."));
    rows.addAll(memory(lab, programs, somebody));
    return rows;
  }

  /** How many ms it took to answer; it is stopped again. */
  private static double started(Supplier<Daemon> program, Identity somebody) {
    try (Daemon daemon = program.get()) {
      return firstAnswer(daemon, somebody);
    }
  }

  private static double firstAnswer(Daemon daemon, Identity somebody) {
    Target target = target(daemon);
    long end = System.nanoTime() + PATIENCE.toNanos();
    IOException last = null;
    while (System.nanoTime() < end && daemon.isAlive()) {
      try (Conversation conversation = Conversation.open(target, somebody)) {
        int status = conversation.get("/");
        if (status == 200) {
          return (System.nanoTime() - daemon.startedAt()) / 1e6;
        }
        throw new IllegalStateException(daemon.name() + " answers " + status);
      } catch (IOException e) {
        last = e; // not yet
        sleep(Duration.ofMillis(PAUSE_MILLIS));
      }
    }
    throw new IllegalStateException(
        "%s does not answer (%s): %s".formatted(daemon.name(), last, daemon.output()));
  }

  private static Target target(Daemon daemon) {
    return Target.of(daemon.port(), Tls.V1_3, Protocol.HTTP_1_1);
  }

  private static List<Comparison> memory(
      Lab lab, Map<String, Supplier<Daemon>> programs, Identity somebody) {
    lab.say("Memory");
    int handshakes = lab.count(5_000, 200);
    int requests = lab.count(20_000, 1_000);
    Identities people = lab.pki().people(lab.count(3_000, 250));
    List<Daemon> daemons = new ArrayList<>();
    try {
      for (var program : programs.values()) {
        Daemon daemon = program.get();
        daemons.add(daemon);
        firstAnswer(daemon, somebody);
      }
      sleep(IDLE);
      List<Samples> idle = daemons.stream().map(Starting::resident).toList();
      for (Daemon daemon : daemons) {
        Target target = target(daemon);
        var _ = lab.load().connections(target, people, Request.get("/"), handshakes, AT_ONCE);
        try (Kept kept = lab.load().keep(target, people, CONNECTIONS)) {
          var _ = kept.run(Request.get("/"), requests, 1);
        }
      }
      List<Samples> loaded = daemons.stream().map(Starting::resident).toList();
      String several = "Resident; what processes of one server share counts in each of them.";
      return List.of(
          new Comparison(
              "Memory, idle: five seconds after the first answer",
              "MB",
              idle,
              List.of(Aim.most(Contender.POSTERN, MOST_MEGABYTES)),
              several),
          new Comparison(
              "Memory after %,d connections and %,d requests".formatted(handshakes, requests),
              "MB",
              loaded,
              List.of(),
              several));
    } finally {
      daemons.forEach(Daemon::close);
    }
  }

  private static Samples resident(Daemon daemon) {
    return Samples.of(daemon.name(), Cpu.megabytes(daemon.processes()));
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
