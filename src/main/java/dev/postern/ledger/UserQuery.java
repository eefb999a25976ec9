package dev.postern.ledger;

import dev.postern.access.User;
import java.util.Optional;

/**
 * Which users to list, by name. Starts with {@link #ALL}.
 *
 * @param text occurs in the name, the display name or the e-mail address; case is ignored
 * @param after the name of the last one seen
 */
public record UserQuery(
    Optional<String> text,
    Optional<String> group,
    Optional<User.State> state,
    Optional<String> after,
    int limit) {
  public static final int MAX_LIMIT = 1000;

  public static final UserQuery ALL =
      new UserQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 100);

  public UserQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " users");
    }
  }
}
