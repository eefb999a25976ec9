package dev.postern.cli;

import dev.postern.ledger.Reminder;
import dev.postern.ledger.Reminders;
import dev.postern.mail.Delivery;
import dev.postern.mail.Letter;
import dev.postern.mail.Mailbox;
import dev.postern.mail.ReminderRound.Outbox;
import dev.postern.mail.ReminderWriter;
import dev.postern.x509.Certificate;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern mail}: whether mail gets through, and which would go out. */
@Command(
    name = "mail",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Reminders by e-mail before a certificate ends, as mail: in the configuration has them.",
    footer = {
      "",
      "Example:  postern mail test alice@example.com",
      "          postern mail preview --json"
    })
final class MailCommand {
  private static final int MOST_SHOWN = 1000;
  private static final int MARK_BITS = 64;

  private final Terminal terminal;

  MailCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Send one test mail, and say what the mail server answered.",
      footer = {"", "Example:  postern mail test alice@example.com"})
  int test(
      @Mixin WorkspaceOptions where,
      @Parameters(paramLabel = "ADDRESS", description = "Who gets it.") String address) {
    try (var workspace = Workspace.open(where, terminal)) {
      Outbox outbox = outbox(workspace);
      Letter letter =
          outbox
              .writer()
              .test(mailbox(address), new BigInteger(MARK_BITS, new SecureRandom()).toString(16));
      String server = outbox.postman().server().text();
      switch (outbox.postman().deliver(letter)) {
        case Delivery.Accepted(String reply) ->
            terminal.print("Sent to " + letter.to().address() + " by " + server + ": " + reply);
        case Delivery.Refused(String reason) -> throw CommandFailure.refused(reason);
        case Delivery.Deferred(String reason) ->
            throw CommandFailure.refused(reason + " (for now; serve tries again later)");
        case Delivery.Unavailable(String reason) -> throw CommandFailure.fault(reason);
      }
    }
    return 0;
  }

  private static Mailbox mailbox(String address) {
    try {
      return Mailbox.parse(address);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  @Command(
      name = "preview",
      mixinStandardHelpOptions = true,
      description = "List the reminders that are due now; sends nothing.",
      footer = {"", "Example:  postern mail preview --json"})
  int preview(
      @Mixin WorkspaceOptions where,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var workspace = Workspace.open(where, terminal)) {
      List<Reminder> due = due(workspace);
      List<Reminder> shown = due.subList(0, Math.min(due.size(), MOST_SHOWN));
      if (json) {
        terminal.print(Json.write(shown.stream().map(MailCommand::json).toList()));
      } else if (shown.isEmpty()) {
        terminal.print("No reminder is due.");
      } else {
        var table = new Table("TO", "USER", "DEVICE", "ENDS", "STEP");
        shown.forEach(each ->
            table.row(
                each.email(),
                each.user(),
                ReminderWriter.device(each.certificate()),
                InviteCommand.MOMENT.format(each.certificate().notAfter()),
                each.before()));
        table.print(terminal);
      }
      if (due.size() > MOST_SHOWN) {
        terminal.remark("There are more; these are the first " + MOST_SHOWN + ".");
      }
    }
    return 0;
  }

  private static List<Reminder> due(Workspace workspace) {
    List<Reminder> due = new ArrayList<>();
    Reminders reminders = workspace.ledger().reminders();
    var steps = workspace.config().mail().orElseThrow(() -> noMail(workspace)).reminders();
    OptionalLong after = OptionalLong.of(0);
    while (after.isPresent() && due.size() <= MOST_SHOWN) {
      Reminders.Due page = reminders.due(steps, after.getAsLong());
      due.addAll(page.reminders());
      after = page.next();
    }
    return due;
  }

  private static Map<String, Object> json(Reminder reminder) {
    Certificate certificate = reminder.certificate();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("to", reminder.email());
    map.put("user", reminder.user());
    map.put("device", ReminderWriter.device(certificate));
    map.put("serial", certificate.serialNumber().hex());
    map.put("notAfter", certificate.notAfter().toString());
    map.put("before", reminder.before());
    return map;
  }

  private Outbox outbox(Workspace workspace) {
    return new Mailing(terminal, workspace.clock())
        .outbox(workspace.config())
        .orElseThrow(() -> noMail(workspace));
  }

  private static CommandFailure noMail(Workspace workspace) {
    return CommandFailure.usage(
        workspace.configFile() + " has no mail: in it, so no mail is ever sent");
  }
}
