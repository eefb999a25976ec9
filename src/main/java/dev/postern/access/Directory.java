package dev.postern.access;

import java.util.Optional;

/** Finds users; answers from memory, since every request asks. */
public interface Directory {
  Optional<User> named(String name);

  /** E-mail addresses are compared without case and belong to one user at most. */
  Optional<User> withEmail(String address);
}
