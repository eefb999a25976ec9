package dev.postern.revocation;

import dev.postern.x509.SerialNumber;
import java.util.Optional;

/** What an authority says of its own certificates. */
public interface StatusLookup {
  /** May wait; {@code LedgerUnavailable} when it cannot be known. */
  IssuedStatus of(SerialNumber serial);

  /** The same without waiting, from memory; empty when that does not know. */
  Optional<IssuedStatus> recall(SerialNumber serial);
}
