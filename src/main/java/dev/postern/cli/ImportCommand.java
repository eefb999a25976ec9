package dev.postern.cli;

import dev.postern.access.Role;
import dev.postern.ledger.UserImport;
import dev.postern.ledger.UserImport.Existing;
import dev.postern.ledger.UserImport.Outcome;
import dev.postern.ledger.UserImport.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern import}: many users at once. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Add the users of a CSV file: all of them, or none when anything is wrong with one.",
      "Its first line names the columns: name, display_name, email, groups (several with ; or",
      "spaces between). Only name is needed."
    },
    footer = {
      "",
      "Example:  postern import users.csv --dry-run",
      "          postern import users.csv --update",
      "A file:   name,display_name,email,groups",
      "          alice,Alice Smith,alice@example.com,staff;admins",
      "          bob,\"Jones, Bob\",bob@example.com,staff"
    })
final class ImportCommand implements Callable<Integer> {
  private static final int PROBLEMS_SHOWN = 200;

  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(paramLabel = "FILE", description = "The CSV file, in UTF-8; - is standard input.")
  private Path file = Path.of("-");

  @Option(
      names = "--update",
      description =
          "Users that exist get the file's display name and e-mail address, and join its groups"
              + " (default: they are a problem). An empty field changes nothing.")
  private boolean update;

  @Option(
      names = "--roles",
      description =
          "The file may make administrators and auditors of the console (groups postern-admins and"
              + " postern-auditors; default: such lines are a problem).")
  private boolean roles;

  @Option(names = "--dry-run", description = "Only say what would be done.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    String source = file.toString().equals("-") ? "standard input" : file.toString();
    UsersCsv.Content content = withoutRoles(UsersCsv.read(source, bytes(source)));
    Existing existing = update ? Existing.UPDATE : Existing.REFUSE;
    try (var workspace = Workspace.open(where, terminal)) {
      boolean tried = dryRun || !content.problems().isEmpty();
      switch (tried
          ? workspace.users().tryAll(content.rows(), existing)
          : imported(workspace, content.rows(), existing)) {
        case Outcome.Refused(List<Problem> problems) ->
            throw refused(source, content.problems(), problems);
        case Outcome.Done done -> {
          if (!content.problems().isEmpty()) {
            throw refused(source, content.problems(), List.of());
          }
          say(source, done);
        }
      }
    }
    return 0;
  }

  /** A line that gives somebody a role is a problem, unless that is wished. */
  private UsersCsv.Content withoutRoles(UsersCsv.Content content) {
    List<Problem> problems = new ArrayList<>(content.problems());
    for (UserImport.Row row : content.rows()) {
      for (Role role : Role.values()) {
        if (!roles && row.groups().stream().anyMatch(role.group()::equalsIgnoreCase)) {
          problems.add(
              new Problem(
                  row.line(),
                  row.name() + " would be in " + role.group() + "; --roles allows that"));
        }
      }
    }
    return new UsersCsv.Content(content.rows(), problems);
  }

  private Outcome imported(Workspace workspace, List<UserImport.Row> rows, Existing existing) {
    try (var progress = terminal.progress("Importing", rows.size())) {
      return workspace.users().addAll(rows, existing, workspace.requester(), progress);
    }
  }

  private byte[] bytes(String source) {
    if (!file.toString().equals("-")) {
      return InputFile.read(file, UsersCsv.MAX_SIZE);
    }
    try {
      byte[] bytes = terminal.in().readNBytes(UsersCsv.MAX_SIZE + 1);
      if (bytes.length > UsersCsv.MAX_SIZE) {
        throw CommandFailure.usage(source + " is longer than " + UsersCsv.MAX_SIZE + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw CommandFailure.usage(source + " cannot be read: " + e.getMessage());
    }
  }

  private static CommandFailure refused(String source, List<Problem> some, List<Problem> more) {
    List<Problem> all = new ArrayList<>(some);
    all.addAll(more);
    all.sort(Comparator.comparingInt(Problem::line));
    List<String> lines = new ArrayList<>();
    all.stream()
        .limit(PROBLEMS_SHOWN)
        .map(problem -> source + ": line " + problem.line() + ": " + problem.reason())
        .forEach(lines::add);
    if (all.size() > PROBLEMS_SHOWN) {
      lines.add("… and " + (all.size() - PROBLEMS_SHOWN) + " more");
    }
    lines.add("nothing was imported");
    return CommandFailure.refused(lines);
  }

  private void say(String source, Outcome.Done done) {
    if (json) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("added", done.added());
      map.put("changed", done.changed());
      map.put("unchanged", done.unchanged());
      map.put("dryRun", dryRun);
      terminal.print(Json.write(map));
      return;
    }
    terminal.print(
        (dryRun ? "Would import " : "Imported ")
            + source
            + ": "
            + done.added()
            + " added, "
            + done.changed()
            + " changed, "
            + done.unchanged()
            + " as before"
            + (dryRun ? " (nothing was written)" : ""));
    if (!dryRun && done.added() > 0) {
      terminal.remark(
          "Next:  postern invite --all-of group:GROUP --out links.csv, or postern invite NAME");
    }
  }
}
