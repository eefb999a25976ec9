package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, in a folder, bounded in time, and says what came of it. */
public record Program(Path folder, Duration patience, Map<String, String> environment) {
  public static Program in(Path folder) {
    return new Program(folder, Duration.ofSeconds(60), Map.of());
  }

  public Program within(Duration time) {
    return new Program(folder, time, environment);
  }

  public Program with(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new Program(folder, patience, Map.copyOf(more));
  }

  /** Each word as it is; nothing goes through a shell. */
  public Outcome run(String... words) {
    try {
      Path out = Files.createTempFile("out", "");
      Path err = Files.createTempFile("err", "");
      var builder =
          new ProcessBuilder(words)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            String.join(" ", words)
                + " did not end within "
                + patience
                + ":\n"
                + text(out)
                + text(err));
      }
      var outcome = new Outcome(List.of(words), process.exitValue(), text(out), text(err));
      Files.delete(out);
      Files.delete(err);
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** A line as somebody would paste it into a shell. */
  public Outcome shell(String line) {
    return run("bash", "-c", line);
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** What came of it. */
  public record Outcome(List<String> words, int exit, String out, String err) {
    public Outcome succeeded() {
      assertThat(exit).as("%s%n%s%n%s", String.join(" ", words), out, err).isZero();
      return this;
    }

    public Outcome failed() {
      assertThat(exit).as("%s%n%s%n%s", String.join(" ", words), out, err).isNotZero();
      return this;
    }
  }
}
