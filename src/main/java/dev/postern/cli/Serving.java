package dev.postern.cli;

import dev.postern.access.Doorkeeper;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.config.PagesConfig;
import dev.postern.config.PosternConfig;
import dev.postern.config.SiteConfig;
import dev.postern.gateway.AccessLog;
import dev.postern.gateway.Gateway;
import dev.postern.gateway.GatewayConfig;
import dev.postern.gateway.GatewayState;
import dev.postern.gateway.Site;
import dev.postern.ledger.LedgerWatch;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.UserDirectory;
import dev.postern.mail.ReminderRound.Outbox;
import dev.postern.mail.ReminderSender;
import dev.postern.web.BindFailure;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A gateway at work: what it serves is assembled from the configuration and the ledger, and again
 * whenever the file or the ledger change, SIGHUP comes, or a certificate of its own grows old.
 */
final class Serving implements AutoCloseable {
  private static final Duration FILE_LOOK = Duration.ofMillis(500);
  private static final Duration STAPLE_LOOK = Duration.ofMinutes(1);
  private static final Duration CERTIFICATE_LOOK = Duration.ofHours(1);

  private final Workspace workspace;
  private final Terminal terminal;
  private final Assembly assembly;
  private final Authorities authorities;
  private final UserDirectory directory;
  private final RevokedCertificates revoked;
  private final ForeignStatuses foreignStatuses;
  private final AccessLog log;
  private final SignIns signIns;
  private final Watching watching;
  private final Optional<Publishing> publishing;
  private final Mailing mailing;
  private final Gateway gateway;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean reloadWanted = new AtomicBoolean();
  private final AtomicBoolean certificatesWanted = new AtomicBoolean();
  private final AtomicBoolean stapleWanted = new AtomicBoolean();
  private final Thread clockwork =
      Thread.ofPlatform().daemon().name("postern-clockwork").unstarted(this::tick);
  private final ConfigWatch configWatch;
  private volatile @Nullable GatewayState inForce;
  private volatile PosternConfig config;

  /** So many changes of our own pages hold. */
  private volatile long followed = -1;

  private @Nullable LedgerWatch ledgerWatch;
  private @Nullable ReminderSender reminders;

  private Serving(Workspace workspace, Terminal terminal, AccessLog accessLog) throws BindFailure {
    this.workspace = workspace;
    this.terminal = terminal;
    this.directory = new UserDirectory(workspace.users(), workspace.ledger().events());
    this.revoked = workspace.revoked();
    this.foreignStatuses = new ForeignStatuses(workspace.clock());
    this.signIns = SignIns.into(workspace.ledger().signIns(), workspace.clock());
    this.watching = new Watching(workspace, revoked, signIns);
    this.log = watching.counting(new SignInLog(accessLog, signIns, this::isOwn), this::isSite);
    this.assembly =
        new Assembly(
            workspace,
            new ConsoleWiring(workspace, directory, signIns, this::inForce),
            this::followNow);
    this.authorities = new Authorities(workspace, revoked, Optional.of(foreignStatuses));
    this.configWatch = new ConfigWatch(workspace.configFile());
    this.mailing = new Mailing(terminal, workspace.clock());
    this.config = workspace.config();
    Optional<Outbox> _ = mailing.outbox(workspace.config()); // what is wrong there is told now
    GatewayState state = state(workspace.config());
    this.inForce = state;
    this.publishing = Publishing.start(workspace, revoked, terminal);
    try {
      this.gateway = Gateway.start(gatewayConfig(), state, log, workspace.clock());
    } catch (BindFailure e) {
      publishing.ifPresent(Publishing::close);
      watching.close();
      throw e;
    }
    foreignStatuses.commit();
    publishing.ifPresent(each -> watching.watch(each.ocsp()));
    watching.watch(gateway, assembly::ownCertificates);
  }

  private void staple() {
    try {
      publishing.ifPresent(each -> each.staple(assembly.ownCertificates()));
    } catch (RuntimeException e) {
      terminal.error("no OCSP answer for the gateway's own certificates: " + e.getMessage());
    }
  }

  /** Files that no phone fetched in time. */
  private void sweep() {
    try {
      workspace.ledger().invitations().sweep();
    } catch (LedgerUnavailable e) {
      terminal.error("files whose time is over stay a minute longer: " + e.getMessage());
    }
  }

  private GatewayConfig gatewayConfig() {
    Capacity capacity = Capacity.here(workspace.config().limits().connections());
    capacity.remark().ifPresent(remark -> terminal.remark("postern: " + remark));
    GatewayConfig plain =
        Assembly.gateway(workspace.config()).withConnections(capacity.connections());
    GatewayConfig published =
        publishing
            .map(each -> plain.withPublished(each.handler()).withStapler(each.stapler()))
            .orElse(plain);
    return workspace
        .config()
        .listen()
        .status()
        .map(address -> watching.serving(published, address.socket()))
        .orElse(published);
  }

