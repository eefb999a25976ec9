package dev.postern.ledger;

import dev.postern.access.User;
import dev.postern.authority.Requester;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;

/** Many users at once, out of a list that somebody else keeps: all of them or none. */
public final class UserImport {
  /**
   * A user as the list has it.
   *
   * @param line where it stands there, for people
   * @param displayName empty: the one there is, or one made of the name
   * @param email empty: the one there is, if any
   * @param groups in which the user shall be; those it is in already stay
   */
  public record Row(
      int line,
      String name,
      Optional<String> displayName,
      Optional<String> email,
      Set<String> groups) {
    public Row {
      groups = Set.copyOf(groups);
    }
  }

  /** What to do with users that exist already. */
  public enum Existing {
    REFUSE,
    UPDATE
  }

  /** What came of it. */
  public sealed interface Outcome {
    record Done(int added, int changed, int unchanged) implements Outcome {}

    /** Nothing was changed; in the order of lines. */
    record Refused(List<Problem> problems) implements Outcome {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /** A sentence about one line. */
  public record Problem(int line, String reason) {}

  private final Map<String, User> known = new HashMap<>();
  private final Map<String, String> groups = new HashMap<>();
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<User> added = new ArrayList<>();
  private final List<User> changed = new ArrayList<>();
  private int unchanged;

  private UserImport() {}

  /** What importing {@code rows} would come to; writes nothing. */
  static UserImport plan(Handle handle, List<Row> rows, Existing existing) {
    var plan = new UserImport();
    Users.users(handle, "", Map.of())
        .forEach(user -> plan.known.put(Fold.ascii(user.name()), user));
    handle
        .createQuery("select name from groups")
        .mapTo(String.class)
        .forEach(group -> plan.groups.put(Fold.ascii(group), group));
    rows.forEach(row -> plan.take(row, existing));
    plan.refuseSharedAddresses();
    return plan;
  }

  private void take(Row row, Existing existing) {
    String key = Fold.ascii(row.name());
    Row twin = rows.putIfAbsent(key, row);
    if (twin != null) {
      problem(row, "user " + row.name() + " stands in line " + twin.line() + " already");
      return;
    }
    Optional<User> before = Optional.ofNullable(known.get(key));
    if (before.isPresent() && existing == Existing.REFUSE) {
      problem(row, "there is a user " + before.get().name() + " already");
      return;
    }
    User after = before.map(user -> updated(user, row)).orElseGet(() -> newcomer(row));
    UserRules.problems(after).forEach(reason -> problem(row, reason));
    if (before.isEmpty()) {
      added.add(after);
    } else if (after.equals(before.get())) {
      unchanged++;
    } else {
      changed.add(after);
    }
  }

  private User newcomer(Row row) {
    return new User(
        row.name(),
        row.displayName().orElseGet(() -> User.displayNameOf(row.name())),
        row.email(),
        spelled(row.groups()),
        User.State.ENABLED);
  }

  private User updated(User user, Row row) {
    Set<String> all = new LinkedHashSet<>(user.groups());
    all.addAll(spelled(row.groups()));
    return new User(
        user.name(),
        row.displayName().orElse(user.displayName()),
        row.email().or(user::email),
        all,
        user.state());
  }

  /** Groups take the spelling of those that exist, or of where they came first. */
  private Set<String> spelled(Set<String> names) {
    Set<String> spelled = new LinkedHashSet<>();
    for (String name : names) {
      String key = Fold.ascii(name);
      groups.putIfAbsent(key, name);
      spelled.add(groups.getOrDefault(key, name));
    }
    return spelled;
  }

  /** An address belongs to one user, as things will stand at the end. */
  private void refuseSharedAddresses() {
    Map<String, User> after = new HashMap<>(known);
    added.forEach(user -> after.put(Fold.ascii(user.name()), user));
    changed.forEach(user -> after.put(Fold.ascii(user.name()), user));
    Map<String, String> owners = new HashMap<>();
    after.forEach((key, user) -> {
      if (!rows.containsKey(key)) {
        user.email().ifPresent(email -> owners.put(Fold.ascii(email), user.name() + "'s"));
      }
    });
    rows.forEach((key, row) -> {
      Optional<String> email = Optional.ofNullable(after.get(key)).flatMap(User::email);
      if (email.isPresent()) {
        String owner = owners.putIfAbsent(Fold.ascii(email.get()), "in line " + row.line());
        if (owner != null) {
          problem(row, "the e-mail address " + email.get() + " is " + owner + " already");
        }
      }
    });
  }

