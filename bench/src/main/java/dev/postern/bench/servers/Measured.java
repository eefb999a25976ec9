package dev.postern.bench.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program did that ends by itself.
 *
 * @param output what it printed
 * @param cpu all its threads' time, as seen for the last time just before the end
 * @param peak resident memory at most, in MB
 */
public record Measured(String output, Duration cpu, double peak) {
  /** Runs it on these CPUs; anything but success is thrown. */
  public static Measured run(String cpus, Path folder, List<String> words) {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpus));
    pinned.addAll(words);
    Path output = folder.resolve("output");
    try {
      Process process =
          new ProcessBuilder(pinned)
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      double peak = 0;
      double micros = 0;
      while (process.isAlive()) {
        peak = Math.max(peak, peak(process.pid()));
        micros = Math.max(micros, Cpu.own(process.pid()));
        Daemon.pause();
      }
      Duration cpu = Duration.ofNanos((long) (micros * 1e3));
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            String.join(" ", words) + " → " + process.exitValue() + ": " + printed);
      }
      return new Measured(printed, cpu, peak);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kernel's own high-water mark, seen for the last time just before the end. */
  private static double peak(long process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // it has ended meanwhile
    }
  }
}
