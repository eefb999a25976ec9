package dev.postern.authority;

import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.SubjectPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What to certify: this key belongs to this subject and these names. Made by the one who has the
 * say (the command line, an invitation), never copied from a CSR without a look.
 *
 * @param user whose certificate it is; the subject then carries it as userId
 * @param validity how long; empty for the profile's own
 */
public record Order(
    SubjectPublicKey publicKey,
    DistinguishedName subject,
    List<GeneralName> names,
    Optional<String> user,
    Optional<Duration> validity) {
  public Order {
    names = List.copyOf(names);
  }
}
