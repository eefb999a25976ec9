package dev.postern.bench.works;

import dev.postern.bench.Comparison;
import dev.postern.bench.Contender;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.loops.Judging;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** JMH, for whoever changes an inner loop. */
public final class InnerLoops implements Work {
  @Override
  public String name() {
    return "jmh";
  }

  @Override
  public String about() {
    return "inner loops under JMH: admission, path, parsing, preparing, signing, look-up";
  }

  @Override
  public List<Comparison> measure(Lab lab) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(Judging.class.getPackageName().replace(".", "\\.") + "\\..*")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.MICROSECONDS)
            .forks(1)
            .warmupIterations(lab.count(5, 2))
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(lab.rounds())
            .measurementTime(TimeValue.seconds(1))
            .jvmArgs(
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    return results.stream()
        .sorted(Comparator.comparing(result -> result.getParams().getBenchmark()))
        .map(InnerLoops::comparison)
        .toList();
  }

  private static Comparison comparison(RunResult result) {
    List<Double> values = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        values.add(iteration.getPrimaryResult().getScore());
      }
    }
    String method = result.getParams().getBenchmark();
    return new Comparison(
        "JMH: " + words(method.substring(method.lastIndexOf('.') + 1)),
        "µs",
        List.of(new Samples(Contender.POSTERN, values, "")),
        List.of(),
        "");
  }

  /** {@code admitKnownCertificate}: admit known certificate. */
  private static String words(String camel) {
    return camel.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
