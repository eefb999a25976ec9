package dev.postern.bench.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What processes have used of the machine: read from /proc. */
public final class Cpu {
  /** USER_HZ is 100 on all of Linux's platforms that Java runs on. */
  private static final double TICK_MICROS = 10_000;

  /** So much may {@link #microsOfAll} say too much between two looks, in µs. */
  public static final double COARSE = 2 * TICK_MICROS;

  private Cpu() {}

  /** Time on a CPU of all threads that live, in µs: finer than the clock ticks of {@code stat}. */
  public static double micros(List<Long> processes) {
    return processes.stream().mapToDouble(Cpu::micros).sum();
  }

  private static double micros(long process) {
    double nanos = 0;
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process + "/task"))) {
      for (Path task : tasks.toList()) {
        nanos += nanos(task.resolve("schedstat"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return nanos / 1e3;
  }

  /** The same of one process, which may have ended: then 0. */
  static double own(long process) {
    try {
      return micros(process);
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  private static double nanos(Path schedstat) throws IOException {
    try {
      String text = Files.readString(schedstat);
      return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    } catch (NoSuchFileException e) {
      return 0; // a thread that ended meanwhile
    }
  }

  /** The same with threads that ended, as compilers do that have nothing to do; by clock ticks. */
  public static double microsOfAll(List<Long> processes) {
    return processes.stream().mapToDouble(Cpu::microsOfAll).sum();
  }

  private static double microsOfAll(long process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Double.parseDouble(fields[11]) + Double.parseDouble(fields[12])) * TICK_MICROS;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Resident memory, in MB. */
  public static double megabytes(List<Long> processes) {
    return processes.stream().mapToDouble(each -> kilobytes(each, "VmRSS:")).sum() / 1024;
  }

  private static double kilobytes(long process, String field) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
          .filter(line -> line.startsWith(field))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
