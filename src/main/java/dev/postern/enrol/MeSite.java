package dev.postern.enrol;

import dev.postern.access.Identity;
import dev.postern.access.RenewalTime;
import dev.postern.access.User;
import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Requester;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.SqlLedger;
import dev.postern.revocation.CrlReason;
import dev.postern.web.Assets;
import dev.postern.web.Exchange;
import dev.postern.web.Form;
import dev.postern.web.InternalHandler;
import dev.postern.web.Language;
import dev.postern.web.Layout;
import dev.postern.web.Pages;
import dev.postern.web.Problem;
import dev.postern.web.QrCode;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.web.Routes.Call;
import dev.postern.web.Texts;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The host where people with a certificate are greeted and look after their own: which devices have
 * one, revoke a lost one, add another, renew. The gateway has judged the certificate before; one
 * that ended lately it lets in to be renewed, and what else there is here stays closed to it.
 */
public final class MeSite implements InternalHandler {
  /** Where people try a new certificate: who comes here without one is told why that may be. */
  public static final String HELLO = "/hello";

  private static final int MOST_SHOWN = 200;

  private final String organization;
  private final SqlLedger ledger;
  private final Optional<InvitationDesk> desk;
  private final Duration invitation;
  private final InstantSource clock;
  private final Pages pages = new Pages();
  private final Texts texts = Texts.of("dev.postern.enrol.me");
  private final Assets assets = Assets.of(MeSite.class, "enrol.css", "me.css");
  private final Routes routes =
      assets
          .servedBy(Routes.toldBy(pages))
          .get("/", this::home)
          .get(HELLO, _ -> Reply.seeOther("/"))
          .post("/devices", this::addDevice)
          .post("/renewal", this::renew)
          .get("/certificates/{serial}/revocation", this::askToRevoke)
          .post("/certificates/{serial}/revocation", this::revoke)
          .build();

  /** For {@link Identity#mayOnlyRenew}: named one by one, so that nothing new opens by itself. */
  private final Routes renewing =
      assets
          .servedBy(Routes.toldBy(pages))
          .get("/", this::ended)
          .get(HELLO, _ -> Reply.seeOther("/"))
          .post("/renewal", this::renew)
          .otherwise(this::onlyRenew)
          .build();

  /**
   * @param desk absent where there is no enrolment host
   * @param invitation how long an invitation to oneself lasts
   */
  public MeSite(
      String organization,
      SqlLedger ledger,
      Optional<InvitationDesk> desk,
      Duration invitation,
      InstantSource clock) {
    this.organization = organization;
    this.ledger = ledger;
    this.desk = desk;
    this.invitation = invitation;
    this.clock = clock;
  }

  @Override
  public Reply answer(Exchange exchange) {
    return (identity(exchange).mayOnlyRenew() ? renewing : routes).answer(exchange);
  }

  @Override
  public boolean greets(String path) {
    return path.equals(HELLO);
  }

  private static Identity identity(Call call) {
    return identity(call.exchange());
  }

  /** The rules of the host let nobody in without one. */
  private static Identity identity(Exchange exchange) {
    return exchange
        .identity()
        .orElseThrow(() -> new IllegalStateException("nobody may come here without a certificate"));
  }

  private static Requester requester(Call call) {
    return new Requester(
        "me:" + identity(call).user().name() + "@" + call.exchange().clientAddress());
  }

  /** {@code seen}: what else there is to say, in English. */
  private Problem problem(Call call, int status, String code, String key, String seen) {
    Language language = texts.in(call.exchange());
    return Problem.said(
        status,
        code,
        language.text("problem." + key + ".title"),
        language.text("problem." + key + ".detail").replace("{seen}", seen));
  }

  private Layout layout(Language language, String title) {
    return Layout.of(language, title, assets, List.of("enrol.css", "me.css"));
  }

  private Reply home(Call call) throws MalformedException {
    Language language = texts.in(call.exchange());
    Identity identity = identity(call);
    User user = identity.user();
    Certificate shown = identity.certificate();
    Instant now = clock.instant();
    // Also what has ended and may be renewed: whoever has the device can.
    Duration grace = identity.authority().grace().orElse(Duration.ZERO);
    var query = CertificateQuery.ALL.user(user.name()).limit(MOST_SHOWN);
    List<Entry> entries =
        ledger.list(query).entries().stream()
            .filter(entry -> now.isBefore(entry.certificate().notAfter().plus(grace)))
            .toList();
    var uses =
        ledger
            .signIns()
            .lastUses(
                entries.stream().map(each -> each.certificate().serialNumber().hex()).toList());
    List<MePage.Row> rows =
        entries.stream()
            .map(entry -> MePage.Row.of(entry, shown, uses, clock.instant(), language))
            .toList();
    return Layout.reply(
        200,
        "enrol/me.jte",
        new MePage(
            layout(language, language.text("me.title")),
            language,
            organization,
            user.displayName(),
            language.longDay(shown.notAfter()),
            RenewalTime.hasCome(shown, clock.instant()),
            rows,
            hasNewer(entries, shown, now),
            desk.isPresent(),
            call.query("revoked").isPresent()),
        desk.map(InvitationDesk::address).orElse(""));
  }

