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
import dev.postern.bench.servers.Server;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Large bodies, from the back end and to it. */
public final class Bodies implements Work {
  private static final long MEGABYTE = 1 << 20;
  private static final int CONNECTIONS = 4;

  @Override
  public String name() {
    return "bodies";
  }

  @Override
  public String about() {
    return "large bodies through the relay, down and up, over HTTP/1.1";
  }

  @Override
  public List<Comparison> measure(Lab lab) {
    long megabytes = lab.count(128, 32);
    file(lab, megabytes);
    Identities known = lab.pki().people(CONNECTIONS);
    try (var rivals =
        Rivals.of(lab, Contender.POSTERN, Contender.NGINX, Contender.HAPROXY, Contender.CADDY)) {
      return List.of(
          compare(
              lab, rivals, known, "Large bodies, download", Request.get("/files/big"), megabytes),
          compare(
              lab,
              rivals,
              known,
              "Large bodies, upload",
              Request.upload("/upload", megabytes * MEGABYTE),
              megabytes));
    }
  }

  /** Where the back end finds it; full of holes, and of zeros when it is read. */
  private static void file(Lab lab, long megabytes) {
    Path folder = lab.backendFolder().resolve("files");
    try {
      Files.createDirectories(folder);
      try (var file = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
        file.setLength(megabytes * MEGABYTE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Comparison compare(
      Lab lab, Rivals rivals, Identities known, String title, Request request, long megabytes) {
    lab.say(title);
    Map<String, Opened> opened = new LinkedHashMap<>();
    try {
      for (Server server : rivals.servers()) {
        Target target = Target.of(server.port(), Tls.V1_3, Protocol.HTTP_1_1);
        Kept kept = lab.load().keep(target, known, CONNECTIONS);
        opened.put(server.name(), new Opened(server, kept));
        boolean postern = server.name().equals(Contender.POSTERN);
        var _ = kept.run(request, postern ? 3 * CONNECTIONS : CONNECTIONS, 1);
      }
      int count = 2 * CONNECTIONS;
      List<Samples> samples =
          lab.takeTurns(
              opened,
              lab.rounds(),
              each ->
                  Lab.cpu(each.server(), () -> each.kept().run(request, count, 1))
                      / 1e3
                      / (count * megabytes / 1024.0));
      return new Comparison(
          title, "ms CPU/GB", samples, List.of(Aim.ratio(Contender.NGINX, 1.0)), "");
    } finally {
      opened.values().forEach(each -> each.kept().close());
    }
  }

  private record Opened(Server server, Kept kept) {}
}
