package dev.postern.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program that we did not write. */
public final class Foreign {
  private static final int PATIENCE_SECONDS = 60;

  private Foreign() {}

  /** How it ended, and what it said on both streams. */
  public record Outcome(int exit, String output) {
    public boolean ok() {
      return exit == 0;
    }
  }

  public static Outcome run(Path folder, String... command) throws IOException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(new java.io.File("/dev/null"))
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(List.of(command) + " did not end");
      }
      return new Outcome(
          process.exitValue(),
          Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** For fixtures: it must succeed. */
  public static String must(Path folder, String... command) throws IOException {
    Outcome outcome = run(folder, command);
    if (!outcome.ok()) {
      throw new IOException(List.of(command) + ": " + outcome.output());
    }
    return outcome.output();
  }

  /** Where the programs of a JDK 17 are, as {@code .ci/packages} installs it. */
  public static Path java17() throws IOException {
    try (var found = Files.newDirectoryStream(Path.of("/usr/lib/jvm"), "java-17-openjdk-*")) {
      for (Path each : found) {
        return each.resolve("bin");
      }
    }
    throw new IOException("no JDK 17 here");
  }

  public static String keytool17() throws IOException {
    return java17().resolve("keytool").toString();
  }
}
