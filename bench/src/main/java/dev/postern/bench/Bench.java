package dev.postern.bench;

import dev.postern.bench.report.Chart;
import dev.postern.bench.report.JsonFile;
import dev.postern.bench.report.Machine;
import dev.postern.bench.report.Markdown;
import dev.postern.bench.report.Results;
import dev.postern.bench.report.TextTable;
import dev.postern.bench.works.Bodies;
import dev.postern.bench.works.Cold;
import dev.postern.bench.works.CrlWriting;
import dev.postern.bench.works.Handshakes;
import dev.postern.bench.works.InnerLoops;
import dev.postern.bench.works.Issuing;
import dev.postern.bench.works.Ledgers;
import dev.postern.bench.works.Ocsp;
import dev.postern.bench.works.Relaying;
import dev.postern.bench.works.Revoking;
import dev.postern.bench.works.Soak;
import dev.postern.bench.works.Starting;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./postern bench}. */
@Command(
    name = "postern bench",
    mixinStandardHelpOptions = true,
    description = "Measure Postern beside its peers on this machine, and print the ratios.",
    footer = {
      "",
      "Without names, everything in the table is measured (less than 30 minutes; --quick: 5).",
      "Example:  postern bench handshake relay --quick"
    })
public final class Bench implements Callable<Integer> {
  private static final int FAULT = 3;

  /** In the order of the table. */
  private static final List<Work> TABLE =
      List.of(
          new Handshakes(),
          new Cold(),
          new Relaying(),
          new Bodies(),
          new Issuing(),
          new Ocsp(),
          new CrlWriting(),
          new Revoking(),
          new Ledgers(),
          new Starting());

  /** What {@code --beside} may name, in any case. */
  private static final List<String> PEERS =
      List.of(Contender.NGINX, Contender.HAPROXY, Contender.APACHE, Contender.CADDY, "none");

  /** Only when named. */
  private static final List<Work> OTHERS = List.of(new InnerLoops(), new Soak());

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  @Parameters(
      paramLabel = "NAME",
      description = "What to measure; see --list. Default: the whole table.")
  private List<String> names = List.of();

  @Option(names = "--quick", description = "Fewer rounds, smaller numbers: for a first look.")
  private boolean quick;

  @Option(
      names = "--beside",
      paramLabel = "PEER",
      split = ",",
      description = "Of nginx, haproxy, apache and caddy these alone, or none. Default: all.")
  private List<String> beside = List.of();

  @Option(names = "--list", description = "What can be measured.")
  private boolean list;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where RESULTS.md, results.json and chart.svg go (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of(System.getProperty("postern.home"), "bench", "target", "results");

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long soak lasts (default: 20; --quick: 1).")
  private Integer minutes;

  private boolean failed;

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench())
            .setExecutionExceptionHandler((failure, _, _) -> {
              System.err.println("postern: " + failure.getMessage());
              return FAULT;
            })
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      TABLE.forEach(this::describe);
      out.printf("%nOnly when named:%n");
      OTHERS.forEach(this::describe);
      return 0;
    }
    List<Work> chosen = chosen();
    if (chosen.isEmpty()) {
      return CommandLine.ExitCode.USAGE;
    }
    Results results = measure(chosen);
    write(results);
    if (json) {
      out.print(JsonFile.of(results));
    }
    return failed ? FAULT : 0;
  }

  private void describe(Work work) {
    out.printf("%-12s %s%n", work.name(), work.about());
  }

  private static List<Work> all() {
    List<Work> all = new ArrayList<>(TABLE);
    all.addAll(OTHERS);
    return all;
  }

  private List<Work> chosen() {
    for (String name : names) {
      if (all().stream().noneMatch(work -> work.name().equals(name))) {
        System.err.println("postern: nothing to measure is called " + name + "; see --list");
        return List.of();
      }
    }
    for (String peer : beside) {
      if (PEERS.stream().noneMatch(peer::equalsIgnoreCase)) {
        System.err.println(
            "postern: --beside: " + peer + " is none of " + String.join(", ", PEERS));
        return List.of();
      }
    }
    return names.isEmpty()
        ? TABLE
        : all().stream().filter(work -> names.contains(work.name())).toList();
  }

  private Results measure(List<Work> works) throws Exception {
    PrintStream screen = json ? System.err : out;
    TextTable table = new TextTable(screen, !json && System.console() != null);
    long began = System.nanoTime();
    List<Comparison> comparisons = new ArrayList<>();
    try (Lab lab = new Lab(new Lab.Wishes(quick, lasting(), beside, folder), screen)) {
      for (int i = 0; i < works.size(); i++) {
        Work work = works.get(i);
        screen.printf("%n[%d/%d] %s%n", i + 1, works.size(), work.about());
        long since = System.nanoTime();
        for (Comparison comparison : measure(work, lab)) {
          comparisons.add(comparison);
          table.print(comparison);
        }
        long seconds = Duration.ofNanos(System.nanoTime() - since).toSeconds();
        screen.printf("%n  %s took %d s%n", work.name(), seconds);
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    return new Results(Machine.here(), quick, took, comparisons);
  }

  /** What goes wrong with one is told, and the others are measured all the same. */
  private List<Comparison> measure(Work work, Lab lab) {
    try {
      return work.measure(lab);
    } catch (Exception e) {
      failed = true;
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      System.err.println("postern: " + work.name() + " was not measured: " + e.getMessage());
      if (System.getenv("POSTERN_BENCH_TRACE") != null) {
        e.printStackTrace();
      }
      return List.of(
          new Comparison(work.about(), "", List.of(), List.of(), "Not measured: " + why));
    }
  }

  private OptionalInt lasting() {
    return minutes == null ? OptionalInt.empty() : OptionalInt.of(minutes);
  }

  private void write(Results results) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("results.json"), JsonFile.of(results));
    Files.writeString(folder.resolve("RESULTS.md"), Markdown.of(results));
    Files.writeString(folder.resolve("chart.svg"), Chart.of(results));
    (json ? System.err : out).println("\nWrote " + folder.resolve("RESULTS.md"));
  }
}
