package dev.postern.ledger;

import dev.postern.authority.Ledger.LedgerUnavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** The file before SQLite sees it: made for its owner alone, and looked at. */
final class LedgerFile {
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private LedgerFile() {}

  /**
   * Makes folder and file where there are none; SQLite gives its own {@code -wal} and {@code -shm}
   * files the same mode.
   */
  static void prepare(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, OWNER_ONLY_FOLDER);
      }
      if (Files.isDirectory(file)) {
        throw new LedgerUnavailable("the ledger " + file + " is a folder, not a file");
      }
      createOnce(file);
      check(file);
    } catch (IOException e) {
      throw new LedgerUnavailable("the ledger " + file + " cannot be opened: " + cause(e), e);
    }
  }

  private static void createOnce(Path file) throws IOException {
    if (!Files.exists(file)) {
      try {
        Files.createFile(file, OWNER_ONLY);
      } catch (FileAlreadyExistsException e) {
        return; // another process was faster; its file has the same mode
      }
    }
  }

  private static void check(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(MAGIC.length);
      if (start.length > 0 && !Arrays.equals(start, MAGIC)) {
        throw new LedgerUnavailable("the ledger " + file + " is not an SQLite file");
      }
    }
  }

  private static String cause(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException exists -> exists.getFile() + " is not a folder";
      case FileSystemException system when system.getReason() != null ->
          String.valueOf(system.getReason());
      default -> String.valueOf(e.getMessage());
    };
  }
}