  /** One for the same device: browsers go on showing the one they have shown here before. */
  private static boolean hasNewer(List<Entry> entries, Certificate shown, Instant now) {
    return entries.stream()
        .filter(entry -> entry.isGoodAt(now))
        .map(Entry::certificate)
        .anyMatch(each ->
            each.subject().equals(shown.subject()) && each.notAfter().isAfter(shown.notAfter()));
  }

  private Reply ended(Call call) {
    Language language = texts.in(call.exchange());
    Identity identity = identity(call);
    return Layout.reply(
        200,
        "enrol/ended.jte",
        new EndedPage(
            layout(language, language.text("ended.title")),
            language,
            identity.user().displayName(),
            identity.certificate().notAfter(),
            identity.authority().grace().orElse(Duration.ZERO)),
        desk.map(InvitationDesk::address).orElse(""));
  }

  private Reply onlyRenew(Call call) {
    return pages.tell(call.exchange(), problem(call, 403, "only-renewal", "only-renewal", ""));
  }

  private Reply addDevice(Call call) throws MalformedException {
    return invite(call, Form.of(call.exchange()).text("device"), false);
  }

  /** A fresh certificate for the same device; the old one stays good until it ends. */
  private Reply renew(Call call) {
    String called = identity(call).certificate().subject().commonName().orElse("");
    String prefix = identity(call).user().displayName() + " (";
    Optional<String> device =
        called.startsWith(prefix) && called.endsWith(")")
            ? Optional.of(called.substring(prefix.length(), called.length() - 1))
            : Optional.empty();
    return invite(call, device, true);
  }

  private Reply invite(Call call, Optional<String> device, boolean here) {
    if (desk.isEmpty()) {
      return pages.tell(call.exchange(), problem(call, 404, "enrolment-off", "enrolment-off", ""));
    }
    User user = identity(call).user();
    Certificate shown = identity(call).certificate();
    if (ledger.withFingerprint(shown.fingerprint()).isEmpty()) {
      // Its CA could not take back what it leads to.
      return pages.tell(
          call.exchange(), problem(call, 403, "foreign-certificate", "foreign-certificate", ""));
    }
    if (device.flatMap(InvitationDesk::problem).isPresent()) {
      String longest = Integer.toString(Invitation.LONGEST_DEVICE);
      return pages.tell(call.exchange(), problem(call, 422, "refused", "device", longest));
    }
    return switch (desk.get()
        .invite(user, device, invitation, Optional.of(shown.serialNumber()), requester(call))) {
      case InvitationDesk.Outcome.Refused(String reason) ->
          pages.tell(call.exchange(), problem(call, 422, "refused", "refused", reason));
      case InvitationDesk.Outcome.Invited(_, String link) when here -> Reply.seeOther(link);
      case InvitationDesk.Outcome.Invited(Invitation made, String link) -> {
        Language language = texts.in(call.exchange());
        QrCode code = QrCode.of(link);
        yield Layout.reply(
            200,
            "enrol/invited.jte",
            new InvitedPage(
                layout(language, language.text("invited.title")),
                language,
                link,
                code.size(),
                code.path(),
                language.longDay(made.expiresAt())));
      }
    };
  }

  /** Somebody else's certificate is not told from one that never was. */
  private Optional<Entry> own(Call call) {
    try {
      return ledger
          .withSerial(SerialNumber.ofHex(call.named("serial")))
          .filter(entry -> entry.user().equals(Optional.of(identity(call).user().name())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Reply notYours(Call call) {
    return pages.tell(call.exchange(), problem(call, 404, "not-found", "no-certificate", ""));
  }

  private Reply askToRevoke(Call call) {
    Optional<Entry> entry = own(call);
    if (entry.isEmpty()) {
      return notYours(call);
    }
    Language language = texts.in(call.exchange());
    Certificate shown = identity(call).certificate();
    return Layout.reply(
        200,
        "enrol/revoke.jte",
        new RevokePage(
            layout(language, language.text("revoke.title")),
            language,
            MePage.Row.of(entry.get(), shown, Map.of(), clock.instant(), language)));
  }

  private Reply revoke(Call call) throws MalformedException {
    Optional<Entry> entry = own(call);
    if (entry.isEmpty()) {
      return notYours(call);
    }
    CrlReason reason =
        switch (Form.of(call.exchange()).text("reason").orElse("")) {
          case "lost" -> CrlReason.KEY_COMPROMISE;
          case "replaced" -> CrlReason.SUPERSEDED;
          default -> throw new MalformedException("reason", "is lost or replaced");
        };
    Revocation done =
        ledger
            .revocations()
            .change(
                List.of(entry.get().certificate().serialNumber()),
                new StatusChange.Revoke(reason),
                requester(call));
    return switch (done) {
      case Revocation.Refused(String why) ->
          pages.tell(call.exchange(), problem(call, 409, "refused", "refused", why));
      case Revocation.Done _ -> Reply.seeOther("/?revoked=1");
    };
  }
}
