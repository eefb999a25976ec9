package dev.postern.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is there whole or not at all. Reserved before the work begins, so that a certificate
 * is not issued whose file cannot be written; readable by its owner alone, when it holds a secret.
 */
final class OutputFile implements AutoCloseable {
  /** Whether others may read it. */
  enum Audience {
    OWNER("rw-------"),
    EVERYBODY("rw-r--r--");

    private final String permissions;

    Audience(String permissions) {
      this.permissions = permissions;
    }

    Set<PosixFilePermission> permissions() {
      return PosixFilePermissions.fromString(permissions);
    }
  }

  private final Path target;
  private final Path partial;
  private boolean committed;

  private OutputFile(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
  }

  /** Reserves {@code target}; an existing file stays untouched, unless {@code overwrite}. */
  static OutputFile reserve(Path target, Audience audience, boolean overwrite) {
    Path absolute = target.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      throw CommandFailure.usage(target + " is a folder");
    }
    if (!overwrite && Files.exists(absolute)) {
      throw CommandFailure.usage(
          target + " exists already; choose another name, or say --force to replace it");
    }
    Path partial =
        absolute.resolveSibling(
            "." + absolute.getFileName() + ".partial" + ProcessHandle.current().pid());
    try {
      Files.deleteIfExists(partial);
      Set<PosixFilePermission> permissions = audience.permissions();
      Files.createFile(partial, PosixFilePermissions.asFileAttribute(permissions));
      Files.setPosixFilePermissions(partial, permissions);
      return new OutputFile(absolute, partial);
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  /**
   * Reserves {@code target} for what takes the place of {@code existing}, with its owner, group and
   * mode: whoever reads it today reads it tomorrow.
   */
  static OutputFile inPlaceOf(Path existing, Path target) {
    OutputFile file = reserve(target, Audience.OWNER, true);
    try {
      var old = Files.readAttributes(existing, PosixFileAttributes.class);
      var view = Files.getFileAttributeView(file.partial, PosixFileAttributeView.class);
      var now = view.readAttributes();
      if (!now.owner().equals(old.owner())) {
        view.setOwner(old.owner());
      }
      if (!now.group().equals(old.group())) {
        view.setGroup(old.group());
      }
      view.setPermissions(old.permissions());
      return file;
    } catch (IOException e) {
      file.close();
      throw CommandFailure.fault(
          target + " cannot belong to whom " + existing + " belongs; run it as root or as them");
    }
  }

  /** Puts {@code content} in place, on the disk, at once. */
  void commit(byte[] content) {
    try {
      try (var channel = FileChannel.open(partial, Set.of(StandardOpenOption.WRITE))) {
        var buffer = java.nio.ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      committed = true;
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  static CommandFailure failure(Path target, IOException e) {
    if (e instanceof NoSuchFileException) {
      return CommandFailure.usage("the folder of " + target + " does not exist");
    }
    return CommandFailure.fault(
        switch (e) {
          case AccessDeniedException _ -> target + " may not be written by this user";
          case FileAlreadyExistsException _ -> target + " exists already";
          case FileSystemException fs -> target + " cannot be written: " + fs.getReason();
          default -> target + " cannot be written: " + e.getMessage();
        });
  }

  /** Removes what {@link #commit} put in place, if it did, where what belongs to it failed. */
  void takeBack() {
    try {
      if (committed) {
        Files.deleteIfExists(target);
      }
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  /** Gives the reservation up, if it was not used. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      throw failure(target, e);
    }
  }
}
