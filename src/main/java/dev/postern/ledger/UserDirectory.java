package dev.postern.ledger;

import dev.postern.access.Directory;
import dev.postern.access.User;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All users in memory, since every request asks. {@link #reload} swaps the whole picture at once;
 * give it to {@link SqlLedger#watch} to follow the file.
 */
public final class UserDirectory implements Directory {
  /** One moment's truth. */
  private record Snapshot(Map<String, User> byName, Map<String, User> byEmail) {}

  private final Users users;
  private volatile Snapshot snapshot;

  public UserDirectory(Users users) {
    this.users = users;
    this.snapshot = load(users);
  }

  private static Snapshot load(Users users) {
    Map<String, User> byName = new HashMap<>();
    Map<String, User> byEmail = new HashMap<>();
    for (User user : users.all()) {
      byName.put(Fold.ascii(user.name()), user);
      user.email().ifPresent(email -> byEmail.put(Fold.ascii(email), user));
    }
    return new Snapshot(Map.copyOf(byName), Map.copyOf(byEmail));
  }

  /** Reads everybody again; when the ledger cannot be read, the old picture stays. */
  public void reload() {
    snapshot = load(users);
  }

  @Override
  public Optional<User> named(String name) {
    return Optional.ofNullable(snapshot.byName().get(Fold.ascii(name)));
  }

  @Override
  public Optional<User> withEmail(String address) {
    return Optional.ofNullable(snapshot.byEmail().get(Fold.ascii(address)));
  }
}
