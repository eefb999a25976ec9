package dev.postern.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Postern a command is about. */
final class WorkspaceOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("postern.yaml");

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description =
          "First line: the passphrase of the server's keys (else asked for, or from systemd's credentials).")
  private @Nullable Path passphraseFile;

  Path config() {
    return config;
  }

  Optional<Path> passphraseFile() {
    return Optional.ofNullable(passphraseFile);
  }
}
