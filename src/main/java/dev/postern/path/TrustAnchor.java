package dev.postern.path;

import dev.postern.x509.Certificate;
import java.util.Set;

/**
 * Where trust starts (RFC 5280 §6.1.1 (d)): a CA certificate somebody decided to believe, and what
 * that decision forgives.
 */
public record TrustAnchor(Certificate certificate, Set<Leniency> leniency) {
  /** What an operator may forgive, by name, for one anchor. */
  public enum Leniency {
    /**
     * Leaves of X.509 version 1, without extensions, as {@code openssl x509 -req} makes them: they
     * say nothing about purposes, so they pass for any. Only directly below the anchor.
     */
    LEGACY_V1
  }

  public TrustAnchor {
    leniency = Set.copyOf(leniency);
  }

  public static TrustAnchor of(Certificate certificate) {
    return new TrustAnchor(certificate, Set.of());
  }
}
