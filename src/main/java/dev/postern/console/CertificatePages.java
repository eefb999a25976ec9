package dev.postern.console;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.Page;
import dev.postern.ledger.SqlLedger;
import dev.postern.revocation.CrlReason;
import dev.postern.web.Form;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.web.Routes.Call;
import dev.postern.x509.MalformedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Certificates: the list, one of them, and what may be done to it. */
final class CertificatePages {
  private static final String[] FILTERS = {
    "text", "user", "profile", "state", "expiresAfter", "expiresBefore", "after", "limit"
  };

  private final SqlLedger ledger;
  private final InstantSource clock;
  private final Screen screen;

  CertificatePages(ConsoleServices services, Screen screen) {
    this.ledger = services.ledger();
    this.clock = services.clock();
    this.screen = screen;
  }

  void addTo(Routes.Builder routes) {
    routes
        .get("/certificates", this::list)
        .get("/certificates/{serial}", this::one)
        .get("/certificates/{serial}/pem", this::pem);
    for (String action : List.of("revoke", "suspend", "release")) {
      routes
          .get("/certificates/{serial}/" + action, call -> ask(call, action))
          .post("/certificates/{serial}/" + action, call -> change(call, action));
    }
  }

  private Reply list(Call call) throws MalformedException {
    Filters filters = Filters.of(call, FILTERS);
    Instant now = clock.instant();
    Page page = ledger.list(CertificateApi.query(filters, now));
    Map<String, String> asked = new TreeMap<>(filters.given());
    boolean further = asked.remove("after") != null;
    var content =
        new CertificatesPage(
            asked,
            Arrays.stream(CertificateState.values()).map(CertificateState::word).toList(),
            page.entries().stream().map(entry -> CertificateRow.of(entry, now)).toList(),
            page.next()
                .map(next -> address("/certificates", asked, Optional.of(next)))
                .orElse(null),
            further ? address("/certificates", asked, Optional.empty()) : null);
    return screen.show(
        call, Screen.Page.of("certificates", title("certificates"), "certificates", content));
  }

  /** The same filters, from elsewhere on. */
  static String address(String path, Map<String, String> asked, Optional<String> after) {
    Map<String, String> all = new TreeMap<>(asked);
    after.ifPresent(cursor -> all.put("after", cursor));
    return path
        + all.entrySet().stream()
            .map(each -> each.getKey() + "=" + Screen.escaped(each.getValue()))
            .collect(Collectors.joining("&", all.isEmpty() ? "" : "?", ""));
  }

  private static String title(String key) {
    return Words.ENGLISH.text("section." + key);
  }

  private Reply pem(Call call) throws MalformedException {
    return CertificateApi.entry(ledger, call)
        .map(entry -> CertificateApi.pem(entry.certificate()))
        .orElseGet(() -> unknown(call));
  }

  private Reply unknown(Call call) {
    return screen.tell(call, Refusal.notFound("no certificate was issued with this serial number"));
  }

  private Reply one(Call call) throws MalformedException {
    return CertificateApi.entry(ledger, call)
        .map(entry -> screen.show(call, page(entry, "", "certificate")))
        .orElseGet(() -> unknown(call));
  }

  private Screen.Page page(Entry entry, String action, String template) {
    String serial = entry.certificate().serialNumber().hex();
    var use = ledger.signIns().lastUse(serial);
    CertificateRow row = CertificateRow.of(entry, clock.instant());
    var content =
        new CertificatePage(
            entry,
            row,
            ledger.events().about(serial).reversed().stream().map(EventRow::of).toList(),
            use.map(each -> each.at()).orElse(null),
            use.map(each -> each.address()).orElse(null),
            action,
            CertificateApi.usualReasons().stream().map(CrlReason::word).toList());
    String title =
        action.isEmpty() ? row.name() : Words.ENGLISH.text("certificate." + action + ".title");
    return Screen.Page.of("certificates", title, template, content);
  }

  /** Before it is done: what it means. */
  private Reply ask(Call call, String action) throws MalformedException {
    return CertificateApi.entry(ledger, call)
        .map(entry -> screen.show(call, page(entry, action, "statusChange")))
        .orElseGet(() -> unknown(call));
  }

  private Reply change(Call call, String action) throws MalformedException {
    Optional<Entry> entry = CertificateApi.entry(ledger, call);
    if (entry.isEmpty()) {
      return unknown(call);
    }
    Optional<StatusChange> wish = wish(action, Form.of(call.exchange()));
    if (wish.isEmpty()) {
      return screen.again(
          call,
          page(entry.get(), action, "statusChange"),
          Refusal.invalid(Words.ENGLISH.text("certificate.revoke.noreason")));
    }
    var serial = entry.get().certificate().serialNumber();
    return switch (ledger
        .revocations()
        .change(List.of(serial), wish.get(), Visitor.in(call.exchange()).requester())) {
      case Revocation.Refused(String reason) ->
          screen.again(call, page(entry.get(), action, "statusChange"), Refusal.conflict(reason));
      case Revocation.Done _ ->
          Reply.seeOther("/certificates/" + serial.hex() + "?done=" + done(action));
    };
  }

  private static Optional<StatusChange> wish(String action, Form form) {
    return switch (action) {
      case "suspend" -> Optional.of(new StatusChange.Suspend());
      case "release" -> Optional.of(new StatusChange.Release());
      default -> form.text("reason").flatMap(CertificateApi::revocation);
    };
  }

  private static String done(String action) {
    return action.equals("suspend") ? "suspended" : action + "d";
  }
}
