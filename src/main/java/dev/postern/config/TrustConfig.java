package dev.postern.config;

import dev.postern.access.IdentityMapping;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.path.TrustAnchor;
import dev.postern.status.StatusSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A foreign CA whose certificates may sign people in: a partner's, a smart card's, the one you
 * already have.
 *
 * @param name what the log calls it. Required
 * @param roots PEM files of the CA certificates to believe: one, or a list. Required
 * @param intermediates PEM files of CA certificates that clients may forget to send. Default: none
 * @param identity which field names the user: {@code san.email san.upn san.uri san.dns subject.uid
 *     subject.cn subject.dn serial fingerprint}; or {@code field} and {@code pattern}, a regular
 *     expression for the whole value whose first group is the name. Required
 * @param accept what to forgive: {@code legacy-v1}, client certificates of X.509 version 1 as
 *     {@code openssl x509 -req} makes them. Default: nothing
 * @param revocation how to learn which of its certificates were revoked. Default: not at all, and a
 *     certificate is good until it ends
 */
public record TrustConfig(
    String name,
    List<Path> roots,
    List<Path> intermediates,
    IdentityMapping identity,
    Set<TrustAnchor.Leniency> accept,
    Optional<Revocation> revocation) {
  /**
   * How to learn which certificates were revoked.
   *
   * @param settings {@code crl}: a file or {@code http://} address, or a list of them; {@code
   *     ocsp}: {@code true} for the responder that a certificate names, or its address; {@code
   *     fetch}: {@code configured}, or {@code certificate}, too, where CRLs and responders are that
   *     certificates name; {@code private-addresses}: {@code refused} or {@code allowed} of those;
   *     {@code max-age}: how old a list or answer may be. Defaults: none, false, configured,
   *     refused, {@code 24h}
   * @param unknown {@code deny} or {@code allow} whom nobody knows about. Default {@code deny}
   */
  public record Revocation(StatusSettings settings, UnknownStatusPolicy unknown) {}

  public TrustConfig {
    roots = List.copyOf(roots);
    intermediates = List.copyOf(intermediates);
    accept = Set.copyOf(accept);
  }
}
