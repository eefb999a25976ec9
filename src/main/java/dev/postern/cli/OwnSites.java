package dev.postern.cli;

import dev.postern.access.Latecomers;
import dev.postern.access.PathPattern;
import dev.postern.access.Role;
import dev.postern.access.Rule;
import dev.postern.access.Rule.Who;
import dev.postern.config.PagesConfig;
import dev.postern.config.PosternConfig;
import dev.postern.enrol.Attempts;
import dev.postern.enrol.EnrolHost;
import dev.postern.enrol.EnrolSite;
import dev.postern.enrol.MeSite;
import dev.postern.gateway.Site;
import dev.postern.keys.TlsIdentity;
import dev.postern.web.InternalHandler;
import dev.postern.web.Pages;
import dev.postern.web.Posture;
import dev.postern.x509.Certificate;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;

/** Postern's own hosts: enrolment, self-service, console (decision 0012). */
final class OwnSites {
  /** Auditors look, administrators do everything; the first rule that fits decides. */
  private static final List<Rule> ADMIN_RULES =
      List.of(
          rule(Set.of("GET"), "group:" + Role.ADMIN.group(), "group:" + Role.AUDITOR.group()),
          rule(Set.of(), "group:" + Role.ADMIN.group()));

  private final Workspace workspace;
  private final ServerCertificates certificates;
  private final ConsoleWiring console;
  private final Runnable follow;
  private final Attempts attempts;

  OwnSites(
      Workspace workspace,
      ServerCertificates certificates,
      ConsoleWiring console,
      Runnable follow) {
    this.workspace = workspace;
    this.certificates = certificates;
    this.console = console;
    this.follow = follow;
    this.attempts = Attempts.ofGuessing(workspace.clock());
  }

  List<Site> of(PosternConfig config) {
    PagesConfig pages = config.pages();
    List<Site> sites = new ArrayList<>();
    Optional<KeyManagerFactory> given =
        pages.certificate().map(workspace::identity).map(TlsIdentity::keyManagerFactory);
    Function<String, KeyManagerFactory> identity =
        host -> given.orElseGet(() -> certificates.identity(host));
    for (Door door : doors(config)) {
      Site site =
          switch (door.page()) {
            case ENROL -> site(door, identity, Posture.NEVER, enrol(config, door.host()));
            case ME -> site(door, identity, Posture.WANT, me(config));
            case ADMIN -> site(door, identity, Posture.WANT, console.of(config));
          };
      sites.add(site.with(new Site.Expiry(Set.of(), door.latecomers())));
    }
    return sites;
  }

  enum Page {
    ENROL,
    ME,
    ADMIN
  }

  /** Who may come to one of them. */
  record Door(Page page, String host, List<Rule> rules, Latecomers latecomers) {}

  static List<Door> doors(PosternConfig config) {
    PagesConfig pages = config.pages();
    return Stream.of(
            pages.enrol().map(host -> door(Page.ENROL, host, rule(Set.of(), "anyone"))),
            pages.me().map(host -> door(Page.ME, host, rule(Set.of(), "users"))),
            pages.admin().map(host -> new Door(Page.ADMIN, host, ADMIN_RULES, Latecomers.REFUSED)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Door door(Page page, String host, Rule rule) {
    return new Door(
        page, host, List.of(rule), page == Page.ME ? Latecomers.MAY_RENEW : Latecomers.REFUSED);
  }

  /** Where people are sent who are refused, or will be soon. */
  static Pages.Ways ways(PosternConfig config) {
    PagesConfig pages = config.pages();
    Function<String, URI> home = host -> URI.create(pages.address(host) + "/");
    return new Pages.Ways(
        pages.enrol().map(home), pages.me().filter(_ -> pages.renews()).map(home), pages.contact());
  }

  private Site site(
      Door door,
      Function<String, KeyManagerFactory> identity,
      Posture posture,
      InternalHandler handler) {
    return new Site(
        door.host(),
        identity.apply(door.host()),
        posture,
        door.rules(),
        new Site.Destination.Internal(new InForce(handler, follow), EnrolSite.MAX_BODY),
        Set.of(),
        Site.Limits.DEFAULT,
        Site.Expiry.PLAIN);
  }

  private static Rule rule(Set<String> methods, String... who) {
    List<Who> allow = Arrays.stream(who).map(Who::parse).toList();
    return new Rule(new PathPattern("/**"), methods, allow);
  }

  /** RFC 6761 §6.3: to a phone that name is the phone itself. */
  private static boolean isHereAlone(String host) {
    return host.equals("localhost") || host.endsWith(".localhost");
  }

  private EnrolSite enrol(PosternConfig config, String host) {
    PagesConfig pages = config.pages();
    var enrolHost =
        new EnrolHost(
            config.name(),
            pages.address(host),
            pages.me().map(pages::address),
            pages.phone() && !isHereAlone(host),
            pages.key(),
            InputFile.certificates(workspace.folder().rootCertificate()).getFirst(),
            identity(pages, host));
    return new EnrolSite(
        enrolHost, workspace.ledger(), workspace::authority, attempts, workspace.clock());
  }

  /** What signs Apple profiles is what the host shows in TLS. */
  private EnrolHost.Identity identity(PagesConfig pages, String host) {
    if (pages.certificate().isPresent()) {
      List<Certificate> chain = InputFile.certificates(pages.certificate().get().chain());
      return new EnrolHost.Identity(
          workspace.key(pages.certificate().get(), chain).signer(), chain);
    }
    List<Certificate> chain = new ArrayList<>(List.of(certificates.certificate(host)));
    chain.addAll(workspace.issuer().chain());
    return new EnrolHost.Identity(certificates.signer(), chain);
  }

  private MeSite me(PosternConfig config) {
    PagesConfig pages = config.pages();
    return new MeSite(
        config.name(),
        workspace.ledger(),
        workspace.invitationDesk(pages),
        pages.invitation(),
        workspace.clock());
  }
}
