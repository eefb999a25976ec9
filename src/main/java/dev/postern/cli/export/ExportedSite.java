package dev.postern.cli.export;

import dev.postern.config.SiteConfig;
import dev.postern.config.SiteConfig.Header;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** One host, with its rules written out for the users of now. */
public record ExportedSite(
    String host,
    URI upstream,
    boolean ownUpstreamCa,
    Asking asking,
    Set<Header> headers,
    List<ExportedRule> rules,
    long maxBody,
    Duration response) {
  /** Whether the handshake asks for a certificate. */
  public enum Asking {
    REQUIRED,
    OPTIONAL,
    NEVER
  }

  public ExportedSite {
    headers = Set.copyOf(headers);
    rules = List.copyOf(rules);
  }

  /** A certificate is demanded where nobody could enter without. */
  public static ExportedSite of(SiteConfig site, List<Person> people) {
    List<ExportedRule> rules =
        site.rules().stream().map(rule -> ExportedRule.of(rule, people)).toList();
    return new ExportedSite(
        site.host(),
        site.upstream(),
        site.upstreamCa().isPresent(),
        switch (site.posture()) {
          case NEVER -> Asking.NEVER;
          case STRICT -> Asking.REQUIRED;
          case WANT ->
              rules.stream().anyMatch(ExportedRule::admitsAnyone)
                  ? Asking.OPTIONAL
                  : Asking.REQUIRED;
        },
        site.headers(),
        rules,
        site.maxBody(),
        site.timeouts().response());
  }

  boolean hasPlainUpstream() {
    return "http".equals(upstream.getScheme());
  }

  /** {@code host:port}, the port always said. */
  String authority() {
    int port = upstream.getPort() > 0 ? upstream.getPort() : hasPlainUpstream() ? 80 : 443;
    return upstream.getHost() + ":" + port;
  }

  boolean tells(Header header) {
    return headers.contains(header);
  }

  boolean judgesMethods() {
    return rules.stream().anyMatch(rule -> !rule.methods().isEmpty());
  }

  /** The server's certificate with the CA below the root, and its key. */
  public String certificateFile() {
    return host + ".pem";
  }

  public String keyFile() {
    return host + ".key";
  }

  public String upstreamCaFile() {
    return host + ".upstream-ca.pem";
  }
}
