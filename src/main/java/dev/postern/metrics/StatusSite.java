package dev.postern.metrics;

import dev.postern.access.RequestTarget;
import dev.postern.web.Exchange;
import dev.postern.web.PlainHandler;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /metrics} for Prometheus, {@code /healthz} (this process answers) and {@code /readyz} (it
 * lets in whom it should): for machines that watch over us, on an address of its own.
 */
public final class StatusSite implements PlainHandler {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Metrics metrics;
  private final Supplier<List<String>> obstacles;

  /** {@code obstacles}: why this process is not ready, one sentence each; empty when it is. */
  public StatusSite(Metrics metrics, Supplier<List<String>> obstacles) {
    this.metrics = metrics;
    this.obstacles = obstacles;
  }

  @Override
  public boolean covers(RequestTarget target) {
    return true;
  }

  @Override
  public Reply answer(Exchange exchange) {
    String method = exchange.target().method();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Reply.text(405, "GET and HEAD only\n").with("allow", "GET, HEAD");
    }
    return switch (exchange.target().path()) {
      case "/metrics" ->
          Reply.of(200, PROMETHEUS, Bytes.of(metrics.text().getBytes(StandardCharsets.UTF_8)));
      case "/healthz" -> Reply.text(200, "ok\n");
      case "/readyz" -> readiness();
      default -> Reply.text(404, "there are /metrics, /healthz and /readyz\n");
    };
  }

  private Reply readiness() {
    List<String> found = obstacles.get();
    return found.isEmpty()
        ? Reply.text(200, "ready\n")
        : Reply.text(503, String.join("\n", found) + "\n");
  }
}
