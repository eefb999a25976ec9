package dev.postern.authority;

import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import java.time.Instant;
import java.util.Optional;

/**
 * A wish to revoke, suspend or release a certificate. Revoked is for good; suspended, which the
 * standards call certificateHold, can be taken back (RFC 5280 §5.3.1).
 */
public sealed interface StatusChange {
  /**
   * For good. The reason can become keyCompromise later, and nothing else. {@link
   * IllegalArgumentException} for the two reasons that are not for good.
   */
  record Revoke(CrlReason reason) implements StatusChange {
    public Revoke {
      if (reason == CrlReason.CERTIFICATE_HOLD || reason == CrlReason.REMOVE_FROM_CRL) {
        throw new IllegalArgumentException(
            reason.word() + " is no reason to revoke for good; suspend and release do that");
      }
    }
  }

  record Suspend() implements StatusChange {}

  record Release() implements StatusChange {}

  /** What becomes of a certificate. */
  sealed interface Outcome {
    record Becomes(Optional<Revoked> status) implements Outcome {}

    /** It is so already. */
    record Stays() implements Outcome {}

    record Refused(String reason) implements Outcome {}
  }

  /** Decides, from what the certificate's status is at {@code now}. Pure. */
  default Outcome outcome(Optional<Revoked> current, Instant now) {
    boolean held = current.filter(StatusChange::isHold).isPresent();
    boolean revoked = current.isPresent() && !held;
    return switch (this) {
      case Revoke(CrlReason reason) when !revoked ->
          new Outcome.Becomes(Optional.of(new Revoked(now, reason)));
      case Revoke(CrlReason reason) when reason == CrlReason.KEY_COMPROMISE ->
          compromised(current.orElseThrow());
      case Revoke _ -> new Outcome.Stays();
      case Suspend() when revoked -> new Outcome.Refused("it is revoked, which is for good");
      case Suspend() when held -> new Outcome.Stays();
      case Suspend() ->
          new Outcome.Becomes(Optional.of(new Revoked(now, CrlReason.CERTIFICATE_HOLD)));
      case Release() when revoked ->
          new Outcome.Refused("it is revoked, which cannot be taken back; issue a new one");
      case Release() when held -> new Outcome.Becomes(Optional.empty());
      case Release() -> new Outcome.Stays();
    };
  }

  /**
   * That somebody else has the key is worth knowing though the certificate is revoked: what was
   * signed before that is in doubt. When it was revoked does not change.
   */
  private static Outcome compromised(Revoked current) {
    return current.reason() == CrlReason.KEY_COMPROMISE
        ? new Outcome.Stays()
        : new Outcome.Becomes(
            Optional.of(new Revoked(current.revocationTime(), CrlReason.KEY_COMPROMISE)));
  }

  /** Whether {@code status} can be taken back. */
  static boolean isHold(Revoked status) {
    return status.reason() == CrlReason.CERTIFICATE_HOLD;
  }
}
