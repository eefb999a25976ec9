package dev.postern.mail;

/**
 * A mail of plain text.
 *
 * @param subject one line
 * @param text lines that end with LF
 * @param id its Message-ID without the brackets (RFC 5322 §3.6.4): the same for each try, so that
 *     one that arrives twice is known for the same
 */
public record Letter(Mailbox from, Mailbox to, String subject, String text, String id) {
  /** {@link IllegalArgumentException} for what could end a header and begin another. */
  public Letter {
    if (!subject.codePoints().allMatch(Plain::isSeen)) {
      throw new IllegalArgumentException("a subject is one line");
    }
    if (!id.matches("[A-Za-z0-9.-]+@[A-Za-z0-9.-]+")) {
      throw new IllegalArgumentException("not a Message-ID: " + Plain.line(id));
    }
  }
}
