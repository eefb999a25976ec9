package dev.postern.enrol;

import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.enrol.Enrolment.Outcome;
import dev.postern.keys.Pkcs12;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.ledger.SqlLedger;
import dev.postern.web.Assets;
import dev.postern.web.Exchange;
import dev.postern.web.Explanation;
import dev.postern.web.Form;
import dev.postern.web.InternalHandler;
import dev.postern.web.Language;
import dev.postern.web.Layout;
import dev.postern.web.Pages;
import dev.postern.web.QrCode;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.web.Routes.Call;
import dev.postern.web.Texts;
import dev.postern.x509.Bytes;
import dev.postern.x509.CertsOnly;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The host where people get their certificates. It never asks for one. {@code GET} changes nothing
 * but for a file that is fetched once, two clicks behind its link, so whoever looks at links ahead
 * of people (mail scanners, chat previews) uses nothing up.
 */
public final class EnrolSite implements InternalHandler {
  /** A request with an RSA 4096 key and many names has 4 kB; a PKCS#12 file with its chain, 5. */
  public static final int MAX_BODY = 128 * 1024;

  private static final Duration WAITING = Duration.ofMinutes(10);

  private final EnrolHost host;
  private final Enrolment enrolment;
  private final Invitations invitations;
  private final InstantSource clock;
  private final Attempts attempts;
  private final SecureRandom random = new SecureRandom();
  private final Pages pages = new Pages();
  private final Texts texts = Texts.of("dev.postern.enrol.enrol");
  private final Assets assets =
      Assets.of(
          EnrolSite.class,
          "enrol.css",
          "enrol.js",
          "webcrypto.js",
          "der.js",
          "pem.js",
          "keys.js",
          "pkcs10.js",
          "passphrase.js",
          "derivation.js",
          "des.js",
          "encryption.js",
          "pkcs12.js");
  private final Routes routes;

  /** {@code attempts} of everybody so far: they outlive this configuration of the host. */
  public EnrolSite(
      EnrolHost host,
      SqlLedger ledger,
      Supplier<Authority> authority,
      Attempts attempts,
      InstantSource clock) {
    this.host = host;
    this.enrolment = new Enrolment(host.organization(), ledger, authority, clock);
    this.invitations = ledger.invitations();
    this.clock = clock;
    this.attempts = attempts;
    this.routes =
        assets
            .servedBy(Routes.toldBy(pages))
            .get("/", this::door)
            .post("/", this::typed)
            .get("/i/{code}", this::open)
            .post("/i/{code}", this::enrol)
            .get("/i/{code}/certificate.pem", call -> file(call, false))
            .get("/i/{code}/certificate.p7b", call -> file(call, true))
            .post("/i/{code}/phone", this::drop)
            .get("/d/{token}", this::waiting)
            .post("/d/{token}", this::fetch)
            .get("/root.pem", _ -> attachment("application/x-pem-file", "root.pem", pemOfRoot()))
            .get(
                "/root.crt",
                _ -> attachment("application/x-x509-ca-cert", "root.crt", host.root().der()))
            .get(
                "/root.mobileconfig",
                _ ->
                    attachment(
                        "application/x-apple-aspen-config",
                        "root.mobileconfig",
                        AppleProfile.of(host)))
            .secretBelow("/i/")
            .secretBelow("/d/")
            .build();
  }

  @Override
  public Reply answer(Exchange exchange) {
    return routes.answer(exchange);
  }

  @Override
  public String logged(String path) {
    return routes.logged(path);
  }

  private Reply refused(Exchange exchange, Obstacle obstacle, String reason) {
    return pages.tell(
        exchange,
        Explanation.of(obstacle.problem(texts.in(exchange), reason), exchange.reference()));
  }

  private Layout layout(Language language, String title, String... scripts) {
    return Layout.of(language, title, assets, List.of("enrol.css"), scripts);
  }

  // The way in.

  private Reply door(Call call) {
    Language language = texts.in(call.exchange());
    return Layout.reply(
        200,
        "enrol/door.jte",
        new DoorPage(layout(language, language.text("door.title")), language, false));
  }

  /** A code that somebody typed, or a link that was pasted. */
  private Reply typed(Call call) throws MalformedException {
    String given = Form.of(call.exchange()).text("code").orElse("");
    Optional<OneTimeCode> code = OneTimeCode.parse(given.replaceFirst("^https://[^/]*/i/", ""));
    if (code.isPresent()) {
      return Reply.seeOther("/i/" + code.get().reveal()).with("cache-control", "no-store");
    }
    Language language = texts.in(call.exchange());
    return Layout.reply(
        422,
        "enrol/door.jte",
        new DoorPage(layout(language, language.text("door.title")), language, true));
  }

  /** Who gets past here has a code that is, or was, good. */
  private interface WithInvitation {
    Reply answer(OneTimeCode code, Invitation invitation) throws MalformedException;
  }

