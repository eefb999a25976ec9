package dev.postern.gateway;

import dev.postern.web.HostName;
import dev.postern.x509.Certificate;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Where a site's requests go.
 *
 * @param roots for TLS: the CAs to believe; empty means the system's. The name is always verified.
 */
public record Upstream(Scheme scheme, String host, int port, List<Certificate> roots) {
  /** How to speak to it. */
  public enum Scheme {
    /** HTTP/1.1 in the clear. */
    HTTP,
    /** HTTP/2 in the clear, known to be spoken (RFC 9113 §3.3). */
    H2C,
    /** HTTP/2 or HTTP/1.1 over TLS, as the server chooses. */
    HTTPS
  }

  public Upstream {
    roots = List.copyOf(roots);
  }

  /**
   * Reads {@code http://host:port}, {@code h2c://host:port} or {@code https://host}; nothing may
   * follow.
   */
  public static Upstream parse(String text, List<Certificate> roots) {
    URI uri = URI.create(text);
    if (uri.getScheme() == null || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "an upstream is http://host:port, h2c://host:port or https://host:port");
    }
    Scheme scheme =
        switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
          case "http" -> Scheme.HTTP;
          case "h2c" -> Scheme.H2C;
          case "https" -> Scheme.HTTPS;
          default ->
              throw new IllegalArgumentException(
                  "an upstream is http://, h2c:// or https://, not " + text);
        };
    String path = uri.getRawPath();
    if ((path != null && !path.isEmpty() && !path.equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("an upstream is only scheme, host and port: " + text);
    }
    String host =
        HostName.parse(uri.getHost()).orElseThrow(() -> new IllegalArgumentException(text));
    int port = uri.getPort() > 0 ? uri.getPort() : scheme == Scheme.HTTPS ? 443 : 80;
    return new Upstream(scheme, host.replace("[", "").replace("]", ""), port, roots);
  }

  public static Upstream parse(String text) {
    return parse(text, List.of());
  }

  /** As the log names it. */
  public String text() {
    return scheme.name().toLowerCase(Locale.ROOT)
        + "://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port;
  }
}
