package dev.postern.config;

import dev.postern.mail.MailServer;
import dev.postern.mail.Mailbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Mail to people whose certificates end.
 *
 * @param server {@code smtp://host:587} upgrades by STARTTLS and refuses to go on without it;
 *     {@code smtps://host:465} is TLS from the start; {@code smtp+plain://127.0.0.1:25} is for a
 *     server on this machine. The certificate has to be that of {@code host}. Required
 * @param from whom mails are from: {@code Postern <postern@example.com>}. Required
 * @param login {@code user}, and {@code password-file}, whose first line is the password. Default:
 *     none
 * @param trust the CA of the mail server. Default: those that Java trusts
 * @param reminders how long before the end of a certificate its owner is told. A step of more than
 *     half of a certificate's term does not count for it. Default {@code [30d, 7d, 1d]}
 */
public record MailConfig(
    MailServer server,
    Mailbox from,
    Optional<Login> login,
    Optional<Path> trust,
    List<Duration> reminders) {
  public MailConfig {
    reminders = List.copyOf(reminders);
  }

  /** By which the mail server knows us. */
  public record Login(String user, Path passwordFile) {}
}
