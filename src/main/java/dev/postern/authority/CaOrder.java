package dev.postern.authority;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.SubjectPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** What a CA certificate is to say: a root, which signs itself, or an issuing CA below one. */
record CaOrder(
    DistinguishedName issuer,
    DistinguishedName subject,
    SubjectPublicKey publicKey,
    Optional<Bytes> issuerKeyIdentifier,
    OptionalInt pathLength,
    Duration validity,
    Instant latest) {
  /** Long enough that no home lab meets its end; RFC 5280 asks nothing here. */
  static final Duration ROOT_VALIDITY = Duration.ofDays(20 * 365);

  /** Kept online, so replaced more often. */
  static final Duration ISSUING_VALIDITY = Duration.ofDays(10 * 365);

  /** One CA below it at most: the issuing CAs, which themselves have pathLen 0. */
  static CaOrder root(DistinguishedName name, SubjectPublicKey key) {
    return new CaOrder(
        name,
        name,
        key,
        Optional.of(key.keyIdentifier()),
        OptionalInt.of(1),
        ROOT_VALIDITY,
        Instant.MAX);
  }

  static CaOrder issuing(DistinguishedName name, SubjectPublicKey key, Certificate root) {
    return new CaOrder(
        root.subject(),
        name,
        key,
        Optional.of(root.keyIdentifier()),
        OptionalInt.of(0),
        ISSUING_VALIDITY,
        root.notAfter());
  }
}
