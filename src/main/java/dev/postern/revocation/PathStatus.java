package dev.postern.revocation;

import dev.postern.x509.Certificate;

/** What is known of a whole path: the worst of its certificates, and which one that is. */
public sealed interface PathStatus {
  record Good() implements PathStatus {}

  record Revoked(Certificate certificate, RevocationStatus.Revoked how) implements PathStatus {}

  record Unknown(Certificate certificate, String evidence) implements PathStatus {}
}
