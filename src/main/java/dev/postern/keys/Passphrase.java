package dev.postern.keys;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a person types to open a key. Never empty, never in a log, and overwritten when closed. Safe
 * for many threads.
 */
public final class Passphrase implements AutoCloseable {
  /** Below this, a stolen key file is a matter of hours whatever the key derivation costs. */
  public static final int MINIMUM_CHARACTERS = 8;

  /** No i, l, o, 0 or 1: it is copied from a screen to a phone. */
  private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

  private static final int GENERATED_CHARACTERS = 20;
  private static final int GROUP = 5;

  private final char[] characters;
  private final DerivedKeys derived = new DerivedKeys();
  private boolean closed;

  private Passphrase(char[] characters) {
    this.characters = characters;
  }

  /**
   * A copy of {@code characters}, which the caller should overwrite. Any length but none: files of
   * others may be opened by short ones; {@link #weakness} says whether it may protect a new one.
   */
  public static Passphrase of(char[] characters) {
    if (characters.length == 0) {
      throw new IllegalArgumentException("a passphrase cannot be empty");
    }
    return new Passphrase(characters.clone());
  }

  /** Twenty random characters, about 99 bits, in groups of five: {@code k7w2m-…}. */
  public static Passphrase generate(SecureRandom random) {
    char[] characters = new char[GENERATED_CHARACTERS + GENERATED_CHARACTERS / GROUP - 1];
    for (int i = 0; i < characters.length; i++) {
      boolean dash = i % (GROUP + 1) == GROUP;
      characters[i] = dash ? '-' : ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    }
    return new Passphrase(characters);
  }

  /** Why it is too weak to protect a new key, or nothing when it is good enough. */
  public synchronized Optional<String> weakness() {
    int length = Character.codePointCount(use(), 0, characters.length);
    return length >= MINIMUM_CHARACTERS
        ? Optional.empty()
        : Optional.of(
            "a passphrase needs at least "
                + MINIMUM_CHARACTERS
                + " characters, and this one has "
                + length);
  }

  /** The characters, to be shown to a person once. */
  public synchronized String reveal() {
    return new String(use());
  }

  /** Whether both say the same: a person was asked twice. */
  public boolean sameAs(Passphrase other) {
    return with(mine -> other.with(theirs -> Arrays.equals(mine, theirs)));
  }

  /** Lends a copy for the length of one call and overwrites it afterwards. */
  <T> T with(Function<char[], T> work) {
    char[] copy;
    synchronized (this) {
      copy = use().clone();
    }
    try {
      return work.apply(copy);
    } finally {
      Arrays.fill(copy, '\0');
    }
  }

  DerivedKeys derived() {
    return derived;
  }

  /** What writes new files calls first: weak or empty ones never get that far by accident. */
  void requireStrong() {
    weakness()
        .ifPresent(reason -> {
          throw new IllegalArgumentException(reason);
        });
  }

  private char[] use() {
    if (closed) {
      throw new IllegalStateException("this passphrase was closed");
    }
    return characters;
  }

  @Override
  public synchronized void close() {
    Arrays.fill(characters, '\0');
    derived.close();
    closed = true;
  }

  @Override
  public String toString() {
    return "Passphrase[not shown]";
  }
}
