package dev.postern.config;

import dev.postern.access.IdentityMapping;
import dev.postern.path.TrustAnchor;
import java.nio.file.Path;
import java.util.List;
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
 */
public record TrustConfig(
    String name,
    List<Path> roots,
    List<Path> intermediates,
    IdentityMapping identity,
    Set<TrustAnchor.Leniency> accept) {
  public TrustConfig {
    roots = List.copyOf(roots);
    intermediates = List.copyOf(intermediates);
    accept = Set.copyOf(accept);
  }
}
