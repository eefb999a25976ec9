package dev.postern.cli;

import dev.postern.config.MailConfig;
import dev.postern.config.PosternConfig;
import dev.postern.keys.Passphrase;
import dev.postern.ledger.Reminder;
import dev.postern.mail.Login;
import dev.postern.mail.Postman;
import dev.postern.mail.ReminderRound.Outbox;
import dev.postern.mail.ReminderWriter;
import dev.postern.x509.Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the file says about mail becomes something that sends. */
final class Mailing {
  private final Terminal terminal;
  private final InstantSource clock;

  Mailing(Terminal terminal, InstantSource clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  /**
   * Reads the files that it names, each time: a password that was changed holds from the next round
   * on. Empty where there is no {@code mail}.
   */
  Optional<Outbox> outbox(PosternConfig config) {
    return config.mail().map(mail -> outbox(config, mail));
  }

  private Outbox outbox(PosternConfig config, MailConfig mail) {
    List<Certificate> roots = mail.trust().map(InputFile::certificates).orElse(List.of());
    var pages = config.pages();
    return new Outbox(
        new Postman(mail.server(), mail.login().map(this::login), roots, config.domain(), clock),
        new ReminderWriter(
            config.name(),
            mail.from(),
            pages.me().map(host -> pages.address(host) + "/"),
            pages.contact()),
        mail.reminders());
  }

  /** One line of it. */
  static String text(MailConfig mail) {
    return mail.server().text()
        + ", "
        + mail.reminders().stream().map(Reminder::before).collect(Collectors.joining(", "))
        + " before a certificate ends";
  }

  private Login login(MailConfig.Login login) {
    try (Passphrase password = new PassphraseSource(terminal).fromFile(login.passwordFile())) {
      return new Login(login.user(), password.reveal());
    }
  }
}
