package dev.postern.mail;

import dev.postern.x509.Certificate;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * Hands letters to one mail server, over a connection of its own each. Safe for several threads;
 * waits, at most eight minutes.
 */
public final class Postman {
  /** Not there, not local, not allowed as a name (RFC 5321 §4.2.3). */
  private static final Set<Integer> MAILBOX = Set.of(550, 551, 553);

  /** Security or policy (RFC 3463 §3.8): "relay access denied" and its like. */
  private static final Pattern POLICY = Pattern.compile("\\b5\\.7\\.\\d|(?i)\\brelay");

  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private final MailServer server;
  private final Optional<Login> login;
  private final MailTls tls;
  private final String name;
  private final InstantSource clock;

  /**
   * @param login empty: the server takes our mail without knowing us
   * @param roots the server's CA; empty: those that the JDK trusts
   * @param name what we call ourselves in EHLO (RFC 5321 §4.1.1.1): a domain
   */
  public Postman(
      MailServer server,
      Optional<Login> login,
      List<Certificate> roots,
      String name,
      InstantSource clock) {
    this.server = server;
    this.login = login;
    this.tls = new MailTls(server.host(), roots);
    this.name = name;
    this.clock = clock;
  }

  /** As the configuration has it. */
  public MailServer server() {
    return server;
  }

  /** Says what came of it, whatever that is. */
  public Delivery deliver(Letter letter) {
    Session session = Session.getInstance(properties());
    try (var line = MailLine.open(server, tls);
        var transport = transport(session)) {
      transport.connect(line.socket());
      if (login.isPresent() && !transport.supportsExtension("AUTH")) {
        return new Delivery.Unavailable(
            "the mail server " + server.host() + " does not ask for a user and password");
      }
      MimeMessage message = message(session, letter);
      transport.sendMessage(message, message.getAllRecipients());
      return new Delivery.Accepted(Plain.line(transport.getLastServerResponse()));
    } catch (IOException | MessagingException e) {
      return failed(e);
    }
  }

  private SMTPTransport transport(Session session) {
    return new SMTPTransport(
        session,
        new URLName(
            "smtp",
            server.host(),
            server.port(),
            null,
            login.map(Login::user).orElse(null),
            login.map(Login::password).orElse(null)));
  }

  private Properties properties() {
    var properties = new Properties();
    String upgrade = String.valueOf(server.security() == MailServer.Security.STARTTLS);
    properties.put("mail.smtp.starttls.enable", upgrade);
    properties.put("mail.smtp.starttls.required", upgrade);
    properties.put("mail.smtp.ssl.socketFactory", tls);
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.auth", String.valueOf(login.isPresent()));
    properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN"); // within TLS
    properties.put("mail.smtp.localhost", name);
    properties.put("mail.smtp.quitwait", "false");
    return properties;
  }

  private MimeMessage message(Session session, Letter letter) throws MessagingException {
    var message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + letter.id() + ">");
          }
        };
    message.setFrom(address(letter.from()));
    message.setRecipient(MimeMessage.RecipientType.TO, address(letter.to()));
    message.setSubject(letter.subject(), UTF_8);
    message.setSentDate(Date.from(clock.instant()));
    message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834 §5: no replies by machines
    message.setText(letter.text(), UTF_8);
    message.saveChanges();
    return message;
  }

  private static InternetAddress address(Mailbox mailbox) {
    try {
      return new InternetAddress(mailbox.address(), mailbox.name().orElse(null), UTF_8);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("UTF-8 is always there", e);
    }
  }

  private Delivery failed(Exception e) {
    if (e instanceof AuthenticationFailedException) {
      // Not in the server's words: those may repeat what it was told.
      return new Delivery.Unavailable(
          "the mail server " + server.host() + " does not accept user and password");
    }
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof SMTPAddressFailedException recipient) {
        return said(recipient.getReturnCode(), recipient.getMessage());
      }
    }
    if (e instanceof SMTPSendFailedException letter && isAboutLetter(letter.getCommand())) {
      return said(letter.getReturnCode(), letter.getMessage());
    }
    return new Delivery.Unavailable(Plain.line(MailTrouble.reason(server, e)));
  }

  /** DATA, and the dot behind it; before that, the server has not seen what this letter is. */
  private static boolean isAboutLetter(@Nullable String command) {
    return command != null && (command.equals(".") || command.equals("DATA"));
  }

  private Delivery said(int code, @Nullable String reply) {
    String reason = Plain.line("the mail server " + server.host() + " said: " + reply);
    if (code == 421 || code == 530) { // about us: it is closing (RFC 5321 §3.8), it wants a login
      return new Delivery.Unavailable(reason);
    }
    return switch (code / 100) {
      case 5 ->
          MAILBOX.contains(code) && !POLICY.matcher(String.valueOf(reply)).find()
              ? new Delivery.Refused(reason)
              : new Delivery.Deferred(reason); // about us, most likely, and somebody may mend it
      case 4 -> new Delivery.Deferred(reason);
      default -> new Delivery.Unavailable(reason);
    };
  }
}
