package dev.postern.ledger;

/** What came of sending a key to an invitation. */
public sealed interface Claim {
  /** The invitation is this key's for a minute; now issue, through {@link Invitations#ending}. */
  record Granted(Invitation invitation) implements Claim {}

  /** This very key had its certificate before, and the answer was lost on the way. */
  record Had(Invitation invitation, Invitation.State.Used used) implements Claim {}

  /** Another key was first, and has its certificate. */
  record Taken(Invitation invitation) implements Claim {}

  /**
   * Another key's certificate is in the making; or what made it was interrupted, and the claim is
   * free again in a minute.
   */
  record Busy(Invitation invitation) implements Claim {}

  record Expired(Invitation invitation) implements Claim {}

  record Withdrawn(Invitation invitation) implements Claim {}

  /** There is no such code, or never was. */
  record Unknown() implements Claim {}
}
