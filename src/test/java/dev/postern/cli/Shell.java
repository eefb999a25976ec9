package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.IssuedCertificates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Runs commands in this JVM, in a folder of their own, as somebody at a shell would. */
final class Shell {
  static final String PASSPHRASE = "correct horse battery";

  private final Path folder;
  private final Path passphraseFile;

  Shell(Path folder) throws IOException {
    this.folder = folder;
    this.passphraseFile = folder.resolve("passphrase");
    Files.writeString(passphraseFile, PASSPHRASE + "\n");
  }

  /**
   * A Postern with users alice (staff) and bob (no group); made once, since key derivation takes
   * its time, and copied.
   */
  static Shell initialised(Path folder) throws IOException {
    Path template = Template.FOLDER;
    try (var files = Files.walk(template)) {
      for (Path file : files.toList()) {
        Path copy = folder.resolve(template.relativize(file).toString());
        if (!Files.isDirectory(copy)) {
          Files.copy(
              file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return new Shell(folder);
  }

  /** Goes with the JVM. */
  private static final class Template {
    static final Path FOLDER = make();

    private static Path make() {
      try {
        Path folder =
            Files.createDirectories(
                Path.of("target", "postern-template-" + ProcessHandle.current().pid()));
        var shell = new Shell(folder);
        shell.run("init", "--name", "Example", "--domain", "example.com", "--no-admin").succeeded();
        shell
            .run("user", "add", "alice", "--email", "alice@example.com", "--group", "staff")
            .succeeded();
        shell.run("user", "add", "bob").succeeded();
        return folder;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  Path config() {
    return path("postern.yaml");
  }

  Path passphraseFile() {
    return passphraseFile;
  }

  /** Adds {@code --config} and {@code --passphrase-file} where the command has them. */
  Outcome run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    if (!List.of("inspect", "completion", "help", "config").contains(words[0])) {
      all.addAll(List.of("--config", config().toString()));
    }
    if (List.of("init", "issue", "sign", "renew", "list", "show").contains(words[0])) {
      all.addAll(List.of("--passphrase-file", passphraseFile.toString()));
    }
    Outcome outcome = exactly(all.toArray(String[]::new));
    if (outcome.exit() == 0 && List.of("issue", "sign", "renew").contains(words[0])) {
      IssuedCertificates.keepThoseOf(path("postern-data"));
    }
    return outcome;
  }

  /** Nothing added. */
  static Outcome exactly(String... words) {
    return fed("", words);
  }

  /** The same with something on standard input. */
  static Outcome fed(String input, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exit =
        Main.run(
            new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Ansi.OFF),
            words);
    return new Outcome(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** What came of a command. */
  record Outcome(int exit, String out, String err) {
    Outcome succeeded() {
      assertThat(exit).as("exit code; standard error: %s", err).isZero();
      return this;
    }

    /**
     * Ended with {@code code}, said so on standard error and nothing on standard output, and showed
     * no stack trace.
     */
    Outcome failed(int code) {
      assertThat(exit)
          .as("exit code; standard output: %s; standard error: %s", out, err)
          .isEqualTo(code);
      assertThat(out).isEmpty();
      assertThat(err)
          .startsWith("postern: ")
          .doesNotContain("\tat ", "  at ", "Exception", "this is a bug");
      return this;
    }

    /** Failed with one line. */
    String failedInOneLine(int code) {
      failed(code);
      assertThat(err.lines()).hasSize(1);
      return err.strip();
    }
  }
}