  /** Listens; ends the command with one line when an address cannot be had. */
  static Serving start(Workspace workspace, Terminal terminal) {
    try {
      var serving = new Serving(workspace, terminal, AccessLogs.of(workspace.config(), terminal));
      serving.watch();
      return serving;
    } catch (BindFailure e) {
      throw CommandFailure.fault(
          e.getMessage() + setting(workspace.config().listen(), e.address()));
    }
  }

  /** Where the address stands in the configuration. */
  private static String setting(PosternConfig.Listen listen, InetSocketAddress address) {
    if (listen.https().socket().equals(address)) {
      return "; it is listen.https";
    }
    if (listen.http().filter(each -> each.socket().equals(address)).isPresent()) {
      return "; it is listen.http";
    }
    return "; it is listen.status";
  }

  private void watch() {
    foreignStatuses.onChange(gateway::reconsider);
    staple(); // so that the first client already gets them
    ledgerWatch = workspace.ledger().watch(new Follower());
    Signals.each("HUP", () -> reloadWanted.set(true));
    Signals.first("TERM", stopped::countDown);
    Signals.first("INT", stopped::countDown);
    reminders =
        ReminderSender.start(
            workspace.ledger().reminders(), () -> mailing.outbox(config), workspace.clock());
    clockwork.start();
  }

