package dev.postern.bench.servers;

import java.io.File;
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
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this machine, kept to one core, that ends with whoever started it. */
public final class Daemon implements Server {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int TAIL = 2000;

  private final String name;
  private final int port;
  private final Process process;
  private final Path log;
  private final Thread hook;
  private final long startedAt;

  private Daemon(String name, int port, Process process, Path log, long startedAt) {
    this.startedAt = startedAt;
    this.name = name;
    this.port = port;
    this.process = process;
    this.log = log;
    this.hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts it; it need not listen yet. {@code cpus} as taskset has them. */
  public static Daemon launch(
      String name, String cpus, Path folder, int port, List<String> command) {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpus));
    pinned.addAll(command);
    Path log = folder.resolve(name.toLowerCase(Locale.ROOT) + ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(pinned)
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("GOMAXPROCS", "1"); // Go counts the machine's cores, not its own
      builder.environment().put("XDG_DATA_HOME", folder.toString());
      builder.environment().put("XDG_CONFIG_HOME", folder.toString());
      long startedAt = System.nanoTime();
      return new Daemon(name, port, builder.start(), log, startedAt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, and returns when it listens. */
  public static Daemon start(
      String name, String cpus, Path folder, int port, List<String> command) {
    return launch(name, cpus, folder, port, command).listening();
  }

  /** Waits until it listens. */
  public Daemon listening() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        break;
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return this;
      } catch (IOException e) {
        pause();
      }
    }
    String output = output();
    close();
    throw new IllegalStateException(name + " does not listen on " + port + ": " + output);
  }

  /** The end of what it printed. */
  public String output() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - TAIL));
    } catch (IOException e) {
      return "";
    }
  }

  static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A port that nobody has at this moment. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return port;
  }

  /** By {@link System#nanoTime}. */
  public long startedAt() {
    return startedAt;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public List<Long> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
