package dev.postern.mail;

/** What came of handing over a letter; each reason is one line, for people. */
public sealed interface Delivery {
  /** The server answers for it now. */
  record Accepted(String reply) implements Delivery {}

  /** Not this letter, or not to this recipient; and so it stays (RFC 5321 §4.2.1, 5yz). */
  record Refused(String reason) implements Delivery {}

  /** Not this letter now (4yz). */
  record Deferred(String reason) implements Delivery {}

  /** The server cannot be reached, is not the one we want, or takes nothing from us. */
  record Unavailable(String reason) implements Delivery {}
}
