package dev.postern.ledger;

import dev.postern.access.Directory;
import dev.postern.access.User;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All users in memory, since every request asks. {@link #follow} swaps the whole picture at once;
 * give it to {@link SqlLedger#watch}.
 */
public final class UserDirectory implements Directory {
  /** One moment's truth. */
  private record Snapshot(Map<String, User> byName, Map<String, User> byEmail) {}

  private final Users users;
  private final Events events;
  private long position;
  private volatile Snapshot snapshot;

  public UserDirectory(Users users, Events events) {
    this.users = users;
    this.events = events;
    this.position = events.position();
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

  /**
   * Reads everybody again if anybody changed, and tells whether that was so; when the ledger cannot
   * be read, the old picture stays.
   */
  public synchronized boolean follow() {
    long newest = events.position();
    boolean changed = events.anyBetween(position, newest, "user.");
    if (changed) {
      snapshot = load(users);
    }
    position = newest;
    return changed;
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
