package dev.postern.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server that somebody runs already, with the least configuration of its own, which takes in what
 * {@code postern export} wrote.
 */
final class ExportedServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The four. */
  enum Kind {
    APACHE,
    NGINX,
    HAPROXY,
    CADDY;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  final Kind kind;
  private final Path folder;
  private final Process process;

  private ExportedServer(Kind kind, Path folder, int port) throws IOException {
    this.kind = kind;
    this.folder = folder;
    var builder =
        new ProcessBuilder(start())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile());
    builder.environment().putAll(homes());
    this.process = builder.start();
    Soon.within(
        PATIENCE, kind + " on port " + port, () -> !process.isAlive() || Postern.isOpen(port));
    if (!process.isAlive()) {
      throw new AssertionError(Files.readString(folder.resolve("output.txt")));
    }
  }

  /**
   * {@code exported} is the folder that the export wrote; {@code port} is where it said to listen.
   */
  static ExportedServer start(Kind kind, Path parent, Path exported, int port) {
    try {
      Path folder = Files.createDirectories(parent.resolve("server-" + kind.word()));
      Files.writeString(folder.resolve("main.conf"), main(kind, folder, exported, port));
      return new ExportedServer(kind, folder, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String main(Kind kind, Path folder, Path exported, int port) {
    return switch (kind) {
      case APACHE -> apache(folder, exported, port);
      case NGINX ->
          """
          daemon off;
          pid %1$s/pid;
          error_log %1$s/error.log info;
          events { worker_connections 64; }
          http {
            access_log off;
            client_body_temp_path %1$s/body;
            proxy_temp_path %1$s/proxy;
            fastcgi_temp_path %1$s/fastcgi;
            uwsgi_temp_path %1$s/uwsgi;
            scgi_temp_path %1$s/scgi;
            include %2$s/postern.conf;
          }
          """
              .formatted(folder, exported);
      case HAPROXY -> "global\n  hard-stop-after 5s\n";
      case CADDY ->
          """
          {
            admin unix/%1$s/admin.sock
            auto_https off
            ocsp_stapling off
            storage file_system %1$s/storage
          }
          import %2$s/postern.caddy
          """
              .formatted(folder, exported);
    };
  }

  private static String apache(Path folder, Path exported, int port) {
    StringBuilder out = new StringBuilder();
    for (String module :
        List.of(
            "mpm_event",
            "authz_core",
            "authn_core",
            "ssl",
            "http2",
            "headers",
            "setenvif",
            "proxy",
            "proxy_http",
            "socache_shmcb")) {
      out.append("LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so%n".formatted(module));
    }
    return out.append(
            """
            ServerName localhost
            PidFile %1$s/pid
            ErrorLog %1$s/error.log
            DefaultRuntimeDir %1$s
            Mutex file:%1$s default
            SSLSessionCache shmcb:%1$s/sessions(512000)
            StartServers 1
            Listen 127.0.0.1:%3$d
            Include %2$s/postern.conf
            """
                .formatted(folder, exported, port))
        .toString();
  }

  private List<String> start() {
    Path main = folder.resolve("main.conf");
    return switch (kind) {
      case APACHE ->
          List.of("/usr/sbin/apache2", "-d", "" + folder, "-f", "" + main, "-DFOREGROUND");
      case NGINX -> List.of("/usr/sbin/nginx", "-p", folder + "/", "-c", "" + main);
      case HAPROXY ->
          List.of(
              "/usr/sbin/haproxy",
              "-W",
              "-f",
              "" + main,
              "-f",
              folder.resolveSibling("export-haproxy/postern.cfg").toString());
      case CADDY -> caddy("run");
    };
  }

  private List<String> caddy(String verb) {
    List<String> words = new ArrayList<>(List.of("/usr/bin/caddy", verb, "--adapter", "caddyfile"));
    words.addAll(List.of("--config", folder.resolve("main.conf").toString()));
    return words;
  }

  private Map<String, String> homes() {
    return Map.of("XDG_DATA_HOME", folder.toString(), "XDG_CONFIG_HOME", folder.toString());
  }

  /** The line that makes it read its files again. */
  String reload() {
    List<String> start = start();
    return switch (kind) {
      case APACHE -> "/usr/sbin/apache2 -d %1$s -f %1$s/main.conf -k graceful".formatted(folder);
      case NGINX -> String.join(" ", start) + " -s reload";
      case HAPROXY -> "kill -USR2 " + process.pid();
      case CADDY ->
          "XDG_DATA_HOME=%1$s XDG_CONFIG_HOME=%1$s ".formatted(folder)
              + String.join(" ", caddy("reload"))
              + " --address unix/"
              + folder.resolve("admin.sock");
    };
  }

  String log() {
    StringBuilder out = new StringBuilder();
    for (String name : List.of("output.txt", "error.log")) {
      try {
        Path file = folder.resolve(name);
        out.append(Files.exists(file) ? Files.readString(file) : "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return out.toString();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      children.forEach(ProcessHandle::destroyForcibly);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
