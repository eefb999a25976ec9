package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.IssuedCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ./postern} itself, as its users start it, in a folder of its own. */
final class Postern {
  static final String PASSPHRASE = "correct horse battery";

  /** The checkout's root: failsafe tells. */
  static final Path HOME = Path.of(System.getProperty("postern.home", ".")).toAbsolutePath();

  private final Path folder;
  private final List<String> before;

  private Postern(Path folder, List<String> before) {
    this.folder = folder;
    this.before = before;
  }

  /** An empty folder with a passphrase file in it. */
  static Postern in(Path folder) {
    try {
      Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Postern(folder, List.of());
  }

  /** The same, so long ago: {@code 30d}. The monotonic clock stays true: the JVM waits by it. */
  Postern ago(String time) {
    return new Postern(
        folder,
        List.of(
            "env",
            "NO_FAKE_STAT=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "faketime",
            "-f",
            "-" + time));
  }

  /** The same, with a variable in its environment: {@code NAME=VALUE}. */
  Postern with(String variable) {
    return new Postern(folder, List.of("env", variable));
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** One command, words separated by single spaces. */
  Program.Outcome run(String line) {
    Program.Outcome outcome = Program.in(folder).run(words(line).toArray(String[]::new));
    if (outcome.exit() == 0 && line.matches("(issue|sign|renew) .*")) {
      keepIssued();
    }
    return outcome;
  }

  /** For {@link IssuedIT}. */
  void keepIssued() {
    IssuedCertificates.keepThoseOf(path("postern-data"));
    IssuedCertificates.keepThoseOf(path("postern-demo/postern-data"));
  }

  /** Words that may have spaces in them. */
  Program.Outcome succeeds(String... words) {
    List<String> all = new ArrayList<>(before);
    all.add(HOME.resolve("postern").toString());
    all.addAll(List.of(words));
    return Program.in(folder).run(all.toArray(String[]::new)).succeeded();
  }

  Program.Outcome succeeds(String line) {
    return run(line).succeeded();
  }

  /** Starts {@code serve}, {@code demo} …; returns when its output has {@code sign}. */
  Running start(String sign, String line) {
    // Whoever runs the tests in the background may have signals ignored, which children inherit.
    List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT,TERM,HUP"));
    words.addAll(words(line));
    try {
      Path out = Files.createTempFile(folder, "output", ".txt");
      Process process =
          new ProcessBuilder(words)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      var running = new Running(process, out);
      running.awaitOutput(sign);
      keepIssued(); // the gateway's own
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> words(String line) {
    List<String> words = new ArrayList<>(before);
    words.add(HOME.resolve("postern").toString());
    words.addAll(List.of(line.split(" ")));
    return words;
  }

  /** A port that was free a moment ago. */
  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether somebody listens there. */
  static boolean isOpen(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A process that goes on until it is closed. */
  record Running(Process process, Path out) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    String output() {
      try {
        return Files.readString(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits for text that the process is going to print. */
    void awaitOutput(String sign) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!output().contains(sign)) {
        assertThat(process.isAlive()).as("ended early:%n%s", output()).isTrue();
        assertThat(System.nanoTime()).as("no \"%s\" in:%n%s", sign, output()).isLessThan(end);
        Soon.pause();
      }
    }

    /** {@code HUP}, {@code INT} … */
    void signal(String name) {
      Program.in(Path.of("/")).run("kill", "-" + name, Long.toString(process.pid())).succeeded();
    }

    /** SIGTERM, and the exit code. */
    int stop() {
      signal("TERM");
      return exitCode();
    }

    /** When it has ended. */
    int exitCode() {
      try {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .as("still running:%n%s", output())
            .isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
      return process.exitValue();
    }

    /** The most memory it ever had, as the kernel counts it (VmHWM in proc(5)). */
    long peakMegabytes() {
      try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
        String peak = lines.filter(line -> line.startsWith("VmHWM:")).findFirst().orElseThrow();
        return Long.parseLong(peak.replaceAll("[^0-9]", "")) / 1024;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      exitCode();
    }
  }
}
