package dev.postern.access;

import java.util.Optional;

/** The Doorkeeper's answer to one request. */
public sealed interface Admission {
  /**
   * Let in: by whom, where a certificate said so (public paths have none), and because of which
   * rule.
   */
  record Admitted(Optional<Identity> identity, Rule because) implements Admission {}

  record Denied(Denial denial) implements Admission {}
}
