package dev.postern.web;

import dev.postern.x509.Bytes;
import java.util.Optional;

/** Knows the OCSP answers about our own server certificates (RFC 6066 §8). */
@FunctionalInterface
public interface Stapler {
  /** Nothing to staple. */
  Stapler NONE = host -> Optional.empty();

  /** The OCSPResponse about the certificate of {@code host}, if there is one that is still good. */
  Optional<Bytes> staple(String host);
}
