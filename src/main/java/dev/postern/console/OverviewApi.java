package dev.postern.console;

import dev.postern.ledger.Event;
import dev.postern.ledger.EventQuery;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How things are and what happened: nothing here changes anything. */
final class OverviewApi {
  private static final Duration MONTH = Duration.ofDays(30);

  private final ConsoleServices services;
  private final Explaining explaining;
  private final Pages pages;

  OverviewApi(ConsoleServices services, Pages pages) {
    this.services = services;
    this.explaining = new Explaining(services);
    this.pages = pages;
  }

  void addTo(Api api) {
    api.get("/status", this::status)
        .get("/events", this::events)
        .get("/sign-ins", this::signIns)
        .get("/sign-ins/recent", this::recent)
        .get("/sites", this::sites)
        .get("/explain", this::explain)
        .get("/authorities", this::authorities)
        .get("/authorities/{keyId}/pem", this::pem);
  }

  private Reply status(Call call) throws MalformedException {
    Filters.of(call);
    return Reply.json(200, Overview.of(services).json());
  }

  /** What the audit trail is asked by. */
  static EventQuery query(Filters filters, int limit) throws MalformedException {
    return new EventQuery(
        filters.text("kind"),
        filters.text("subject"),
        filters.text("who"),
        filters.instant("from"),
        filters.instant("until"),
        filters.cursor(),
        limit);
  }

  private Reply events(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "kind", "subject", "who", "from", "until", "limit", "after");
    int limit = filters.limit();
    List<Event> found = services.ledger().events().list(query(filters, limit + 1));
    List<Event> shown = found.subList(0, Math.min(limit, found.size()));
    return Api.page(
        shown.stream().map(event -> Views.json(event)).toList(),
        found.size() > limit
            ? Optional.of(String.valueOf(shown.getLast().position()))
            : Optional.empty());
  }

  private Reply signIns(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "from");
    Instant now = services.clock().instant();
    Instant from = filters.instant("from").orElse(now.minus(Duration.ofDays(1)));
    if (from.isBefore(now.minus(MONTH).minus(MONTH))) {
      throw new MalformedException("from", "is at most 60 days ago");
    }
    return Api.page(
        services.ledger().signIns().since(from).stream()
            .map(each -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("hour", each.hour().toString());
              map.put("code", each.code());
              map.put("count", each.count());
              return map;
            })
            .toList(),
        Optional.empty());
  }

  private Reply recent(Call call) throws MalformedException {
    Filters.of(call);
    return Api.page(
        services.signIns().recent().stream().map(each -> Views.json(each)).toList(),
        Optional.empty());
  }

  private Reply sites(Call call) throws MalformedException {
    Filters.of(call);
    return Api.page(
        services.loaded().get().sites().stream().map(site -> Views.json(site)).toList(),
        Optional.empty());
  }

  private Reply explain(Call call) throws MalformedException {
    return switch (explaining.explain(Filters.of(call, "user", "serial", "url", "method"))) {
      case Explaining.Outcome.Told(var reasoning) -> Reply.json(200, reasoning.json());
      case Explaining.Outcome.Refused(var problem) -> pages.tell(call.exchange(), problem);
    };
  }

  private Reply authorities(Call call) throws MalformedException {
    Filters.of(call);
    List<Certificate> all = services.authorities();
    return Api.page(
        all.stream().map(each -> Views.json(each, each.equals(all.getLast()))).toList(),
        Optional.empty());
  }

  private Reply pem(Call call) {
    return authority(services, call)
        .map(CertificateApi::pem)
        .orElseGet(() ->
            pages.tell(call.exchange(), Refusal.notFound("no authority of ours has this key")));
  }

  /** The CA certificate that the path names. */
  static Optional<Certificate> authority(ConsoleServices services, Call call) {
    return services.authorities().stream()
        .filter(each -> each.keyIdentifier().hex().equals(call.named("keyId")))
        .findFirst();
  }
}
