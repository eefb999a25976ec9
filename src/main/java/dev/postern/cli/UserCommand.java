package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.console.Views;
import dev.postern.ledger.UserChange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern user}: who may be let in. */
@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "The people and devices that certificates are for.",
    footer = {
      "",
      "Example:  postern user add alice --display-name \"Alice Smith\" --email alice@example.com"
          + " --group staff",
      "          postern user disable alice        # refused from the next request on"
    })
final class UserCommand {
  private final Terminal terminal;

  UserCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(name = "add", mixinStandardHelpOptions = true, description = "Add a user.")
  int add(
      @Mixin WorkspaceOptions where,
      @Parameters(
              paramLabel = "NAME",
              description = "Forever: 1 to 64 letters, digits, and . _ - @")
          String name,
      @Option(
              names = "--display-name",
              paramLabel = "TEXT",
              description = "As certificates and pages say it.")
          @Nullable String displayName,
      @Option(
              names = "--email",
              paramLabel = "ADDRESS",
              description = "Stands in the certificates.")
          @Nullable String email,
      @Option(names = "--group", paramLabel = "GROUP", description = "A group; may be repeated.")
          @Nullable List<String> groups,
      @Mixin Result result) {
    String shown = displayName == null ? User.displayNameOf(name) : displayName;
    try (var workspace = Workspace.openLedger(where, terminal)) {
      var user =
          new User(
              name,
              shown,
              Optional.ofNullable(email),
              new LinkedHashSet<>(groups == null ? List.of() : groups),
              User.State.ENABLED);
      Set<String> before = workspace.users().groupSizes().keySet();
      User added = done(workspace.users().add(user, workspace.requester()));
      result.tell(terminal, () -> Views.json(added), () -> terminal.print("Added " + text(added)));
      GroupCommand.sayNew(added.groups(), before, terminal);
    }
    return 0;
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description =
          "Change a display name or e-mail address. Certificates that were issued keep theirs.")
  int set(
      @Mixin WorkspaceOptions where,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--display-name",
              paramLabel = "TEXT",
              description = "As certificates and pages say it.")
          @Nullable String displayName,
      @Option(
              names = "--email",
              paramLabel = "ADDRESS",
              description = "Stands in the certificates; - for none.")
          @Nullable String email,
      @Mixin Result result) {
    if (displayName == null && email == null) {
      throw CommandFailure.usage("say what to change: --display-name or --email");
    }
    try (var workspace = Workspace.openLedger(where, terminal)) {
      User user = workspace.user(name);
      Optional<String> address =
          email == null ? user.email() : Optional.of(email).filter(text -> !text.equals("-"));
      String shown = displayName == null ? user.displayName() : displayName;
      User changed =
          done(workspace.users().describe(user.name(), shown, address, workspace.requester()));
      result.tell(
          terminal, () -> Views.json(changed), () -> terminal.print("Changed " + text(changed)));
    }
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List the users.")
  int list(
      @Mixin WorkspaceOptions where,
      @Option(names = "--group", paramLabel = "GROUP", description = "Only its members.")
          @Nullable String group,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      List<User> users =
          workspace.users().all().stream()
              .filter(user -> group == null || user.groups().contains(group))
              .toList();
      if (json) {
        terminal.print(Json.write(users.stream().map(Views::json).toList()));
      } else if (users.isEmpty()) {
        terminal.print("No users yet. postern user add NAME adds one.");
      } else {
        var table = new Table("NAME", "DISPLAY NAME", "E-MAIL", "GROUPS", "STATE");
        users.forEach(user ->
            table.row(
                user.name(),
                user.displayName(),
                user.email().orElse("-"),
                String.join(",", user.groups().stream().sorted().toList()),
                state(user)));
        table.print(terminal);
      }
    }
    return 0;
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show one user.")
  int show(
      @Mixin WorkspaceOptions where,
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      User user = workspace.user(name);
      terminal.print(json ? Json.write(Views.json(user)) : text(user));
    }
    return 0;
  }

  @Command(
      name = "disable",
      mixinStandardHelpOptions = true,
      description =
          "Close the door to a user: every certificate of theirs is refused from the next request"
              + " on.")
  int disable(
      @Mixin WorkspaceOptions where,
      @Parameters(paramLabel = "NAME") String name,
      @Mixin Result result) {
    return change(
        where,
        result,
        "Refused from the next request on: ",
        w -> w.users().disable(name, w.requester()));
  }

  @Command(
      name = "enable",
      mixinStandardHelpOptions = true,
      description = "Open the door to a user again.")
  int enable(
      @Mixin WorkspaceOptions where,
      @Parameters(paramLabel = "NAME") String name,
      @Mixin Result result) {
    return change(where, result, "May enter again: ", w -> w.users().enable(name, w.requester()));
  }

  private int change(
      WorkspaceOptions where, Result result, String verb, Function<Workspace, UserChange> change) {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      User user = done(change.apply(workspace));
      result.tell(terminal, () -> Views.json(user), () -> terminal.print(verb + text(user)));
      ConsoleDoor.warn(workspace, terminal);
    }
    return 0;
  }

  static User done(UserChange change) {
    return switch (change) {
      case UserChange.Done(User user) -> user;
      case UserChange.Refused(String reason) -> throw CommandFailure.refused(reason);
    };
  }

  static String text(User user) {
    List<String> parts = new ArrayList<>();
    parts.add(user.name() + " (" + user.displayName() + ")");
    user.email().ifPresent(parts::add);
    parts.add(
        user.groups().isEmpty()
            ? "no groups"
            : "groups " + String.join(", ", user.groups().stream().sorted().toList()));
    parts.add(state(user));
    return String.join(", ", parts);
  }

  private static String state(User user) {
    return user.state().name().toLowerCase(Locale.ROOT);
  }
}
