package dev.postern.access;

import java.util.Optional;
import java.util.Set;

/**
 * A person or device that may be let in. The name is forever: a disabled user's name is never given
 * to another.
 */
public record User(
    String name, String displayName, Optional<String> email, Set<String> groups, State state) {
  /** Whether the user may enter at all. */
  public enum State {
    ENABLED,
    DISABLED
  }

  public User {
    groups = Set.copyOf(groups);
  }
}