  private void problem(Row row, String reason) {
    problems.add(new Problem(row.line(), reason));
  }

  Outcome outcome() {
    if (problems.isEmpty()) {
      return new Outcome.Done(added.size(), changed.size(), unchanged);
    }
    problems.sort(Comparator.comparingInt(Problem::line));
    return new Outcome.Refused(problems);
  }

  /** Does it; {@code progress} hears how many users are done. */
  void write(Handle handle, Requester requester, Instant now, IntConsumer progress)
      throws SQLException {
    newGroups(handle, now);
    int done = 0;
    for (List<User> some : parts(added)) {
      insert(handle, some, now);
      join(handle, some);
      record(handle, "user.added", some, requester, now);
      done += some.size();
      progress.accept(done);
    }
    freeAddresses(handle);
    for (List<User> some : parts(changed)) {
      update(handle, some);
      join(handle, some);
      record(handle, "user.imported", some, requester, now);
      done += some.size();
      progress.accept(done);
    }
  }

  private static List<List<User>> parts(List<User> all) {
    List<List<User>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += Rows.TOGETHER) {
      parts.add(all.subList(from, Math.min(all.size(), from + Rows.TOGETHER)));
    }
    return parts;
  }

  private void newGroups(Handle handle, Instant now) throws SQLException {
    try (var rows =
        new Rows(
            handle,
            "insert into groups (name_key, name, created_at) values (?, ?, ?)"
                + " on conflict (name_key) do nothing")) {
      for (var group : groups.entrySet()) {
        rows.add(group.getKey(), group.getValue(), now.toEpochMilli());
      }
      rows.finish();
    }
  }

  private static void insert(Handle handle, List<User> users, Instant now) throws SQLException {
    try (var rows =
        new Rows(
            handle,
            "insert into users (name_key, name, display_name, email, email_key, state,"
                + " created_at) values (?, ?, ?, ?, ?, ?, ?)")) {
      for (User user : users) {
        rows.add(
            Fold.ascii(user.name()),
            user.name(),
            user.displayName(),
            user.email().orElse(null),
            user.email().map(Fold::ascii).orElse(null),
            user.state().name(),
            now.toEpochMilli());
      }
      rows.finish();
    }
  }

  /** Two users may swap addresses: each is free before it is given again. */
  private void freeAddresses(Handle handle) throws SQLException {
    try (var rows = new Rows(handle, "update users set email_key = null where name_key = ?")) {
      for (User user : changed) {
        rows.add(Fold.ascii(user.name()));
      }
      rows.finish();
    }
  }

  private static void update(Handle handle, List<User> users) throws SQLException {
    try (var rows =
        new Rows(
            handle,
            "update users set display_name = ?, email = ?, email_key = ? where name_key = ?")) {
      for (User user : users) {
        rows.add(
            user.displayName(),
            user.email().orElse(null),
            user.email().map(Fold::ascii).orElse(null),
            Fold.ascii(user.name()));
      }
      rows.finish();
    }
  }

  private static void join(Handle handle, List<User> users) throws SQLException {
    try (var rows =
        new Rows(
            handle,
            "insert into memberships (user_key, group_key) values (?, ?)"
                + " on conflict (user_key, group_key) do nothing")) {
      for (User user : users) {
        for (String group : user.groups()) {
          rows.add(Fold.ascii(user.name()), Fold.ascii(group));
        }
      }
      rows.finish();
    }
  }

  private static void record(
      Handle handle, String kind, List<User> users, Requester requester, Instant now)
      throws SQLException {
    Database.record(
        handle,
        users.stream()
            .map(user -> Event.of(kind, user.name(), Users.detail(user), requester, now))
            .toList());
  }
}
