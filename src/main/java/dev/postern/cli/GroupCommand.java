package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.config.Nearest;
import dev.postern.console.Views;
import dev.postern.ledger.UserChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern group}: what rules are written about. A group exists while somebody is in it. */
@Command(
    name = "group",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Who is in which group; rules allow groups.",
    footer = {"", "Example:  postern group add admins alice bob"})
final class GroupCommand {
  private final Terminal terminal;

  GroupCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(name = "add", mixinStandardHelpOptions = true, description = "Put users into a group.")
  int add(
      @Mixin WorkspaceOptions where,
      @Parameters(index = "0", paramLabel = "GROUP") String group,
      @Parameters(index = "1..*", arity = "1..*", paramLabel = "USER") List<String> users,
      @Mixin Result result) {
    return each(
        where,
        result,
        users,
        Set.of(group),
        (workspace, user) -> workspace.users().addToGroup(user, group, workspace.requester()));
  }

  /** A group is there as soon as somebody is in it, however it is spelt. */
  static void sayNew(Set<String> groups, Set<String> before, Terminal terminal) {
    groups.stream()
        .filter(group -> before.stream().noneMatch(group::equalsIgnoreCase))
        .sorted()
        .forEach(group ->
            terminal.remark(
                "Group " + group + " is new" + Nearest.question(group, before).orElse("")));
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Take users out of a group.")
  int remove(
      @Mixin WorkspaceOptions where,
      @Parameters(index = "0", paramLabel = "GROUP") String group,
      @Parameters(index = "1..*", arity = "1..*", paramLabel = "USER") List<String> users,
      @Mixin Result result) {
    return each(
        where,
        result,
        users,
        Set.of(),
        (workspace, user) -> workspace.users().removeFromGroup(user, group, workspace.requester()));
  }

  private int each(
      WorkspaceOptions where,
      Result result,
      List<String> users,
      Set<String> groups,
      BiFunction<Workspace, String, UserChange> change) {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      Set<String> before = workspace.users().groupSizes().keySet();
      List<User> changed =
          users.stream().map(user -> UserCommand.done(change.apply(workspace, user))).toList();
      result.tell(
          terminal,
          () -> changed.stream().map(Views::json).toList(),
          () -> changed.forEach(user -> terminal.print(UserCommand.text(user))));
      sayNew(groups, before, terminal);
      ConsoleDoor.warn(workspace, terminal);
    }
    return 0;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the groups and who is in them.")
  int list(
      @Mixin WorkspaceOptions where,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    Map<String, List<String>> groups = new TreeMap<>();
    try (var workspace = Workspace.openLedger(where, terminal)) {
      for (User user : workspace.users().all()) {
        user.groups()
            .forEach(
                group -> groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(user.name()));
      }
    }
    if (json) {
      terminal.print(Json.write(groups.entrySet().stream().map(GroupCommand::json).toList()));
    } else if (groups.isEmpty()) {
      terminal.print("No groups yet. postern group add GROUP USER makes one.");
    } else {
      var table = new Table("GROUP", "MEMBERS");
      groups.forEach((group, members) -> table.row(group, String.join(", ", members)));
      table.print(terminal);
    }
    return 0;
  }

  private static Map<String, Object> json(Map.Entry<String, List<String>> entry) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", entry.getKey());
    map.put("members", entry.getValue());
    return map;
  }
}
