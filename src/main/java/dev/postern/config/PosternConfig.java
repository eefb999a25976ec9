package dev.postern.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole file. Users, certificates and invitations are not in it: they live in the ledger, and
 * the file can live in git.
 *
 * @param name what your CA is called in certificates and on pages. Required
 * @param domain below it lie Postern's own pages, {@code enrol.<domain>} and others. Required
 * @param data the folder of ledger and keys. Default {@code ./postern-data}
 * @param listen where to listen
 * @param tls how to speak TLS
 * @param sites what stands behind the gateway. Default: none
 * @param trust foreign CAs that may sign people in, beside our own. Default: none
 * @param publish CRLs, OCSP answers and CA certificates
 * @param pages Postern's own pages: enrolment, self-service, console
 * @param mail reminders before a certificate ends. Default: none, and no mail is ever sent
 * @param limits how much to put up with
 * @param timeouts how long to wait for a client
 * @param accessLog one JSON line a request: a path, {@code stdout} or {@code off}. Default {@code
 *     stdout}
 */
public record PosternConfig(
    String name,
    String domain,
    Path data,
    Listen listen,
    Tls tls,
    List<SiteConfig> sites,
    List<TrustConfig> trust,
    PublishConfig publish,
    PagesConfig pages,
    Optional<MailConfig> mail,
    Limits limits,
    Timeouts timeouts,
    AccessLog accessLog) {
  public PosternConfig {
    sites = List.copyOf(sites);
    trust = List.copyOf(trust);
  }

  /**
   * Where to listen, as {@code :8443}, {@code 127.0.0.1:8443} or {@code [::1]:8443}.
   *
   * @param https for people. Default {@code :8443}
   * @param http for CRLs, OCSP and CA certificates; redirects everything else. {@code off} closes
   *     it. Default {@code :8080}
   * @param status for Prometheus and health checks: {@code /metrics}, {@code /healthz}, {@code
   *     /readyz}, in the clear and for everybody who reaches it, as {@code 127.0.0.1:9464}. Default
   *     {@code off}
   */
  public record Listen(
      ListenAddress https, Optional<ListenAddress> http, Optional<ListenAddress> status) {}

  /**
   * How to speak TLS.
   *
   * @param engine {@code boringssl}, which is fast, or {@code jdk}, which needs no native code.
   *     Default {@code boringssl}
   * @param min the oldest version spoken: {@code 1.2} or {@code 1.3}. Default {@code 1.2}
   * @param defaultHost the site that clients without SNI, or with an unknown name, are shown.
   *     Default: none, and they are told so
   */
  public record Tls(Engine engine, Version min, Optional<String> defaultHost) {
    /** Who does the cryptography. */
    public enum Engine {
      BORINGSSL,
      JDK
    }

    /** The versions that RFC 8996 leaves. */
    public enum Version {
      TLS_1_2,
      TLS_1_3
    }
  }

  /**
   * How much to put up with.
   *
   * @param maxBody bytes of a request's body, for sites that say nothing else; 413 beyond. Default
   *     {@code 16GiB}: bodies are streamed, never gathered
   * @param connections open at once, https and http together. When there are more, those that have
   *     been quiet the longest are closed. Default: as many as memory and open files have room for,
   *     at most {@code 50000}
   */
  public record Limits(long maxBody, Optional<Integer> connections) {}

  /**
   * How long to wait for a client, as {@code 500ms 30s 5m 2h}.
   *
   * @param handshake for the TLS handshake. Default {@code 10s}
   * @param header for a request's head, from its first byte. Default {@code 15s}
   * @param idle for the next request on a kept connection. Default {@code 75s}
   * @param body for a stalled body; it must also keep up a minimum rate. Default {@code 30s}
   * @param drain for requests in flight when closing. Default {@code 20s}
   */
  public record Timeouts(
      Duration handshake, Duration header, Duration idle, Duration body, Duration drain) {}

  /** Where the access log goes. */
  public sealed interface AccessLog {
    record Stdout() implements AccessLog {}

    record Off() implements AccessLog {}

    record File(Path path) implements AccessLog {}
  }
}
