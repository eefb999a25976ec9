package dev.postern.config;

import dev.postern.config.PosternConfig.Listen;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code publish}. */
final class Publishes {
  private static final Duration SHORTEST_CRL = Duration.ofMinutes(10);
  private static final Duration LONGEST_CRL = Duration.ofDays(365);
  private static final Duration USUAL_CRL = Duration.ofDays(7);
  private static final Duration USUAL_ROUND = Duration.ofDays(1);
  private static final Duration SHORTEST_ROUND = Duration.ofMinutes(1);
  private static final Duration USUAL_OCSP = Duration.ofHours(8);
  private static final Duration LONGEST_OCSP = Duration.ofDays(10);
  private static final int MAX_SHARDS = 1000;

  /** Longer addresses make every certificate longer. */
  private static final int LONGEST_URL = 200;

  private Publishes() {}

  static PublishConfig read(Section section, Optional<String> domain, Listen listen) {
    Optional<URI> url =
        section
            .optional("url", Publishes::url)
            .or(() ->
                listen.http().flatMap(http -> domain.map(name -> usualUrl(name, http.port()))));
    var publish =
        new PublishConfig(url, crl(section.section("crl")), ocsp(section.section("ocsp")));
    section.close();
    return publish;
  }

  static URI usualUrl(String domain, int port) {
    return URI.create("http://pki." + domain + (port == 80 || port == 0 ? "" : ":" + port));
  }

  private static PublishConfig.Crl crl(Section section) {
    Duration validity =
        section.or("validity", Formats.duration(SHORTEST_CRL, LONGEST_CRL), USUAL_CRL);
    Duration half = validity.dividedBy(2);
    Duration every =
        section.or(
            "every",
            Formats.duration(SHORTEST_ROUND, LONGEST_CRL),
            half.compareTo(USUAL_ROUND) < 0 ? half : USUAL_ROUND);
    if (every.compareTo(validity) >= 0) {
      section.problem("every", "a new list is needed before the old one ends: less than validity");
    }
    int shards = section.or("shards", Publishes::shards, 1);
    Optional<Duration> delta =
        section.or(
            "delta",
            text ->
                text.equals("off")
                    ? Optional.empty()
                    : Optional.of(Formats.duration(SHORTEST_ROUND, LONGEST_CRL).parse(text)),
            Optional.empty());
    if (delta.isPresent() && delta.get().compareTo(every) >= 0) {
      section.problem("delta", "is of use only when signed more often than the whole list is");
    }
    section.close();
    return new PublishConfig.Crl(validity, every, shards, delta);
  }

  private static int shards(String text) {
    if (text.matches("[0-9]{1,4}")) {
      int shards = Integer.parseInt(text);
      if (shards >= 1 && shards <= MAX_SHARDS) {
        return shards;
      }
    }
    throw new IllegalArgumentException(
        "expected a number from 1 to " + MAX_SHARDS + ", not " + text);
  }

  private static PublishConfig.Ocsp ocsp(Section section) {
    var ocsp =
        new PublishConfig.Ocsp(
            section.or("validity", Formats.duration(SHORTEST_CRL, LONGEST_OCSP), USUAL_OCSP));
    section.close();
    return ocsp;
  }

  /** RFC 5280 §4.2.1.13 and §8: http, since https would go round in circles. */
  private static URI url(String text) {
    try {
      URI uri = new URI(text);
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      boolean plain =
          "http".equals(uri.getScheme())
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (plain
          && text.length() <= LONGEST_URL
          && uri.getPort() != 0
          && uri.getPort() <= 65535
          && path.matches("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")) {
        int port = uri.getPort() == 80 ? -1 : uri.getPort();
        String host = uri.getHost().startsWith("[") ? uri.getHost() : host(uri.getHost());
        return new URI("http", null, host, port, path.replaceFirst("/$", ""), null, null);
      }
    } catch (URISyntaxException e) {
      // the same advice helps
    }
    throw new IllegalArgumentException(
        "an address to publish at is http://host, http://host:port or http://host/path, not "
            + text);
  }

  private static String host(String text) {
    return text.matches("[0-9.]+") ? text : Formats.hostName(text);
  }
}