  private Reply invited(Call call, WithInvitation then) throws MalformedException {
    Optional<OneTimeCode> code = OneTimeCode.parse(call.named("code"));
    Optional<Invitation> invitation = code.flatMap(enrolment::invitation);
    return code.isPresent() && invitation.isPresent()
        ? then.answer(code.get(), invitation.get())
        : guessed(call.exchange(), Obstacle.INVITATION_UNKNOWN);
  }

  /** Only who guesses waits: others may share the address. */
  private Reply guessed(Exchange exchange, Obstacle obstacle) {
    String address = network(exchange.clientAddress());
    Optional<Reply> wait = mustWait(exchange, address);
    attempts.failed(address);
    return wait.orElseGet(() -> refused(exchange, obstacle, ""));
  }

  private Optional<Reply> mustWait(Exchange exchange, String who) {
    return attempts
        .pause(who)
        .map(pause -> {
          String minutes = Long.toString(pause.toMinutes() + 1);
          return refused(exchange, Obstacle.TOO_MANY_ATTEMPTS, minutes)
              .with("retry-after", Long.toString(pause.toSeconds() + 1));
        });
  }

  /**
   * An IPv6 client has at least a /64 to itself (RFC 6177). {@code address} as {@link
   * java.net.InetAddress#getHostAddress} writes it: all eight groups.
   */
  private static String network(String address) {
    String[] groups = address.split(":", -1);
    return groups.length < 4 ? address : String.join(":", List.of(groups).subList(0, 4));
  }

  // The page.

  private Reply open(Call call) throws MalformedException {
    return invited(
        call,
        (code, invitation) -> {
          Exchange exchange = call.exchange();
          Optional<Obstacle> obstacle = enrolment.obstacle(invitation);
          if (obstacle.isPresent()) {
            return refused(exchange, obstacle.get(), "");
          }
          Language language = texts.in(exchange);
          String agent = exchange.header("user-agent").orElse("");
          Platform platform = Platform.of(agent);
          String person = enrolment.user(invitation).map(User::displayName).orElse("");
          return Layout.reply(
              200,
              "enrol/invitation.jte",
              new InvitationPage(
                  layout(language, language.text("invitation.title"), "enrol.js"),
                  language,
                  host,
                  person,
                  invitation.device(),
                  platform.device(agent, language),
                  "/i/" + code.reveal(),
                  platform,
                  platform.guides(language)));
        });
  }

  // The certificate.

  private Reply enrol(Call call) throws MalformedException {
    return invited(
        call,
        (code, invitation) -> {
          Exchange exchange = call.exchange();
          Optional<Reply> wait = mustWait(exchange, invitation.id());
          if (wait.isPresent()) {
            return wait.get();
          }
          attempts.failed(invitation.id()); // a success is the last one
          return switch (Sent.of(exchange)) {
            case Sent.Request sent -> enrol(exchange, code, invitation, sent);
            case Sent.Unreadable(String reason) ->
                unreadable(exchange, code, Obstacle.REQUEST_UNREADABLE, reason);
            case Sent.KeyExposed _ -> unreadable(exchange, code, Obstacle.KEY_EXPOSED, "");
          };
        });
  }

  private Reply enrol(
      Exchange exchange, OneTimeCode code, Invitation invitation, Sent.Request sent) {
    return switch (enrolment.enrol(
        code, invitation, sent.request(), sent.device(), exchange.clientAddress())) {
      case Outcome.Refused(Obstacle obstacle, String reason) ->
          obstacle == Obstacle.INVITATION_BUSY
              ? refused(exchange, obstacle, reason)
                  .with("retry-after", Long.toString(Invitations.CLAIM.toSeconds()))
              : refused(exchange, obstacle, reason);
      case Outcome.Certified certified -> certified(exchange, code, invitation, sent, certified);
    };
  }

  /** The invitation is still good, and the way back to it is shown. */
  private Reply unreadable(Exchange exchange, OneTimeCode code, Obstacle obstacle, String reason) {
    Language language = texts.in(exchange);
    return pages.tell(
        exchange,
        new Explanation(
            obstacle.problem(language, reason),
            Optional.empty(),
            Optional.of(
                new Explanation.Action(
                    language.text("problem.back"), host.address() + "/i/" + code.reveal())),
            Optional.empty(),
            List.of(),
            exchange.reference()));
  }

  private Reply certified(
      Exchange exchange,
      OneTimeCode code,
      Invitation invitation,
      Sent.Request sent,
      Outcome.Certified certified) {
    String pem = Pem.write(certified.certificate()) + Pem.write(certified.chain());
    return switch (sent.kind()) {
      case JSON ->
          Reply.json(200, json(invitation, certified, pem)).with("cache-control", "no-store");
      case FORM -> {
        Language language = texts.in(exchange);
        yield Layout.reply(
            200,
            "enrol/certificate.jte",
            new CertificatePage(
                layout(language, language.text("certificate.title")),
                language,
                pem,
                "/i/" + code.reveal(),
                host.welcome()));
      }
      case REQUEST ->
          Reply.of(200, "application/x-pem-file", Bytes.of(pem.getBytes(StandardCharsets.US_ASCII)))
              .with("cache-control", "no-store");
    };
  }

