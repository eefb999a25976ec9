package dev.postern.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Looks at the files of others that a configuration names, while it is read, so that what is wrong
 * with them stands beside everything else, with its line.
 */
public interface FileCheck {
  /** What a file is named for. */
  enum Kind {
    CERTIFICATES,
    KEY
  }

  /** For whoever does without the files. */
  FileCheck NONE = (_, _) -> List.of();

  /** What is wrong with {@code file}: a sentence each. */
  List<String> problems(Kind kind, Path file);
}
