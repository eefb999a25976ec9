package dev.postern.config;

import dev.postern.x509.KeyAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Postern's own hosts. {@code off} closes one.
 *
 * @param enrol where people get their certificates; never asks for one. Default {@code
 *     enrol.<domain>}
 * @param me where people with a certificate look after theirs. Default {@code me.<domain>}
 * @param admin the console and its API, for the groups postern-admins and postern-auditors. Default
 *     {@code admin.<domain>}
 * @param port the port in links, where it is not that of {@code listen.https}: 443 when something
 *     forwards it. Default: that of {@code listen.https}
 * @param phone whether the enrolment page may hand the encrypted file to a phone by way of this
 *     server: ten minutes, one download. Default {@code on}
 * @param invitation how long an invitation lasts where nobody says otherwise. Default {@code 24h}
 * @param grace how long after its end a certificate still opens {@code me} for one thing, to renew
 *     it; up to {@code 90d}, or {@code off}. Default {@code off}
 * @param contact where pages send people who need the administrator: an e-mail address, or an
 *     https:// page. Default: nowhere
 * @param key what browsers make: P-256, or RSA 2048 where something old demands it. Default {@code
 *     p256}
 * @param certificate a certificate from elsewhere for these hosts, so that browsers trust them from
 *     the first visit. Default: ours
 */
public record PagesConfig(
    Optional<String> enrol,
    Optional<String> me,
    Optional<String> admin,
    int port,
    boolean phone,
    Duration invitation,
    Duration grace,
    Optional<String> contact,
    KeyAlgorithm key,
    Optional<SiteConfig.CertificateFiles> certificate) {
  /** Those that are open. */
  public List<String> hosts() {
    return Stream.of(enrol, me, admin).flatMap(Optional::stream).toList();
  }

  /** Whether people can renew their certificates. */
  public boolean renews() {
    return me.isPresent() && enrol.isPresent();
  }

  /** {@code https://host:port}, without the port where it is 443. */
  public String address(String host) {
    return "https://" + host + (port == 443 ? "" : ":" + port);
  }
}
