package dev.postern.console;

import dev.postern.authority.Ledger.Entry;
import dev.postern.ledger.Event;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignInStore;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.web.Routes.Call;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How things are and what happened, for people. */
final class OverviewPages {
  private static final int AT_ONCE = 50;
  private static final int REFRESH_SECONDS = 5;
  private static final int SHOWN_SIGN_INS = 100;
  private static final Duration DAY = Duration.ofDays(1);

  private static final List<String> KINDS =
      List.of(
          "certificate.intended",
          "certificate.issued",
          "certificate.revoked",
          "certificate.suspended",
          "certificate.released",
          "certificate.reminded",
          "certificate.not-reminded",
          "user.added",
          "user.described",
          "user.groups",
          "user.enabled",
          "user.disabled",
          "user.imported",
          "invitation.made",
          "invitation.withdrawn",
          "invitation.used",
          "issuer.added");

  private final ConsoleServices services;
  private final Explaining explaining;
  private final Screen screen;

  OverviewPages(ConsoleServices services, Screen screen) {
    this.services = services;
    this.explaining = new Explaining(services);
    this.screen = screen;
  }

  void addTo(Routes.Builder routes) {
    routes
        .get("/", this::overview)
        .get("/sites", this::sites)
        .get("/sign-ins", this::signIns)
        .get("/audit", this::audit)
        .get("/authority", this::authorities)
        .get("/authority/{keyId}/pem", call -> authority(call, true))
        .get("/authority/{keyId}/cer", call -> authority(call, false));
  }

  private static Screen.Page page(String section, String template, Object content) {
    return Screen.Page.of(section, Words.ENGLISH.text("section." + section), template, content);
  }

  private Reply overview(Call call) {
    Instant now = services.clock().instant();
    List<SignInStore.Count> counts =
        services.ledger().signIns().since(now.minus(DAY.multipliedBy(31)));
    Chart day = Chart.of("chart.day", counts, Duration.ofHours(1), 24, now);
    Chart month = Chart.of("chart.month", counts, DAY, 30, now);
    Map<String, List<Long>> outcomes = new TreeMap<>();
    for (SignInStore.Count each : counts) {
      if (!month.covers(each.hour())) {
        continue;
      }
      long today = day.covers(each.hour()) ? each.count() : 0;
      outcomes.merge(
          each.code(),
          List.of(today, each.count()),
          (a, b) -> List.of(a.get(0) + b.get(0), a.get(1) + b.get(1)));
    }
    var content = new OverviewPage(Overview.of(services), List.of(day, month), outcomes);
    return screen.show(call, page("overview", "overview", content));
  }

  private Reply sites(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "url", "user", "serial", "method");
    List<ConsoleSite> sites = services.loaded().get().sites();
    if (filters.text("url").isEmpty()) {
      return screen.show(call, page("sites", "sites", new SitesPage(sites, Map.of(), null)));
    }
    var unanswered = page("sites", "sites", new SitesPage(sites, filters.given(), null));
    try {
      return switch (explaining.explain(filters)) {
        case Explaining.Outcome.Told(var reasoning) ->
            screen.show(
                call, page("sites", "sites", new SitesPage(sites, filters.given(), reasoning)));
        case Explaining.Outcome.Refused(var problem) -> screen.again(call, unanswered, problem);
      };
    } catch (MalformedException e) {
      return screen.again(call, unanswered, Refusal.invalid(e.reason()));
    }
  }

  private Reply signIns(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "live", "only");
    boolean live = filters.text("live").isPresent();
    String only = filters.text("only").orElse("");
    List<SignIn> recent =
        services.signIns().recent().stream()
            .filter(each -> !only.equals("refused") || !each.isAdmitted())
            .limit(SHOWN_SIGN_INS)
            .toList();
    return screen.show(
        call,
        page("sign-ins", "signIns", new SignInsPage(recent, live, only, owners(recent)))
            .refreshing(live ? REFRESH_SECONDS : 0));
  }

  /** As the ledger has them, by serial number. */
  private Map<String, String> owners(List<SignIn> recent) {
    Map<String, String> owners = new HashMap<>();
    recent.stream()
        .filter(SignInsPage::wantsOwner)
        .flatMap(each -> each.serial().stream())
        .distinct()
        .forEach(serial -> owner(serial).ifPresent(user -> owners.put(serial, user)));
    return owners;
  }

  private Optional<String> owner(String serial) {
    try {
      return services
          .ledger()
          .withSerial(SerialNumber.ofHex(serial))
          .filter(entry -> entry.revoked().isPresent())
          .flatMap(Entry::user);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no serial number that we would give
    }
  }

  private Reply audit(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "kind", "subject", "who", "from", "until", "after");
    List<Event> found = services.ledger().events().list(OverviewApi.query(filters, AT_ONCE + 1));
    List<Event> shown = found.subList(0, Math.min(AT_ONCE, found.size()));
    Map<String, String> asked = new TreeMap<>(filters.given());
    boolean further = asked.remove("after") != null;
    var content =
        new AuditPage(
            asked,
            KINDS,
            shown.stream().map(EventRow::of).toList(),
            found.size() > AT_ONCE
                ? CertificatePages.address(
                    "/audit", asked, Optional.of(String.valueOf(shown.getLast().position())))
                : null,
            further ? CertificatePages.address("/audit", asked, Optional.empty()) : null);
    return screen.show(call, page("audit", "audit", content));
  }

  private Reply authorities(Call call) {
    var content =
        new AuthoritiesPage(
            services.authorities(), services.published().map(URI::toString).orElse(null));
    return screen.show(call, page("authority", "authorities", content));
  }

  private Reply authority(Call call, boolean pem) {
    return OverviewApi.authority(services, call)
        .map(certificate ->
            pem
                ? CertificateApi.pem(certificate)
                : Reply.of(200, "application/pkix-cert", certificate.der())
                    .with(
                        "content-disposition",
                        "attachment; filename=\"" + certificate.serialNumber().tail() + ".cer\"")
                    .with("x-content-type-options", "nosniff"))
        .orElseGet(() -> screen.tell(call, Refusal.notFound("no authority of ours has this key")));
  }
}
