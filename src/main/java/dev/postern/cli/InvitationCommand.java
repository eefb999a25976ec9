package dev.postern.cli;

import dev.postern.console.Views;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.ledger.Invitations.Withdrawal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern invitation}: what became of the links. */
@Command(
    name = "invitation",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "The invitations that postern invite and the console made.",
    footer = {
      "",
      "Example:  postern invitation list --user alice",
      "          postern invitation withdraw 4f3a09bc12de"
    })
final class InvitationCommand {
  private final Terminal terminal;

  InvitationCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List them, newest first; links are not known any more.")
  int list(
      @Mixin WorkspaceOptions where,
      @Option(names = "--user", paramLabel = "USER", description = "Only this user's.")
          @Nullable String user,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most so many (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    if (limit < 1 || limit > Invitations.MAX_LIMIT) {
      throw CommandFailure.usage("--limit is 1 to " + Invitations.MAX_LIMIT);
    }
    try (var workspace = Workspace.openLedger(where, terminal)) {
      List<Invitation> all =
          workspace.ledger().invitations().list(Optional.ofNullable(user), Optional.empty(), limit);
      if (json) {
        terminal.print(
            Json.write(all.stream().map(each -> Views.json(each, workspace.now())).toList()));
      } else if (all.isEmpty()) {
        terminal.print("No invitations. postern invite USER makes one.");
      } else {
        var table = new Table("ID", "USER", "DEVICE", "UNTIL", "STATE");
        all.forEach(each ->
            table.row(
                each.id(),
                each.user(),
                each.device().orElse("-"),
                InviteCommand.MOMENT.format(each.expiresAt()),
                each.word(workspace.now())));
        table.print(terminal);
      }
    }
    return 0;
  }

  @Command(
      name = "withdraw",
      mixinStandardHelpOptions = true,
      description = "Take an invitation back: its link is worth nothing from now on.")
  int withdraw(
      @Mixin WorkspaceOptions where,
      @Parameters(paramLabel = "ID", description = "As postern invitation list shows it.")
          String id,
      @Mixin Result result) {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      switch (workspace.ledger().invitations().withdraw(id, workspace.requester())) {
        case Withdrawal.Refused(String reason) -> throw CommandFailure.refused(reason);
        case Withdrawal.Done(Invitation invitation) ->
            result.tell(
                terminal,
                () -> Views.json(invitation, workspace.now()),
                () ->
                    terminal.print(
                        "Withdrawn: invitation " + invitation.id() + " of " + invitation.user()));
      }
    }
    return 0;
  }
}
