package dev.postern.config;

import dev.postern.mail.MailServer;
import dev.postern.mail.Mailbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads {@code mail}. */
final class Mails {
  private static final List<Duration> USUAL =
      List.of(Duration.ofDays(30), Duration.ofDays(7), Duration.ofDays(1));
  private static final Duration SHORTEST = Duration.ofMinutes(10);
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final int MOST = 10;

  private Mails() {}

  static Optional<MailConfig> read(Section section, Path folder) {
    Optional<MailServer> server = section.required("server", MailServer::parse);
    Optional<Mailbox> from = section.required("from", Mailbox::parse);
    Optional<String> user = section.optional("user", Formats.line(200));
    Optional<Path> passwordFile = section.optional("password-file", Formats.path(folder));
    if (section.find("user").isPresent() != section.find("password-file").isPresent()) {
      section.problem(
          section.find("user").isPresent() ? "user" : "password-file",
          "user and password-file go together, or are both left out");
    }
    Optional<Path> trust = section.optional("trust", Formats.path(folder));
    List<Duration> reminders = reminders(section);
    section.close();
    return server.isEmpty() || from.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new MailConfig(
                server.get(),
                from.get(),
                user.flatMap(name -> passwordFile.map(file -> new MailConfig.Login(name, file))),
                trust,
                reminders));
  }

  private static List<Duration> reminders(Section section) {
    if (section.find("reminders").isEmpty()) {
      return USUAL;
    }
    List<Duration> steps = section.list("reminders", Formats.duration(SHORTEST, LONGEST));
    if (steps.isEmpty()
        && section.find("reminders").map(Value::itemsOrOne).orElse(List.of()).isEmpty()) {
      section.problem("reminders", "name one at least; without mail, none are sent");
    }
    if (steps.size() > MOST) {
      section.problem("reminders", "ten at most");
    }
    if (new HashSet<>(steps).size() < steps.size()) {
      section.problem("reminders", "one of them stands there twice");
    }
    return steps.stream().sorted(Comparator.reverseOrder()).toList();
  }
}
