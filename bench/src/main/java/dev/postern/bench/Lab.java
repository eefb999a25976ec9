package dev.postern.bench;

import dev.postern.bench.load.LoadGenerator;
import dev.postern.bench.servers.Cpu;
import dev.postern.bench.servers.Peers;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/** Where works are measured: a folder, certificates, a back end, and the load. */
public final class Lab implements AutoCloseable {
  private final Path folder;
  private final Wishes wishes;
  private final PrintStream screen;
  private final Pki pki;
  private final LoadGenerator load = new LoadGenerator();
  private final int cores = onlineCores();
  private Server backend;
  private Path installation;

  /**
   * What the command line says.
   *
   * @param quick fewer rounds and smaller numbers, to see whether it works
   * @param minutes how long a work lasts that lasts as long as one wants
   * @param beside these peers alone; when empty, all
   * @param results where what was found out is written to
   */
  record Wishes(boolean quick, OptionalInt minutes, List<String> beside, Path results) {
    Wishes {
      beside = List.copyOf(beside);
    }
  }

  Lab(Wishes wishes, PrintStream screen) throws IOException, GeneralSecurityException {
    this.folder = Files.createTempDirectory("postern-bench");
    this.folder.toFile().setExecutable(true, false); // Apache's workers are somebody else
    this.folder.toFile().setReadable(true, false);
    this.wishes = wishes;
    this.screen = screen;
    this.pki = new Pki(folder("pki"));
  }

  /** The machine's, whatever this process is pinned to. */
  private static int onlineCores() {
    try {
      String online = Files.readString(Path.of("/sys/devices/system/cpu/online")).strip();
      return Integer.parseInt(online.substring(online.lastIndexOf('-') + 1)) + 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is measured runs there. */
  public String serverCpu() {
    return "0";
  }

  /** The load and the back end run there. */
  public String loadCpu() {
    return Integer.toString(cores - 1);
  }

  public String allCpus() {
    return "0-" + (cores - 1);
  }

  public boolean quick() {
    return wishes.quick();
  }

  /** {@code full}, or {@code quick} when it must be quick. */
  public int count(int full, int quick) {
    return wishes.quick() ? quick : full;
  }

  /** Whether a contender is to be measured. */
  public boolean isWanted(String contender) {
    return contender.equals(Contender.POSTERN)
        || wishes.beside().isEmpty()
        || wishes.beside().stream().anyMatch(contender::equalsIgnoreCase);
  }

  /** As the command line has it, or else {@code full} or {@code quick}. */
  public Duration minutes(int full, int quick) {
    return Duration.ofMinutes(wishes.minutes().orElse(count(full, quick)));
  }

  /** Puts a file beside the results. */
  public void publish(String name, String text) {
    try {
      Files.createDirectories(wishes.results());
      Files.writeString(wishes.results().resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int rounds() {
    return count(3, 2);
  }

  public Pki pki() {
    return pki;
  }

  public LoadGenerator load() {
    return load;
  }

  /** Started when somebody first asks for it. */
  public Server backend() {
    if (backend == null) {
      backend = Peers.backend(this);
    }
    return backend;
  }

  /** Of a Postern that nobody has used yet, made when somebody first asks for it. */
  public Path installation() {
    if (installation == null) {
      installation = Postern.prepare(this);
    }
    return installation;
  }

  /** What lies in {@code files/} there, the back end serves below {@code /files/}. */
  public Path backendFolder() {
    var _ = backend();
    return folder.resolve("backend");
  }

  /** A new folder of this name. */
  public Path folder(String name) {
    try {
      Path made = folder.resolve(name);
      for (int i = 2; Files.exists(made); i++) {
        made = folder.resolve(name + "-" + i);
      }
      Files.createDirectory(made);
      made.toFile().setReadable(true, false);
      made.toFile().setExecutable(true, false);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is being done, for whoever waits. */
  public void say(String what) {
    screen.println("  " + what);
  }

  /**
   * Rounds in which each contender has its turn.
   *
   * @param one measures a contender once
   */
  public <T> List<Samples> takeTurns(
      Map<String, T> contenders, int rounds, ToDoubleFunction<T> one) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    contenders.keySet().forEach(name -> values.put(name, new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (var contender : contenders.entrySet()) {
        values.get(contender.getKey()).add(one.applyAsDouble(contender.getValue()));
      }
    }
    List<Samples> samples = new ArrayList<>();
    values.forEach((name, list) -> samples.add(new Samples(name, list, "")));
    return samples;
  }

  /** Has {@code batch} done until a server with a compiler in it gets no cheaper. */
  public void warmUp(Server server, Runnable batch) {
    Duration least = Duration.ofSeconds(count(25, 0));
    Duration most = Duration.ofSeconds(count(90, 3));
    var warmUp = new WarmUp(least, most);
    Duration taken = warmUp.run(() -> cpu(server, batch));
    say(
        "warmed up for %d s%s"
            .formatted(taken.toSeconds(), warmUp.isOver() ? "" : ", and still getting faster"));
  }

  /** µs of CPU time that a server uses while something is done. */
  public static double cpu(Server server, Runnable work) {
    double before = Cpu.micros(server.processes());
    double beforeOfAll = Cpu.microsOfAll(server.processes());
    work.run();
    double ofThreads = Cpu.micros(server.processes()) - before;
    double ofAll = Cpu.microsOfAll(server.processes()) - beforeOfAll;
    // A thread that ended meanwhile has taken its time out of the finer sum.
    return Math.max(ofThreads, ofAll - Cpu.COARSE);
  }

  @Override
  public void close() {
    load.close();
    if (backend != null) {
      backend.close();
    }
    try {
      Files.walkFileTree(folder, new Deleting());
    } catch (IOException e) {
      screen.println("left behind: " + folder);
    }
  }

  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path each, IOException failure) throws IOException {
      Files.delete(each);
      return FileVisitResult.CONTINUE;
    }
  }
}
