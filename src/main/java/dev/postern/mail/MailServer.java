package dev.postern.mail;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;

/**
 * Who takes our mail.
 *
 * @param host a name, or an address without brackets
 */
public record MailServer(Security security, String host, int port) {
  /** How the line to it is kept from others. */
  public enum Security {
    /** Upgraded before anything is said; where that is not offered, nothing is sent (RFC 3207). */
    STARTTLS("smtp", 587),
    /** From the start (RFC 8314 §3.3). */
    TLS("smtps", 465),
    /** Not at all: for a server on this very machine. */
    NONE("smtp+plain", 25);

    private final String scheme;
    private final int port;

    Security(String scheme, int port) {
      this.scheme = scheme;
      this.port = port;
    }
  }

  private static final Map<String, Security> SCHEMES =
      Map.of("smtp", Security.STARTTLS, "smtps", Security.TLS, "smtp+plain", Security.NONE);

  private static final int LAST_PORT = 65535;

  /**
   * {@code smtp://host}, {@code smtps://host} or {@code smtp+plain://127.0.0.1}, with or without a
   * port. {@link IllegalArgumentException} says what is wrong with it.
   */
  public static MailServer parse(String text) {
    try {
      URI uri = new URI(text);
      Security security =
          uri.getScheme() == null ? null : SCHEMES.get(uri.getScheme().toLowerCase(Locale.ROOT));
      boolean bare =
          uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && (uri.getRawPath() == null || uri.getRawPath().matches("/?"));
      if (security != null && bare && uri.getHost() != null && isPort(uri.getPort())) {
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
        if (security == Security.NONE && !isThisMachine(host)) {
          throw new IllegalArgumentException(
              "smtp+plain:// is for a mail server on this machine (127.0.0.1, ::1, localhost), since"
                  + " others could read along; for "
                  + host
                  + " it is smtp:// (STARTTLS) or smtps://");
        }
        return new MailServer(security, host, uri.getPort() < 0 ? security.port : uri.getPort());
      }
    } catch (URISyntaxException e) {
      // the same advice helps
    }
    throw new IllegalArgumentException(
        "a mail server is smtp://host:port (STARTTLS), smtps://host:port or"
            + " smtp+plain://127.0.0.1:port and nothing more, not "
            + text);
  }

  private static boolean isPort(int port) {
    return port == -1 || (port >= 1 && port <= LAST_PORT);
  }

  private static boolean isThisMachine(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** As it is written in the configuration. */
  public String text() {
    return security.scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
