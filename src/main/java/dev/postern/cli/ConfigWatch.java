package dev.postern.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Notices that a file was changed, by its time, size and identity: editors and configuration tools
 * replace files.
 */
final class ConfigWatch {
  private final Path file;
  private State last;

  private record State(long modified, long size, String key) {
    static final State ABSENT = new State(0, 0, "");
  }

  ConfigWatch(Path file) {
    this.file = file;
    this.last = look();
  }

  /**
   * Whether it is another one than at the last call; a file that is gone is no change: it is being
   * replaced.
   */
  boolean changed() {
    State now = look();
    boolean changed = !now.equals(last) && !now.equals(State.ABSENT);
    last = now.equals(State.ABSENT) ? last : now;
    return changed;
  }

  private State look() {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new State(
          attributes.lastModifiedTime().toMillis(),
          attributes.size(),
          String.valueOf(attributes.fileKey()));
    } catch (IOException e) {
      return State.ABSENT;
    }
  }
}
