package dev.postern.console;

import dev.postern.access.Role;
import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.ledger.UserChange;
import dev.postern.ledger.Users;
import dev.postern.web.Problem;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Adds and changes users, for REST and pages alike. */
final class People {
  private static final int ATTEMPTS = 5;

  private final Users users;

  People(Users users) {
    this.users = users;
  }

  /** What came of it. */
  sealed interface Outcome {
    record Done(User user) implements Outcome {}

    record Refused(Problem problem) implements Outcome {}
  }

  /** What becomes of a user; what is empty stays. An empty e-mail address takes it away. */
  record Edit(
      Optional<String> displayName,
      Optional<String> email,
      Optional<Set<String>> groups,
      Optional<User.State> state) {
    static final Edit NONE =
        new Edit(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    Edit state(User.State wanted) {
      return new Edit(displayName, email, groups, Optional.of(wanted));
    }

    User of(User user) {
      return new User(
          user.name(),
          displayName.orElse(user.displayName()),
          email.isEmpty() ? user.email() : email.filter(address -> !address.isBlank()),
          groups.orElse(user.groups()),
          state.orElse(user.state()));
    }
  }

  Outcome add(User user, Requester requester) {
    Optional<User> namesake = users.named(user.name());
    Optional<User> owner = user.email().flatMap(users::withEmail);
    return switch (users.add(user, requester)) {
      case UserChange.Done(User done) -> new Outcome.Done(done);
      case UserChange.Refused(String reason) ->
          refused(reason, namesake.isPresent() || owner.isPresent());
    };
  }

  /**
   * Changes a user.
   *
   * @param seen what the caller saw: anything else is told that it was overtaken
   * @param self who asks; nobody locks the door behind themselves
   */
  Outcome change(
      String name, Function<User, Boolean> seen, Edit edit, User self, Requester requester) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<User> known = users.named(name);
      if (known.isEmpty()) {
        return new Outcome.Refused(Refusal.notFound("there is no user " + name));
      }
      User before = known.get();
      if (!seen.apply(before)) {
        break;
      }
      User after = edit.of(before);
      if (before.name().equals(self.name()) && !isAdmin(after)) {
        return new Outcome.Refused(
            Refusal.conflict("you would lock yourself out; another administrator can do that"));
      }
      boolean taken =
          after
              .email()
              .flatMap(users::withEmail)
              .filter(owner -> !owner.name().equals(before.name()))
              .isPresent();
      Optional<UserChange> change = users.replace(before, after, requester);
      if (change.isPresent()) {
        return switch (change.get()) {
          case UserChange.Done(User done) -> new Outcome.Done(done);
          case UserChange.Refused(String reason) -> refused(reason, taken);
        };
      }
    }
    return new Outcome.Refused(Refusal.overtaken());
  }

  private static boolean isAdmin(User user) {
    return user.state() == User.State.ENABLED && user.groups().contains(Role.ADMIN.group());
  }

  private static Outcome refused(String reason, boolean conflict) {
    return new Outcome.Refused(conflict ? Refusal.conflict(reason) : Refusal.invalid(reason));
  }

  /** From {@code staff, admins}. */
  static Set<String> groups(String list) {
    Set<String> groups = new HashSet<>();
    for (String each : list.split("[,\\s]+")) {
      if (!each.isEmpty()) {
        groups.add(each);
      }
    }
    return groups;
  }
}
