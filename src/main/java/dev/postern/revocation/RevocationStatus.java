package dev.postern.revocation;

import java.time.Instant;

/** What is known of one certificate (the words of RFC 6960 §2.2). */
public sealed interface RevocationStatus {
  /** Not revoked, as far as the newest list or answer says. */
  record Good() implements RevocationStatus {}

  record Revoked(Instant revocationTime, CrlReason reason) implements RevocationStatus {}

  /**
   * No list or answer that can be relied on: {@code evidence} says what was wrong with those there
   * were.
   */
  record Unknown(String evidence) implements RevocationStatus {}
}
