package dev.postern.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.postern.access.Rule.Who;
import dev.postern.access.User;
import dev.postern.enrol.InvitationDesk;
import dev.postern.enrol.InvitationDesk.Outcome.Invited;
import dev.postern.ledger.Invitations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The enabled members of a group, or all enabled users, invited together. */
final class Invitees {
  private static final CsvSchema COLUMNS =
      CsvSchema.builder()
          .addColumn("user")
          .addColumn("display_name")
          .addColumn("email")
          .addColumn("link")
          .addColumn("expires")
          .build()
          .withHeader();

  private final Workspace workspace;

  /** By name, in its order. */
  private final Map<String, User> users = new LinkedHashMap<>();

  private Invitees(Workspace workspace, List<User> users) {
    this.workspace = workspace;
    users.forEach(user -> this.users.put(user.name(), user));
  }

  /** {@code who} as rules write it: {@code users} or {@code group:NAME}. */
  static Invitees of(Workspace workspace, String who) {
    List<User> enabled =
        workspace.users().all().stream()
            .filter(user -> user.state() == User.State.ENABLED)
            .filter(members(workspace, who))
            .toList();
    if (enabled.isEmpty()) {
      throw CommandFailure.refused("nobody in " + who + " is an enabled user");
    }
    return new Invitees(workspace, enabled);
  }

  private static Predicate<User> members(Workspace workspace, String who) {
    Who parsed;
    try {
      parsed = Who.parse(who);
    } catch (IllegalArgumentException e) {
      throw wrong(who);
    }
    return switch (parsed) {
      case Who.AnyUser() -> _ -> true;
      case Who.Group(String name) -> {
        Map<String, Set<String>> groups = workspace.users().groups();
        if (!groups.containsKey(name)) {
          throw CommandFailure.refused("there is no group " + name);
        }
        Set<String> names = groups.getOrDefault(name, Set.of());
        yield user -> names.contains(user.name());
      }
      case Who.Anyone(), Who.Nobody(), Who.NamedUser(_) -> throw wrong(who);
    };
  }

  private static CommandFailure wrong(String who) {
    return CommandFailure.usage("--all-of is users or group:NAME, not " + who);
  }

  int size() {
    return users.size();
  }

  /** Those who are not among {@code invited}, by name. */
  List<String> skipped(List<Invited> invited) {
    Set<String> served =
        invited.stream().map(each -> each.invitation().user()).collect(Collectors.toSet());
    return users.keySet().stream().filter(name -> !served.contains(name)).sorted().toList();
  }

  /** Invites them; with {@code file} only if it can be written, and then it is. */
  List<Invited> invite(
      Duration validity, Invitations.Open open, Optional<OutputFile> file, Progress progress) {
    InvitationDesk desk = InviteCommand.desk(workspace);
    var many = new InvitationDesk.Many(List.copyOf(users.values()), validity, open);
    boolean done = false;
    try {
      List<Invited> invited =
          desk.inviteAll(
              many,
              workspace.requester(),
              progress,
              made -> file.filter(_ -> !made.isEmpty()).ifPresent(out -> out.commit(csv(made))));
      done = true;
      return invited;
    } finally {
      if (!done) {
        file.ifPresent(OutputFile::takeBack);
      }
    }
  }

  /** Spreadsheets take what begins so for a formula, which could send the links elsewhere. */
  private static String harmless(String text) {
    return text.matches("(?s)[=+@\\t\\r-].*") ? "'" + text : text;
  }

  private byte[] csv(List<Invited> invited) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Invited each : invited) {
      User user = Objects.requireNonNull(users.get(each.invitation().user()));
      rows.add(
          Map.of(
              "user", user.name(),
              "display_name", harmless(user.displayName()),
              "email", harmless(user.email().orElse("")),
              "link", each.link(),
              "expires", each.invitation().expiresAt().toString()));
    }
    try {
      return CsvMapper.builder()
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING) // else all long fields have quotes
          .build()
          .writer(COLUMNS)
          .writeValueAsString(rows)
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of text are always rows", e);
    }
  }
}
