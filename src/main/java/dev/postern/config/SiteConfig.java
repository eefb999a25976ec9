package dev.postern.config;

import dev.postern.access.Rule;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One host name, who may enter, and what is behind it.
 *
 * @param host the name that browsers ask for. Required
 * @param upstream the server behind: {@code http://host:port} (HTTP/1.1), {@code h2c://host:port}
 *     (HTTP/2 in the clear, as gRPC servers speak it) or {@code https://host:port} (HTTP/2 or
 *     HTTP/1.1, as the server chooses). Required
 * @param posture {@code want} asks for a certificate and explains a refusal on a page; {@code
 *     strict} refuses inside TLS, for machines; {@code never} does not ask. Default {@code want}
 * @param headers what the upstream is told about the user: any of {@code remote-user}, {@code
 *     forwarded}, {@code client-cert}, {@code xfcc}, {@code ssl-client}. What clients send under
 *     these names is always stripped. Default {@code [remote-user]}
 * @param rules the first that fits decides; where none fits, nobody enters. Each has {@code path}
 *     ({@code /health}, {@code /admin/**}, {@code /img/*}; default {@code /**}), {@code methods}
 *     (default: all) and {@code allow}: {@code anyone}, {@code users}, {@code nobody}, {@code
 *     user:NAME}, {@code group:NAME}, or a list of these. Required
 * @param expiry who is told, from 30 days before a certificate ends, or a third of its term where
 *     that is shorter. The word "header": the upstream, by {@code Postern-Certificate-Ends} and
 *     {@code Postern-Certificate-Renew}; {@code page}: people, on a page before the one they open,
 *     once a day; {@code both}; {@code off}. Default {@code off}
 * @param maxBody bytes of a request's body, as {@code 10MiB}; 413 beyond. Default: {@code
 *     limits.max-body}
 * @param timeouts how long to wait for the upstream
 * @param certificate PEM files of the site's own certificate. Default: one from our CA, renewed by
 *     itself
 * @param upstreamCa PEM file of the CAs to believe for an {@code https} upstream; its name is
 *     verified always. Default: the system's
 */
public record SiteConfig(
    String host,
    URI upstream,
    Posture posture,
    Set<Header> headers,
    List<Rule> rules,
    Set<Notice> expiry,
    long maxBody,
    Timeouts timeouts,
    Optional<CertificateFiles> certificate,
    Optional<Path> upstreamCa) {
  public SiteConfig {
    headers = Set.copyOf(headers);
    expiry = Set.copyOf(expiry);
    rules = List.copyOf(rules);
  }

  /** Whether the TLS handshake asks for a certificate. */
  public enum Posture {
    WANT,
    STRICT,
    NEVER
  }

  /** Ways to tell that a certificate ends. */
  public enum Notice {
    HEADER,
    PAGE
  }

  /** Sets of headers. */
  public enum Header {
    /** {@code Remote-User}. */
    REMOTE_USER,
    /** {@code X-Forwarded-User}, {@code -Email}, {@code -Groups}. */
    FORWARDED,
    /** {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440). */
    CLIENT_CERT,
    /** Envoy's {@code X-Forwarded-Client-Cert}. */
    XFCC,
    /** {@code X-SSL-Client-*}, as nginx configurations name them. */
    SSL_CLIENT
  }

  /**
   * How long to wait for the upstream.
   *
   * @param connect for a connection; 504 beyond. Default {@code 5s}
   * @param response until the answer begins; 504 beyond. Default {@code 60s}
   * @param idle without a byte either way on an answer, event stream, WebSocket or gRPC call, which
   *     has this instead of {@code response}. Default {@code 10m}
   */
  public record Timeouts(Duration connect, Duration response, Duration idle) {}

  /**
   * A certificate from elsewhere.
   *
   * @param chain leaf first, then its intermediates. Required
   * @param key the private key. Required
   */
  public record CertificateFiles(Path chain, Path key) {}
}
