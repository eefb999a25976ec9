package dev.postern.cli;

import dev.postern.config.FileCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Each file of others that a configuration names is there, and is what it is named for. */
final class NamedFiles implements FileCheck {
  @Override
  public List<String> problems(Kind kind, Path file) {
    return switch (kind) {
      case CERTIFICATES -> certificates(file);
      case KEY -> Files.isReadable(file) ? List.of() : List.of(unreadable(file));
    };
  }

  private static List<String> certificates(Path file) {
    try {
      InputFile.certificates(file);
      return List.of();
    } catch (CommandFailure e) {
      return e.lines();
    }
  }

  private static String unreadable(Path file) {
    return Files.exists(file) ? file + " may not be read by this user" : "there is no file " + file;
  }
}
