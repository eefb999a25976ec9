package dev.postern.ledger;

import dev.postern.access.User;

/** What came of a change to a user. */
public sealed interface UserChange {
  /** The user as it is now, on the disk. */
  record Done(User user) implements UserChange {}

  /** Nothing was changed; a sentence for people says why. */
  record Refused(String reason) implements UserChange {}
}
