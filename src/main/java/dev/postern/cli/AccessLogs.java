package dev.postern.cli;

import dev.postern.config.PosternConfig;
import dev.postern.gateway.AccessLog;
import dev.postern.gateway.JsonAccessLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Where the access log goes: it names people, so the file is its owner's alone. */
final class AccessLogs {
  private AccessLogs() {}

  static AccessLog of(PosternConfig config, Terminal terminal) {
    return switch (config.accessLog()) {
      case PosternConfig.AccessLog.Off() -> AccessLog.NONE;
      case PosternConfig.AccessLog.Stdout() -> JsonAccessLog.to(terminal.out());
      case PosternConfig.AccessLog.File(Path path) -> file(path);
    };
  }

  /** For people. */
  static String text(PosternConfig config) {
    return switch (config.accessLog()) {
      case PosternConfig.AccessLog.Off() -> "off";
      case PosternConfig.AccessLog.Stdout() ->
          "standard output (access-log: FILE puts it into a file)";
      case PosternConfig.AccessLog.File(Path path) -> path.toString();
    };
  }

  private static AccessLog file(Path path) {
    try {
      if (!Files.exists(path)) {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      return JsonAccessLog.to(Files.newOutputStream(path, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw OutputFile.failure(path, e);
    }
  }
}
