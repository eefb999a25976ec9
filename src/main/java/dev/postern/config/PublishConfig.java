package dev.postern.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What is published on the plain HTTP port: CRLs, OCSP answers and CA certificates.
 *
 * @param url where clients and servers find it. It is burned into every certificate, so it has to
 *     stay reachable for as long as they live; {@code http} alone, since https would need what is
 *     being asked about. Default {@code http://pki.<domain>} with the port of {@code listen.http};
 *     none when that is {@code off}, and then certificates say nothing of it
 */
public record PublishConfig(Optional<URI> url, Crl crl, Ocsp ocsp) {
  /**
   * Certificate revocation lists.
   *
   * @param validity how long a server may work with a list when no newer one can be had. Default
   *     {@code 7d}
   * @param every how often a new one is signed when nothing happened; a revocation makes one at
   *     once. Default {@code 1d}, or half the validity where that is less
   * @param shards into how many lists certificates issued from now on are divided. A list for all
   *     of them is published always. Default 1
   * @param delta how often a short list of what changed is signed; {@code off} for never. Default
   *     {@code off}
   */
  public record Crl(Duration validity, Duration every, int shards, Optional<Duration> delta) {}

  /**
   * OCSP answers.
   *
   * @param validity how long an answer may be repeated. Default {@code 8h}
   */
  public record Ocsp(Duration validity) {}
}
