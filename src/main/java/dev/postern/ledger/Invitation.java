package dev.postern.ledger;

import dev.postern.authority.Requester;
import dev.postern.x509.SerialNumber;
import java.time.Instant;
import java.util.Optional;

/**
 * The right of one user to one certificate, for whoever has the code.
 *
 * @param id names it in lists and commands; it is no secret and of no use on the page
 * @param device what the certificate's common name shall say beside the person's name
 */
public record Invitation(
    String id,
    String user,
    Optional<String> device,
    Instant createdAt,
    Instant expiresAt,
    Requester requester,
    State state) {
  /** Characters of a device's name: it shares 64 with the person's (RFC 5280, ub-common-name). */
  public static final int LONGEST_DEVICE = 40;

  /** Where it stands; that it has run out is a matter of the clock. */
  public sealed interface State {
    record Open() implements State {}

    /** Somebody sent a key, and its certificate is in the making. */
    record Claimed() implements State {}

    /** {@code from}: the address that the request came from. */
    record Used(SerialNumber serial, Instant at, String from) implements State {}

    record Withdrawn(Instant at) implements State {}
  }

  /** Open or claimed, and not run out. */
  public boolean isOpenAt(Instant now) {
    return switch (state) {
      case State.Open(), State.Claimed() -> now.isBefore(expiresAt);
      case State.Used _, State.Withdrawn _ -> false;
    };
  }

  /** {@code open}, {@code expired}, {@code used} or {@code withdrawn}. */
  public String word(Instant now) {
    return switch (state) {
      case State.Open(), State.Claimed() -> now.isBefore(expiresAt) ? "open" : "expired";
      case State.Used _ -> "used";
      case State.Withdrawn _ -> "withdrawn";
    };
  }
}
