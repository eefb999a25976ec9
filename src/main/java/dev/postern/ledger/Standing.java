package dev.postern.ledger;

import dev.postern.authority.StatusChange;
import dev.postern.revocation.RevocationStatus.Revoked;
import java.util.Optional;

/** What was said of a certificate since it was issued; its dates are another matter. */
public enum Standing {
  GOOD,
  HELD,
  REVOKED;

  public static Standing of(Optional<Revoked> status) {
    return status.map(each -> StatusChange.isHold(each) ? HELD : REVOKED).orElse(GOOD);
  }
}
