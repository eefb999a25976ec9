package dev.postern.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A real nginx as upstream: {@code /slow} sends {@link #SLOW_BYTES} at 256 KiB a second, everything
 * else greets whom the headers name. Debian builds it with debugging, so its error log shows each
 * header that arrived, even those it ignores.
 */
final class Nginx implements AutoCloseable {
  static final int SLOW_BYTES = 1 << 20;

  private static final Pattern HEADER =
      Pattern.compile("http header: \"([^\":]+): (.*)\"$", Pattern.MULTILINE);

  final int port = Postern.freePort();
  private final Path log;
  private final Process process;

  private static final String GREETING =
      """
      location = /slow { limit_rate 256k; }
      location / {
        add_header X-Upstream nginx;
        return 200 "nginx greets [$http_remote_user] of [$http_x_forwarded_groups]\\n";
      }
      """;

  private Nginx(Path folder, String locations) throws IOException {
    this.log = Files.createDirectories(folder.resolve("nginx")).resolve("error.log");
    Files.write(folder.resolve("nginx/slow"), new byte[SLOW_BYTES]);
    Path config = folder.resolve("nginx/nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log debug;
        events { worker_connections 256; }
        http {
          access_log access.log;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          underscores_in_headers on;
          default_type text/plain;
          server {
            listen 127.0.0.1:%d;
            root .;
            %s
          }
        }
        """
            .formatted(port, locations));
    Path prefix = config.getParent();
    this.process =
        new ProcessBuilder("/usr/sbin/nginx", "-p", prefix + "/", "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx/output.txt").toFile())
            .start();
    Soon.within(
        Duration.ofSeconds(20),
        "nginx on port " + port,
        () -> !process.isAlive() || Postern.isOpen(port));
    if (!process.isAlive()) {
      throw new AssertionError(Files.readString(folder.resolve("nginx/output.txt")));
    }
  }

  static Nginx in(Path folder) {
    return with(folder, GREETING);
  }

  /** Brings the site at {@code address} over HTTP in the clear, and shows no certificate there. */
  static Nginx before(Path folder, String address) {
    URI site = URI.create(address);
    return with(
        folder,
        """
        location / {
          proxy_pass https://127.0.0.1:%d;
          proxy_ssl_server_name on;
          proxy_ssl_name %s;
          proxy_set_header Host %s;
        }
        """
            .formatted(site.getPort(), site.getHost(), site.getAuthority()));
  }

  private static Nginx with(Path folder, String locations) {
    try {
      return new Nginx(folder, locations);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The values of a header that arrived since the log was forgotten, by any of its spellings. */
  List<String> arrived(String name) {
    return HEADER
        .matcher(log())
        .results()
        .filter(header -> isAlike(header, name))
        .map(header -> header.group(1) + ": " + header.group(2))
        .toList();
  }

  private static boolean isAlike(MatchResult header, String name) {
    return header.group(1).toLowerCase(Locale.ROOT).replace('_', '-').equals(name);
  }

  void forget() {
    try {
      Files.write(log, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
