package dev.postern.cli;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.x509.Signer.SignerUnavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps exported files as they should be: looks when the ledger or the configuration changed, and
 * every now and then, since lists and certificates grow old by themselves. The command runs after a
 * change, and again until it succeeds.
 */
final class ExportWatch {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LONGEST_WORDS = 200;

  private final Workspace workspace;
  private final ExportFiles files;
  private final Optional<String> command;
  private final Duration every;
  private final Terminal terminal;
  private final AtomicBoolean heard = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  ExportWatch(
      Workspace workspace,
      ExportFiles files,
      Optional<String> command,
      Duration every,
      Terminal terminal) {
    this.workspace = workspace;
    this.files = files;
    this.command = command;
    this.every = every;
    this.terminal = terminal;
  }

  /** Returns at SIGTERM or SIGINT. */
  void untilStopped(boolean changedAlready) throws InterruptedException {
    Signals.first("TERM", stopped::countDown);
    Signals.first("INT", stopped::countDown);
    Signals.each("HUP", () -> heard.set(true));
    var config = new ConfigWatch(workspace.configFile());
    try (var _ = workspace.ledger().watch(() -> heard.set(true))) {
      terminal.print("Watching. Ctrl-C ends it.");
      boolean runDue = changedAlready;
      Instant lookedAt = Instant.EPOCH;
      do {
        boolean changed = config.changed(); // asked each time, so that a look is not done twice
        boolean late = !workspace.now().isBefore(lookedAt.plus(every));
        if (heard.getAndSet(false) || changed || late || workspace.now().isBefore(lookedAt)) {
          lookedAt = workspace.now();
          runDue |= look();
          runDue = runDue && !run();
        }
      } while (!stopped.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
    }
    terminal.remark("postern: stopping");
  }

  /** Whether files changed. What cannot be written now is tried again; the old files stay. */
  private boolean look() {
    try {
      List<String> changed = files.write(files.now());
      if (!changed.isEmpty()) {
        terminal.print("Wrote " + String.join(", ", changed));
      }
      return !changed.isEmpty();
    } catch (CommandFailure e) {
      e.lines().forEach(terminal::error);
    } catch (LedgerUnavailable | SignerUnavailable e) {
      terminal.error(String.valueOf(e.getMessage()));
    }
    return false;
  }

  /** Whether it need not be run again. */
  private boolean run() throws InterruptedException {
    if (command.isEmpty()) {
      return true;
    }
    String line = command.get();
    try {
      Path output = Files.createTempFile("postern-exec", ".txt");
      try {
        return ran(line, output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      terminal.error(line + ": " + e.getMessage());
      return false;
    }
  }

  private boolean ran(String line, Path output) throws IOException, InterruptedException {
    Instant began = workspace.now();
    Process process =
        new ProcessBuilder("/bin/sh", "-c", line)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      terminal.error(line + ": did not end within " + PATIENCE.toSeconds() + " s; tried again");
      return false;
    }
    if (process.exitValue() != 0) {
      terminal.error(
          line + ": exit code " + process.exitValue() + ", tried again" + lastWords(output));
      return false;
    }
    long millis = Duration.between(began, workspace.now()).toMillis();
    terminal.print("Ran " + line + " (" + millis + " ms)");
    return true;
  }

  private static String lastWords(Path output) throws IOException {
    try (var in = Files.newInputStream(output)) {
      String text = new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8).strip();
      String last = text.substring(text.lastIndexOf('\n') + 1);
      return last.isEmpty() ? "" : ": " + last.substring(0, Math.min(last.length(), LONGEST_WORDS));
    }
  }
}
