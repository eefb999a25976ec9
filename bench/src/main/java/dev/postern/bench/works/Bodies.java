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
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
    long megabytes = lab.count(64, 8);
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
    try (var open = new OpenConnections(lab, rivals, Protocol.HTTP_1_1, known, CONNECTIONS)) {
      open.warmUp(request, 1, CONNECTIONS);
      double gigabytes = megabytes / 1024.0;
      List<Samples> samples =
          open.measure(request, 1, lab.rounds(), 2 * CONNECTIONS).stream()
              .map(each -> each.times(1 / (1e3 * gigabytes)))
              .toList();
      return new Comparison(
          title, "ms CPU/GB", samples, List.of(Aim.ratio(Contender.NGINX, 1.0)), "");
    }
  }
}
