package dev.postern.revocation;

import java.time.Instant;

/** What an authority says of a serial number of its own. */
public sealed interface IssuedStatus {
  /** Issued, and neither revoked nor suspended. */
  record Good() implements IssuedStatus {}

  record Revoked(Instant revocationTime, CrlReason reason) implements IssuedStatus {}

  /** No certificate with this number was ever given out: whoever shows one has made it up. */
  record NeverIssued() implements IssuedStatus {}
}
