/// Mail to people whose certificates end: what it says, and how a mail server gets it.
///
/// Read [ReminderSender], the thread that goes round; [ReminderRound], one look at who is to be
/// told; [ReminderWriter], which makes a [Letter]; [Postman], which hands it to a [MailServer] and
/// says what came of it as a [Delivery].
///
/// Nothing is sent over a line that others can read: TLS with the server's name checked, or this
/// very machine. No letter holds a secret. Passwords are in [Login] alone, which shows them to
/// nobody.
///
/// Speaks RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 8314 (TLS from the start), RFC 4954 (AUTH), RFC
/// 5322 and 2045 (what a mail looks like), RFC 3834 (mail that no person wrote).
@NullMarked
package dev.postern.mail;

import org.jspecify.annotations.NullMarked;
