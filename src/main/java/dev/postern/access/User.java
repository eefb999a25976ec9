package dev.postern.access;

import java.util.Locale;
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

  /** What is shown of somebody known by the name alone: {@code Alice} for {@code alice}. */
  public static String displayNameOf(String name) {
    return name.isEmpty()
        ? name
        : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