  /** Looks at the file twice a second and at our own certificates once an hour, until the end. */
  private void tick() {
    Instant certificatesLookedAt = workspace.now();
    Instant stapledAt = workspace.now(); // when watching began
    try {
      while (!stopped.await(FILE_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean changed =
            configWatch.changed(); // asked each time, so that a reload is not done twice
        if (reloadWanted.getAndSet(false) || changed) {
          reload();
        }
        if (stapleWanted.getAndSet(false) || workspace.now().isAfter(stapledAt.plus(STAPLE_LOOK))) {
          stapledAt = workspace.now();
          staple();
          sweep();
        }
        if (certificatesWanted.getAndSet(false)
            || workspace.now().isAfter(certificatesLookedAt.plus(CERTIFICATE_LOOK))) {
          certificatesLookedAt = workspace.now();
          lookAtCertificates();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Brings what is in memory up to the ledger, and shows out whoever may no longer be in. */
  private void follow() {
    if (revoked.follow()) {
      gateway.reconsider(); // at once: what comes next may fail
      certificatesWanted.set(true); // one of them may be our own
    }
    if (directory.follow()) {
      gateway.reconsider();
    }
  }

  /**
   * What our own pages changed holds before they answer; what others changed, moments later. Who
   * only issued has changed nothing that must hold.
   */
  private void followNow() {
    long changes = workspace.ledger().changes();
    if (changes == followed) {
      return;
    }
    try {
      follow();
      followed = changes;
    } catch (LedgerUnavailable e) {
      terminal.error("the change is made, and holds in a moment: " + e.getMessage());
    }
  }

  /** Hears of what anybody changed. */
  private final class Follower implements LedgerWatch.Listener {
    @Override
    public void changed() {
      follow();
      // After what lets people in or not; and the rest is not done on this thread.
      publishing.ifPresent(Publishing::ledgerChanged);
      stapleWanted.set(true);
    }

    @Override
    public void unchanged() {
      revoked.upToDate();
    }
  }

  /** The whole file or nothing: what is wrong is said with its lines, and the old state stays. */
  private void reload() {
    try {
      PosternConfig config = Configuration.readWithFiles(workspace.configFile());
      Optional<Outbox> _ = mailing.outbox(config);
      replace(config);
      if (reminders != null) {
        reminders.look();
      }
      terminal.remark("postern: " + workspace.configFile() + " was read again and is in force");
      List<String> waiting = waiting(workspace.config(), config);
      sayWhoIsNobody(config);
      if (!waiting.isEmpty()) {
        terminal.remark(
            "postern: but "
                + String.join(", ", waiting)
                + ": what changed there holds from the next start on");
      }
    } catch (CommandFailure e) {
      e.lines().forEach(terminal::error);
      terminal.remark("postern: the configuration in force stays as it was");
    } catch (RuntimeException e) {
      terminal.error("reading " + workspace.configFile() + " again failed: " + e);
    }
  }

  /** The keys of {@code now} that differ from what this process began with, and cannot change. */
  private static List<String> waiting(PosternConfig began, PosternConfig now) {
    Map<String, Function<PosternConfig, Object>> fixed = new LinkedHashMap<>();
    fixed.put("data", PosternConfig::data);
    fixed.put("listen", PosternConfig::listen);
    fixed.put("tls", PosternConfig::tls);
    fixed.put("publish", PosternConfig::publish);
    fixed.put("limits.connections", each -> each.limits().connections());
    fixed.put("timeouts", PosternConfig::timeouts);
    fixed.put("access-log", PosternConfig::accessLog);
    return fixed.entrySet().stream()
        .filter(each -> !each.getValue().apply(began).equals(each.getValue().apply(now)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** One at a time: two at once could bring back the trust that one of them replaced. */
  private synchronized void replace(PosternConfig config) {
    boolean done = false;
    try {
      GatewayState state = state(config);
      gateway.replace(state);
      inForce = state;
      this.config = config;
      done = true;
    } finally {
      if (done) {
        foreignStatuses.commit();
      } else {
        foreignStatuses.abort();
      }
    }
  }

  /** What the gateway serves now. */
  private GatewayState inForce() {
    return Objects.requireNonNull(inForce, "nothing is served before there is a state");
  }

  private boolean isSite(String host) {
    return inForce().sites().stream().anyMatch(site -> site.host().equals(host));
  }

  /** Whether Postern itself answers there, now. */
  private boolean isOwn(String host) {
    return inForce().sites().stream()
        .anyMatch(site ->
            site.host().equals(host) && site.destination() instanceof Site.Destination.Internal);
  }

  private GatewayState state(PosternConfig config) {
    Trust trust = authorities.trust(config);
    return assembly.state(config, trust, new Doorkeeper(trust, directory));
  }

  private void lookAtCertificates() {
    publishing.ifPresent(Publishing::remind);
    try {
      PosternConfig config = Configuration.read(workspace.configFile());
      if (assembly.certificatesAreDue(config)) {
        replace(config);
        terminal.remark("postern: renewed the gateway's own certificates");
      }
    } catch (RuntimeException e) {
      terminal.error(
          "renewing the gateway's own certificates failed, tried again in an hour: "
              + e.getMessage());
    }
  }

  int httpsPort() {
    return gateway.httpsPort();
  }

  /** One line a site. */
  void sayWhere() {
    for (SiteConfig site : workspace.config().sites()) {
      String port = httpsPort() == 443 ? "" : ":" + httpsPort();
      terminal.print("https://" + site.host() + port + "  →  " + site.upstream());
    }
    PagesConfig pages = workspace.config().pages();
    pages.enrol().ifPresent(host -> sayWhere(pages, host, "postern invite USER: certificates"));
    pages.me().ifPresent(host -> sayWhere(pages, host, "people look after their own certificates"));
    pages.admin().ifPresent(host -> sayWhere(pages, host, "console and API, for administrators"));
    gateway
        .httpPort()
        .ifPresent(port ->
            workspace
                .config()
                .publish()
                .url()
                .ifPresent(url ->
                    terminal.print(url + "  →  CRL, OCSP and CA certificates, on port " + port)));
    sayWhoIsNobody(workspace.config());
    Configuration.doubts(workspace.config())
        .forEach(doubt -> terminal.remark("postern: warning: " + doubt));
    workspace
        .config()
        .mail()
        .ifPresent(mail -> terminal.print("Reminders by e-mail: " + Mailing.text(mail)));
    gateway
        .statusPort()
        .ifPresent(port ->
            terminal.print("Metrics and health on port " + port + ": /metrics, /healthz, /readyz"));
    terminal.print("Access log: " + AccessLogs.text(workspace.config()));
    terminal.print("Serving. Ctrl-C ends it.");
  }

  /** Rules may be there before the people are; or somebody mistyped. */
  private void sayWhoIsNobody(PosternConfig config) {
    Set<String> groups;
    try {
      groups = workspace.users().groupSizes().keySet();
    } catch (LedgerUnavailable e) {
      return; // it is a help, and no more
    }
    for (SiteConfig site : config.sites()) {
      site.rules().stream()
          .flatMap(rule -> rule.allow().stream())
          .distinct()
          .filter(who ->
              switch (who) {
                case Rule.Who.Group(String name) ->
                    groups.stream().noneMatch(name::equalsIgnoreCase);
                case Rule.Who.NamedUser(String name) -> directory.named(name).isEmpty();
                case Rule.Who.Anyone(), Rule.Who.AnyUser(), Rule.Who.Nobody() -> false;
              })
          .forEach(who ->
              terminal.remark(
                  "postern: a rule of "
                      + site.host()
                      + " allows "
                      + who.text()
                      + ": nobody is that yet"));
    }
  }

  private void sayWhere(PagesConfig pages, String host, String what) {
    terminal.print(pages.address(host) + "  →  " + what);
  }

  /** Returns when somebody asked the process to end. */
  void untilStopped() throws InterruptedException {
    stopped.await();
    terminal.remark("postern: stopping; requests in flight may finish");
  }

  @Override
  public void close() {
    stopped.countDown();
    if (ledgerWatch != null) {
      ledgerWatch.close();
    }
    gateway.close();
    if (reminders != null) {
      reminders.close();
    }
    foreignStatuses.close();
    publishing.ifPresent(Publishing::close);
    log.close();
    signIns.close();
    watching.close();
  }
}
