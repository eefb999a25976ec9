package dev.postern.metrics;

import dev.postern.gateway.AccessLog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one process. Names are those of Prometheus: base units, {@code _total}. */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private volatile @Nullable CountingLog counted;

  /** Adds those of the JVM and the process. */
  public void addProcess() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /**
   * Counts what passes on to {@code log}.
   *
   * @param sites whether there is a site of this name: others are counted together, since anybody
   *     can ask for any name
   */
  public AccessLog counting(AccessLog log, Predicate<String> sites) {
    counted = new CountingLog(registry, log, sites);
    return counted;
  }

  /** What {@link #counting} saw so far, by site. */
  public List<Frame.Site> sites() {
    return counted == null ? List.of() : counted.sites();
  }

  /** How often each reason for a refusal was given. */
  public Map<String, Long> refusals() {
    return counted == null ? Map.of() : counted.refusals();
  }

  /** Something that goes up and down; asked when somebody looks. */
  public <T> void gauge(String name, String help, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).description(help).strongReference(true).register(registry);
  }

  /** Something that only goes up; asked when somebody looks. */
  public <T> void counter(
      String name, String help, T of, ToDoubleFunction<T> value, String... tags) {
    FunctionCounter.builder(name, of, value).description(help).tags(tags).register(registry);
  }

  /** In Prometheus' text format, version 0.0.4. */
  String text() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
