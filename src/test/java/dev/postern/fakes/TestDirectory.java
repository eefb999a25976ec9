package dev.postern.fakes;

import dev.postern.access.Directory;
import dev.postern.access.User;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Users in memory; what is changed is seen by the next question. */
public final class TestDirectory implements Directory {
  private final Map<String, User> users = new ConcurrentHashMap<>();

  /** Adds an enabled user whose address is {@code NAME@example.com}. */
  public TestDirectory with(String name, String... groups) {
    users.put(
        name,
        new User(
            name, name, Optional.of(name + "@example.com"), Set.of(groups), User.State.ENABLED));
    return this;
  }

  public void disable(String name) {
    users.computeIfPresent(
        name,
        (_, user) ->
            new User(name, user.displayName(), user.email(), user.groups(), User.State.DISABLED));
  }

  @Override
  public Optional<User> named(String name) {
    return Optional.ofNullable(users.get(name));
  }

  @Override
  public Optional<User> withEmail(String address) {
    String folded = address.toLowerCase(Locale.ROOT);
    return users.values().stream()
        .filter(user -> user.email().filter(folded::equals).isPresent())
        .findFirst();
  }
}