  private Map<String, Object> json(Invitation invitation, Outcome.Certified certified, String pem) {
    var certificate = certified.certificate();
    String name = certificate.subject().commonName().orElse(invitation.user());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("certificates", pem);
    answer.put("name", name);
    answer.put("file", fileName(name) + ".p12");
    answer.put("serial", certificate.serialNumber().hex());
    answer.put("notBefore", certificate.notBefore().toString());
    answer.put("notAfter", certificate.notAfter().toString());
    answer.put("now", clock.instant().toString());
    host.welcome().ifPresent(address -> answer.put("welcome", address));
    return answer;
  }

  /** {@code Alice (work laptop)} as {@code alice-work-laptop}. */
  static String fileName(String name) {
    String plain =
        Normalizer.normalize(name, Normalizer.Form.NFKD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return plain.isEmpty() ? "certificate" : plain;
  }

  /**
   * The certificate of a used invitation: public, like every certificate, but who asks has the
   * link.
   */
  private Reply file(Call call, boolean bundle) throws MalformedException {
    return invited(
        call,
        (_, invitation) ->
            switch (enrolment.issued(invitation)) {
              case Outcome.Refused(Obstacle obstacle, String reason) ->
                  refused(call.exchange(), obstacle, reason);
              case Outcome.Certified(var certificate, var chain) -> {
                var all = new ArrayList<>(List.of(certificate));
                all.addAll(chain);
                String name = fileName(certificate.subject().commonName().orElse(""));
                yield bundle
                    ? attachment(
                        "application/pkcs7-mime; smime-type=certs-only",
                        name + ".p7b",
                        CertsOnly.of(all))
                    : attachment(
                        "application/x-pem-file",
                        name + ".pem",
                        Bytes.of(Pem.write(all).getBytes(StandardCharsets.US_ASCII)));
              }
            });
  }

  // The way to a phone.

  private Reply drop(Call call) throws MalformedException {
    return invited(
        call,
        (_, invitation) -> {
          Exchange exchange = call.exchange();
          if (!host.phone()) {
            return refused(exchange, Obstacle.PHONE_OFF, "");
          }
          if (!(invitation.state() instanceof Invitation.State.Used used)
              || clock.instant().isAfter(used.at().plus(WAITING.multipliedBy(6)))) {
            return refused(
                exchange, Obstacle.FILE_REFUSED, "no certificate came of this link lately");
          }
          if (!(Pkcs12.open(exchange.body()) instanceof Pkcs12.Opening.WrongPassword)) {
            return refused(
                exchange, Obstacle.FILE_REFUSED, "only an encrypted PKCS#12 file is taken");
          }
          String name = fileName(exchange.header("x-file-name").orElse("")) + ".p12";
          OneTimeCode token = OneTimeCode.generate(random);
          if (!invitations.drop(
              token.hash(), invitation, new Invitations.Drop(name, exchange.body()), WAITING)) {
            return refused(exchange, Obstacle.FILE_REFUSED, "three files are waiting already");
          }
          String address = host.address() + "/d/" + token.reveal();
          QrCode code = QrCode.of(address);
          return Reply.json(
                  200,
                  Map.of(
                      "address", address,
                      "minutes", WAITING.toMinutes(),
                      "size", code.size(),
                      "path", code.path()))
              .with("cache-control", "no-store");
        });
  }

  private Reply waiting(Call call) {
    Language language = texts.in(call.exchange());
    Optional<OneTimeCode> token = OneTimeCode.parse(call.named("token"));
    if (token.isEmpty() || !invitations.waits(token.get().hash())) {
      return guessed(call.exchange(), Obstacle.FILE_GONE);
    }
    Platform platform = Platform.of(call.exchange().header("user-agent").orElse(""));
    return Layout.reply(
        200,
        "enrol/phone.jte",
        new PhonePage(
            layout(language, language.text("phone.title")),
            language,
            host,
            "/d/" + token.get().reveal(),
            platform,
            platform.guides(language)));
  }

  private Reply fetch(Call call) {
    return OneTimeCode.parse(call.named("token"))
        .flatMap(token -> invitations.fetch(token.hash()))
        .map(drop -> attachment("application/x-pkcs12", drop.name(), drop.content()))
        .orElseGet(() -> guessed(call.exchange(), Obstacle.FILE_GONE));
  }

  // What devices trust.

  private Bytes pemOfRoot() {
    return Bytes.of(Pem.write(host.root()).getBytes(StandardCharsets.US_ASCII));
  }

  private static Reply attachment(String type, String name, Bytes content) {
    return Reply.of(200, type, content)
        .with("content-disposition", "attachment; filename=\"" + name + "\"")
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff");
  }
}
