package dev.postern.bench.servers;

import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The servers that people run today, from Debian's packages. */
public final class Peers {
  private Peers() {}

  public static Server nginx(Lab lab) {
    return launch(lab, Contender.NGINX).listening();
  }

  public static Server haproxy(Lab lab) {
    return launch(lab, Contender.HAPROXY).listening();
  }

  public static Server apache(Lab lab) {
    return launch(lab, Contender.APACHE).listening();
  }

  public static Server caddy(Lab lab) {
    return launch(lab, Contender.CADDY).listening();
  }

  /** Starts one of them; it need not listen yet. */
  public static Daemon launch(Lab lab, String name) {
    return switch (name) {
      case Contender.NGINX -> launch(lab, name, "nginx.conf", "nginx -c FILE");
      case Contender.HAPROXY -> launch(lab, name, "haproxy.cfg", "haproxy -db -f FILE");
      case Contender.APACHE -> launch(lab, name, "apache.conf", "apache2 -DFOREGROUND -f FILE");
      case Contender.CADDY ->
          launch(lab, name, "Caddyfile", "caddy run --adapter caddyfile --config FILE");
      default -> throw new IllegalArgumentException("not a peer: " + name);
    };
  }

  /** An nginx on plain HTTP that serves these contents as files, by path. */
  public static Server files(Lab lab, Map<String, byte[]> contents) {
    int port = Daemon.freePort();
    Path folder = lab.folder("nginx-static");
    try {
      for (var each : contents.entrySet()) {
        String path = URLDecoder.decode(each.getKey(), StandardCharsets.US_ASCII);
        Path file = folder.resolve("files" + path);
        Files.createDirectories(file.getParent());
        Files.write(file, each.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path config = write(folder, "nginx-static.conf", Map.of("port", Integer.toString(port)));
    return Daemon.start(
        Contender.NGINX, lab.serverCpu(), folder, port, List.of("nginx", "-c", config.toString()));
  }

  /** The back end of all of them, an nginx on the load's core: {@code ok}, files, uploads. */
  public static Server backend(Lab lab) {
    int port = Daemon.freePort();
    Path folder = lab.folder("backend");
    Path config =
        write(
            folder,
            "backend.conf",
            Map.of("port", Integer.toString(port), "sink", Integer.toString(lab.load().sink())));
    return Daemon.start(
        "backend", lab.loadCpu(), folder, port, List.of("nginx", "-c", config.toString()));
  }

  private static Daemon launch(Lab lab, String name, String template, String command) {
    int port = Daemon.freePort();
    Path folder = lab.folder(name);
    Path config =
        write(
            folder,
            template,
            Map.of(
                "port", Integer.toString(port),
                "backend", Integer.toString(lab.backend().port()),
                "pki", lab.pki().folder().toString()));
    List<String> words = List.of(command.replace("FILE", config.toString()).split(" "));
    return Daemon.launch(name, lab.serverCpu(), folder, port, words);
  }

  /** A template with {@code ${names}} filled in; {@code ${folder}} is where it is written to. */
  static Path write(Path folder, String template, Map<String, String> values) {
    try (InputStream in = Objects.requireNonNull(Peers.class.getResourceAsStream(template))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (var value : values.entrySet()) {
        text = text.replace("${" + value.getKey() + "}", value.getValue());
      }
      Path file = folder.resolve(template);
      return Files.writeString(file, text.replace("${folder}", folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
