package dev.postern.ledger;

import dev.postern.access.User;
import dev.postern.authority.Requester;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;

/**
 * Users and their groups. Names and e-mail addresses are told apart without case. Nobody is ever
 * deleted: a name in an old certificate must not come to mean somebody else.
 */
public final class Users {
  private static final String ALL =
      "select u.name, u.display_name, u.email, u.state, g.name as group_name from users u"
          + " left join memberships m on m.user_key = u.name_key"
          + " left join groups g on g.name_key = m.group_key";

  private final Database database;
  private final InstantSource clock;

  Users(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Everybody, by name; one query, so it is one moment's truth. */
  public List<User> all() {
    return database.read(handle -> users(handle, "", Map.of()));
  }

  public Optional<User> named(String name) {
    return database.read(handle -> named(handle, name));
  }

  public Optional<User> withEmail(String address) {
    return database.read(handle ->
        users(handle, " where u.email_key = :email", Map.of("email", Fold.ascii(address))).stream()
            .findFirst());
  }

  /** Some of them, by name. */
  public List<User> list(UserQuery query) {
    StringBuilder conditions = new StringBuilder(" where n.name_key > :after");
    Map<String, Object> values = new HashMap<>();
    values.put("after", query.after().map(Fold::ascii).orElse(""));
    query
        .state()
        .ifPresent(state -> {
          conditions.append(" and n.state = :state");
          values.put("state", state.name());
        });
    query
        .group()
        .ifPresent(group -> {
          conditions.append(
              " and exists (select 1 from memberships o where o.user_key = n.name_key"
                  + " and o.group_key = :group)");
          values.put("group", Fold.ascii(group));
        });
    query
        .text()
        .ifPresent(text -> {
          conditions.append(
              " and (n.name_key like :text escape '!' or n.email_key like :text escape '!'"
                  + " or lower(n.display_name) like :text escape '!')");
          values.put("text", "%" + escaped(Fold.ascii(text)) + "%");
        });
    values.put("limit", query.limit());
    return database.read(handle ->
        users(
            handle,
            " where u.name_key in (select n.name_key from users n"
                + conditions
                + " order by n.name_key limit :limit)",
            values));
  }

  private static String escaped(String text) {
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }

  /** How many there are. */
  public long count() {
    return database.read(
        handle -> handle.createQuery("select count(*) from users").mapTo(Long.class).one());
  }

  /** Each group that somebody is in, with how many are. */
  public Map<String, Integer> groupSizes() {
    return database.read(handle -> {
      Map<String, Integer> sizes = new TreeMap<>();
      handle
          .createQuery(
              "select g.name, m.members from groups g join (select group_key, count(*) as members"
                  + " from memberships group by group_key) m on m.group_key = g.name_key")
          .map((row, _) -> Map.entry(row.getString("name"), row.getInt("members")))
          .forEach(each -> sizes.put(each.getKey(), each.getValue()));
      return sizes;
    });
  }

  /** Each group with the names of its members. */
  public Map<String, Set<String>> groups() {
    return database.read(handle -> {
      Map<String, Set<String>> groups = new TreeMap<>();
      handle
          .createQuery(
              "select g.name as group_name, u.name from groups g"
                  + " left join memberships m on m.group_key = g.name_key"
                  + " left join users u on u.name_key = m.user_key")
          .map((row, _) ->
              new Membership(
                  row.getString("group_name"), Optional.ofNullable(row.getString("name"))))
          .forEach(membership -> {
            Set<String> members = groups.computeIfAbsent(membership.group(), _ -> new TreeSet<>());
            membership.user().ifPresent(members::add);
          });
      return groups;
    });
  }

  private record Membership(String group, Optional<String> user) {}

  /** A new user; groups that are new are made with it. */
  public UserChange add(User user, Requester requester) {
    Optional<String> problem = UserRules.problem(user);
    if (problem.isPresent()) {
      return new UserChange.Refused(problem.get());
    }
    Instant now = clock.instant();
    return database.write(handle -> {
      Optional<User> namesake = named(handle, user.name());
      if (namesake.isPresent()) {
        return new UserChange.Refused("there is a user " + namesake.get().name() + " already");
      }
      Optional<UserChange> taken = emailTaken(handle, user);
      if (taken.isPresent()) {
        return taken.get();
      }
      handle.execute(
          "insert into users (name_key, name, display_name, email, email_key, state,"
              + " created_at) values (?, ?, ?, ?, ?, ?, ?)",
          Fold.ascii(user.name()),
          user.name(),
          user.displayName(),
          user.email().orElse(null),
          user.email().map(Fold::ascii).orElse(null),
          user.state().name(),
          now.toEpochMilli());
      setGroups(handle, user, now);
      return done(handle, "user.added", user, requester, now);
    });
  }

  /** All of {@code rows} or none; {@code progress} hears how many are written. */
  public UserImport.Outcome addAll(
      List<UserImport.Row> rows,
      UserImport.Existing existing,
      Requester requester,
      IntConsumer progress) {
    Instant now = clock.instant();
    return database.write(handle -> {
      var plan = UserImport.plan(handle, rows, existing);
      UserImport.Outcome outcome = plan.outcome();
      if (outcome instanceof UserImport.Outcome.Done) {
        plan.write(handle, requester, now, progress);
      }
      return outcome;
    });
  }

  /** What {@link #addAll} would come to. */
  public UserImport.Outcome tryAll(List<UserImport.Row> rows, UserImport.Existing existing) {
    return database.read(handle -> UserImport.plan(handle, rows, existing).outcome());
  }

  /** A disabled user's next request is refused, whatever certificate comes with it. */
  public UserChange disable(String name, Requester requester) {
    return change(name, "user.disabled", requester, user -> withState(user, User.State.DISABLED));
  }

  public UserChange enable(String name, Requester requester) {
    return change(name, "user.enabled", requester, user -> withState(user, User.State.ENABLED));
  }

  /** Exactly these groups from now on. */
  public UserChange setGroups(String name, Set<String> groups, Requester requester) {
    return change(name, "user.groups", requester, user -> withGroups(user, groups));
  }

  public UserChange addToGroup(String name, String group, Requester requester) {
    return change(
        name,
        "user.groups",
        requester,
        user -> {
          Set<String> groups = new TreeSet<>(user.groups());
          groups.add(group);
          return withGroups(user, groups);
        });
  }

  public UserChange removeFromGroup(String name, String group, Requester requester) {
    return change(
        name,
        "user.groups",
        requester,
        user -> {
          Set<String> groups = new TreeSet<>(user.groups());
          groups.removeIf(existing -> Fold.ascii(existing).equals(Fold.ascii(group)));
          return withGroups(user, groups);
        });
  }

  /** The name stays; what is shown, and where mail goes, may change. */
  public UserChange describe(
      String name, String displayName, Optional<String> email, Requester requester) {
    return change(
        name,
        "user.described",
        requester,
        user -> new User(user.name(), displayName, email, user.groups(), user.state()));
  }

  /**
   * Makes one thing of a user another, unless somebody else changed the user meanwhile: {@code
   * before} is what the caller saw. Empty when it is no longer so, and nothing is changed.
   */
  public Optional<UserChange> replace(User before, User after, Requester requester) {
    Optional<String> problem = UserRules.problem(after);
    if (problem.isPresent()) {
      return Optional.of(new UserChange.Refused(problem.get()));
    }
    Instant now = clock.instant();
    return database.write(handle -> {
      if (!named(handle, before.name()).equals(Optional.of(before))) {
        return Optional.empty();
      }
      Optional<UserChange> taken = emailTaken(handle, after);
      if (taken.isPresent()) {
        return taken;
      }
      UserChange done = new UserChange.Done(before);
      for (String kind : kinds(before, after)) {
        write(handle, after, now);
        done = done(handle, kind, after, requester, now);
      }
      return Optional.of(done);
    });
  }

  /** The names of the events that make {@code after} of {@code before}. */
  private static List<String> kinds(User before, User after) {
    List<String> kinds = new ArrayList<>();
    if (!before.displayName().equals(after.displayName())
        || !before.email().equals(after.email())) {
      kinds.add("user.described");
    }
    if (!before.groups().equals(after.groups())) {
      kinds.add("user.groups");
    }
    if (before.state() != after.state()) {
      kinds.add(after.state() == User.State.ENABLED ? "user.enabled" : "user.disabled");
    }
    return kinds;
  }

  private static User withState(User user, User.State state) {
    return new User(user.name(), user.displayName(), user.email(), user.groups(), state);
  }

  private static User withGroups(User user, Set<String> groups) {
    return new User(user.name(), user.displayName(), user.email(), groups, user.state());
  }

  private UserChange change(
      String name, String kind, Requester requester, Function<User, User> change) {
    Instant now = clock.instant();
    return database.write(handle -> {
      Optional<User> before = named(handle, name);
      if (before.isEmpty()) {
        return new UserChange.Refused("there is no user " + name);
      }
      User after = change.apply(before.get());
      if (after.equals(before.get())) {
        return new UserChange.Done(after);
      }
      Optional<String> problem = UserRules.problem(after);
      if (problem.isPresent()) {
        return new UserChange.Refused(problem.get());
      }
      Optional<UserChange> taken = emailTaken(handle, after);
      if (taken.isPresent()) {
        return taken.get();
      }
      write(handle, after, now);
      return done(handle, kind, after, requester, now);
    });
  }

  private static void write(Handle handle, User after, Instant now) {
    handle.execute(
        "update users set display_name = ?, email = ?, email_key = ?, state = ?"
            + " where name_key = ?",
        after.displayName(),
        after.email().orElse(null),
        after.email().map(Fold::ascii).orElse(null),
        after.state().name(),
        Fold.ascii(after.name()));
    setGroups(handle, after, now);
  }

  private static Optional<UserChange> emailTaken(Handle handle, User user) {
    if (user.email().isEmpty()) {
      return Optional.empty();
    }
    return users(
            handle,
            " where u.email_key = :email and u.name_key <> :name",
            Map.of("email", Fold.ascii(user.email().get()), "name", Fold.ascii(user.name())))
        .stream()
        .findFirst()
        .map(other ->
            new UserChange.Refused(
                "the e-mail address " + user.email().get() + " is " + other.name() + "'s"));
  }

  private static void setGroups(Handle handle, User user, Instant now) {
    String userKey = Fold.ascii(user.name());
    handle.execute("delete from memberships where user_key = ?", userKey);
    for (String group : user.groups()) {
      String groupKey = Fold.ascii(group);
      handle.execute(
          "insert into groups (name_key, name, created_at) values (?, ?, ?)"
              + " on conflict (name_key) do nothing",
          groupKey,
          group,
          now.toEpochMilli());
      handle.execute(
          "insert into memberships (user_key, group_key) values (?, ?)"
              + " on conflict (user_key, group_key) do nothing",
          userKey,
          groupKey);
    }
  }

  /** Reads the user again: groups take the spelling of those that exist. */
  private static UserChange done(
      Handle handle, String kind, User user, Requester requester, Instant now) {
    User stored =
        named(handle, user.name())
            .orElseThrow(() -> new IllegalStateException("written and not there"));
    Database.record(handle, Event.of(kind, stored.name(), detail(stored), requester, now));
    return new UserChange.Done(stored);
  }

  /** What an event says of a user. */
  static Map<String, String> detail(User user) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("displayName", user.displayName());
    detail.put("email", user.email().orElse(""));
    detail.put("state", user.state().name());
    detail.put("groups", String.join(",", new TreeSet<>(user.groups())));
    return detail;
  }

  private static Optional<User> named(Handle handle, String name) {
    return users(handle, " where u.name_key = :name", Map.of("name", Fold.ascii(name))).stream()
        .findFirst();
  }

  static List<User> users(Handle handle, String condition, Map<String, ?> values) {
    Map<String, User> users = new LinkedHashMap<>();
    handle
        .createQuery(ALL + condition + " order by u.name_key, g.name")
        .bindMap(values)
        .map((row, _) ->
            new User(
                row.getString("name"),
                row.getString("display_name"),
                Optional.ofNullable(row.getString("email")),
                Optional.ofNullable(row.getString("group_name")).map(Set::of).orElse(Set.of()),
                User.State.valueOf(row.getString("state"))))
        .forEach(user -> users.merge(user.name(), user, Users::joined));
    return new ArrayList<>(users.values());
  }

  private static User joined(User one, User other) {
    Set<String> groups = new TreeSet<>(one.groups());
    groups.addAll(other.groups());
    return withGroups(one, groups);
  }
}
