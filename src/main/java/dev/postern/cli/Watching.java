package dev.postern.cli;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.gateway.AccessLog;
import dev.postern.gateway.Gateway;
import dev.postern.gateway.GatewayConfig;
import dev.postern.ledger.CrlStore;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.ledger.SignIns;
import dev.postern.metrics.Frame;
import dev.postern.metrics.Live;
import dev.postern.metrics.Metrics;
import dev.postern.metrics.StatusSite;
import dev.postern.publish.OcspService;
import dev.postern.x509.Certificate;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What a running server tells those who watch over it. */
final class Watching implements AutoCloseable {
  private final Metrics metrics = new Metrics();
  private final Workspace workspace;
  private final RevokedCertificates revoked;
  private final Optional<Live> live;
  private volatile @Nullable Gateway gateway;

  Watching(Workspace workspace, RevokedCertificates revoked, SignIns signIns) {
    this.workspace = workspace;
    this.revoked = revoked;
    this.live = Live.open(workspace.folder().live(), this::frame);
    metrics.gauge(
        "postern.revoked",
        "Certificates that are revoked or suspended",
        revoked,
        each -> each.size());
    metrics.gauge(
        "postern.ledger.age.seconds",
        "Since the ledger was last looked at; beyond 30 nobody of our own CA is let in",
        revoked,
        each -> each.age().toMillis() / 1000.0);
    metrics.gauge(
        "postern.signins.waiting",
        "Sign-ins that are not counted yet; beyond 8192 they are left out",
        signIns,
        SignIns::waiting);
    metrics.gauge(
        "postern.crl.next.update.seconds",
        "When the first of our CRLs runs out, as Unix time",
        workspace,
        Watching::nextUpdate);
  }

  AccessLog counting(AccessLog log, Predicate<String> sites) {
    AccessLog shown = live.map(each -> each.showing(log)).orElse(log);
    return metrics.counting(shown, sites);
  }

  GatewayConfig serving(GatewayConfig config, InetSocketAddress address) {
    metrics.addProcess();
    return config.withStatus(address, new StatusSite(metrics, this::obstacles));
  }

  private Frame frame(List<Frame.Request> requests) {
    Gateway running = gateway;
    Gateway.Counts counts = running == null ? new Gateway.Counts(0, 0, 0, 0, 0) : running.counts();
    return new Frame(
        workspace.now().toEpochMilli(),
        ManagementFactory.getRuntimeMXBean().getUptime(),
        counts.connections(),
        counts.handshakes(),
        counts.failures(),
        metrics.sites(),
        metrics.refusals(),
        requests);
  }

  void watch(OcspService ocsp) {
    ocspAnswers(ocsp, "remembered", OcspService.Counts::remembered);
    ocspAnswers(ocsp, "signed", OcspService.Counts::signed);
    ocspAnswers(ocsp, "refused", OcspService.Counts::refused);
  }

  private void ocspAnswers(
      OcspService ocsp, String kind, ToLongFunction<OcspService.Counts> count) {
    metrics.counter(
        "postern.ocsp.answers",
        "OCSP answers",
        ocsp,
        each -> count.applyAsLong(each.counts()),
        "answer",
        kind);
  }

  /** From now on there is something to be seen. */
  void watch(Gateway running, Supplier<Map<String, Certificate>> ownCertificates) {
    metrics.gauge(
        "postern.connections", "Open connections", running, each -> each.counts().connections());
    metrics.gauge(
        "postern.pages.waiting",
        "Requests to our own pages that wait for a thread; beyond 256 they get a 503",
        running,
        each -> each.counts().pagesWaiting());
    metrics.counter(
        "postern.handshakes",
        "TLS handshakes",
        running,
        each -> each.counts().handshakes(),
        "result",
        "done");
    metrics.counter(
        "postern.handshakes",
        "TLS handshakes",
        running,
        each -> each.counts().failures(),
        "result",
        "failed");
    metrics.counter(
        "postern.paths.validated",
        "Certificates that were not remembered, whose path and signatures were checked",
        running,
        each -> each.counts().validated());
    metrics.gauge(
        "postern.own.certificate.end.seconds",
        "When the first of the gateway's own certificates ends, as Unix time",
        ownCertificates,
        each ->
            each.get().values().stream()
                .map(Certificate::notAfter)
                .min(Comparator.naturalOrder())
                .map(Watching::unixTime)
                .orElse(Double.NaN));
    gateway = running;
  }

  private static double nextUpdate(Workspace workspace) {
    try {
      return workspace.ledger().crls().heads(workspace.issuer().keyIdentifier()).stream()
          .map(CrlStore.Head::nextUpdate)
          .min(Comparator.naturalOrder())
          .map(Watching::unixTime)
          .orElse(Double.NaN);
    } catch (LedgerUnavailable e) {
      return Double.NaN; // postern_ledger_age_seconds tells
    }
  }

  private static double unixTime(Instant instant) {
    return instant.getEpochSecond();
  }

  private List<String> obstacles() {
    List<String> found = new ArrayList<>();
    Gateway running = gateway;
    if (running == null) {
      found.add("it is starting");
    } else if (running.isDraining()) {
      found.add("it is stopping");
    }
    if (revoked.isStale()) {
      found.add("the ledger could not be read for " + revoked.age().toSeconds() + " seconds");
    }
    return found;
  }

  @Override
  public void close() {
    live.ifPresent(Live::close);
    metrics.close();
  }
}
