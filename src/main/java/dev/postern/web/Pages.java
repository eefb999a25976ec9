package dev.postern.web;

import dev.postern.access.Denial;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Tells people and programs what went wrong. Browsers (whoever accepts {@code text/html}) get a
 * page; everybody else problem details (RFC 9457), written over several lines so that they read
 * well in a terminal: curl accepts anything and says nothing, and so do the programs.
 */
public final class Pages {
  private static final String STYLE = resource("page.css");

  /** The page has one style and nothing else: no script, image, frame or form. */
  private static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + Bytes.of(STYLE.getBytes(StandardCharsets.UTF_8)).sha256().base64()
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Texts languages = Texts.of("dev.postern.web.pages");
  private final Optional<Explanation.Action> home;

  public Pages() {
    this.home = Optional.empty();
  }

  /** Whoever is told of a problem is shown the way to {@code home}. */
  public Pages(Explanation.Action home) {
    this.home = Optional.of(home);
  }

  /**
   * Where ways out lead.
   *
   * @param enrolment where an invitation becomes a certificate
   * @param renewal where people renew theirs
   * @param contact the administrator's {@code mailto:} or {@code https:} address
   * @param from where they come from
   */
  public record Ways(
      Optional<URI> enrolment, Optional<URI> renewal, Optional<String> contact, From from) {
    /** Whether somebody comes to try the certificate that they have just made. */
    public enum From {
      ANYWHERE,
      ENROLMENT
    }

    /** Back to the page that was refused, and nowhere else. */
    public static final Ways NONE = new Ways(Optional.empty(), Optional.empty(), Optional.empty());

    public Ways(Optional<URI> enrolment, Optional<URI> renewal, Optional<String> contact) {
      this(enrolment, renewal, contact, From.ANYWHERE);
    }

    public Ways fromEnrolment() {
      return new Ways(enrolment, renewal, contact, From.ENROLMENT);
    }
  }

  /** A denial in words; {@code again} is the page that was refused. */
  public Explanation explain(
      Denial denial, Ways ways, String again, String reference, String acceptLanguage) {
    Language texts = languages.in(acceptLanguage);
    String code = denial.code();
    String key = key(denial, ways, texts);
    Problem problem = Problem.of(403, code, texts.text(key + ".title"), detail(denial, key, texts));
    var tryAgain = new Explanation.Action(texts.text("action.again"), again);
    Optional<Explanation.Action> wayOut = wayOut(denial, ways, reference, texts);
    return new Explanation(
        problem,
        denial.about(),
        Optional.of(wayOut.orElse(tryAgain)),
        wayOut.map(_ -> again),
        texts.knows(key + ".likely")
            ? List.of(texts.text(key + ".likely").split(" \\| "))
            : List.of(),
        reference);
  }

  /** What the page of a denial says, of one that says the same to everybody. */
  public Problem words(String code, String acceptLanguage) {
    Language texts = languages.in(acceptLanguage);
    String key = "denial." + code;
    return Problem.of(403, code, texts.text(key + ".title"), texts.text(key + ".detail"));
  }

  /** The one thing to do that helps, where there is one. */
  private static Optional<Explanation.Action> wayOut(
      Denial denial, Ways ways, String reference, Language texts) {
    return switch (denial) {
      case Denial.NoCertificate() when ways.from() == Ways.From.ENROLMENT -> Optional.empty();
      case Denial.NoCertificate() -> to(ways.enrolment(), texts, "action.enrol");
      case Denial.Expired expired when mayRenew(expired, ways) ->
          to(ways.renewal(), texts, "action.renew");
      case Denial.Revoked(_, var how) when how.reason() == CrlReason.CERTIFICATE_HOLD ->
          ask(ways, reference, texts);
      case Denial.Expired _, Denial.Revoked _ ->
          // The door opens to who has an invitation, and only an administrator can give one.
          ask(ways, reference, texts).or(() -> to(ways.enrolment(), texts, "action.invited"));
      case Denial.NotYetValid _, Denial.StatusUnknown _ -> Optional.empty();
      default -> ask(ways, reference, texts);
    };
  }

  private static boolean mayRenew(Denial.Expired expired, Ways ways) {
    return expired.renewable().isPresent() && ways.renewal().isPresent();
  }

  private static Optional<Explanation.Action> to(Optional<URI> way, Language texts, String label) {
    return way.map(address -> new Explanation.Action(texts.text(label), address.toString()));
  }

  /** Who reads the message finds the request in the log by its reference. */
  private static Optional<Explanation.Action> ask(Ways ways, String reference, Language texts) {
    return ways.contact()
        .map(address -> {
          String filled =
              address.startsWith("mailto:")
                  ? address
                      + "?subject="
                      + escaped(texts.text("contact.subject").replace("{reference}", reference))
                  : address + (address.contains("?") ? "&" : "?") + "reference=" + reference;
          return new Explanation.Action(texts.text("action.ask"), filled);
        });
  }

  /** RFC 6068 §2: a space is %20. */
  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String key(Denial denial, Ways ways, Language texts) {
    String word =
        switch (denial) {
          case Denial.NoCertificate() when ways.from() == Ways.From.ENROLMENT -> "unbrought";
          case Denial.Expired expired when mayRenew(expired, ways) -> "renewable";
          case Denial.Revoked(_, var how) when how.reason() == CrlReason.CERTIFICATE_HOLD ->
              "suspended";
          default -> denial.code();
        };
    return "denial." + (texts.knows("denial." + word + ".title") ? word : "unsupported");
  }

  /** With the moment in it, where a denial has one. */
  private static String detail(Denial denial, String key, Language texts) {
    String detail = texts.text(key + ".detail");
    return switch (denial) {
      case Denial.Revoked(_, var how) ->
          detail.replace("{when}", texts.longMoment(how.revocationTime()));
      case Denial.Expired(_, var renewable) ->
          detail.replace("{until}", renewable.map(until -> texts.longMoment(until)).orElse(""));
      default -> detail;
    };
  }

  /** Told before the page that was asked for: the certificate ends soon. */
  public Reply notice(NoticePage.Notice notice, String acceptLanguage) {
    String html =
        Layout.render("notice.jte", new NoticePage(notice, languages.in(acceptLanguage), STYLE));
    return Reply.html(200, html)
        .with("content-security-policy", POLICY)
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "same-origin");
  }

  public Reply render(Explanation explanation, String accept, String acceptLanguage) {
    int status = explanation.problem().status();
    Reply reply =
        prefersHtml(accept)
            ? Reply.html(status, html(explanation, languages.in(acceptLanguage)))
                .with("content-security-policy", POLICY)
            : Reply.of(
                status,
                "application/problem+json",
                Bytes.of(json(explanation).getBytes(StandardCharsets.UTF_8)));
    return reply
        .with("cache-control", "no-store")
        .with("vary", "Accept, Accept-Language")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "same-origin");
  }

  /** A problem, in the form and language that the client asked for. */
  public Reply tell(Exchange exchange, Problem problem) {
    return tell(
        exchange,
        new Explanation(
            problem, Optional.empty(), home, Optional.empty(), List.of(), exchange.reference()));
  }

  /** An explanation, in the form and language that the client asked for. */
  public Reply tell(Exchange exchange, Explanation explanation) {
    return render(
        explanation,
        exchange.header("accept").orElse(""),
        exchange.header("accept-language").orElse(""));
  }

  /** The certificates of our authorities, for people. */
  public Reply authorities(List<AuthorityPage.Authority> authorities, String acceptLanguage) {
    String html =
        Layout.render(
            "authorities.jte", new AuthorityPage(authorities, languages.in(acceptLanguage), STYLE));
    return Reply.html(200, html)
        .with("content-security-policy", POLICY)
        .with("vary", "Accept-Language")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer");
  }

  private static boolean prefersHtml(String accept) {
    int html = accept.indexOf("text/html");
    int problem = accept.indexOf("application/problem+json");
    return html >= 0 && (problem < 0 || html < problem);
  }

  private static String html(Explanation explanation, Language texts) {
    return Layout.render("explanation.jte", new ExplanationPage(explanation, texts, STYLE));
  }

  private static String json(Explanation explanation) {
    Problem problem = explanation.problem();
    StringBuilder out = new StringBuilder(512).append("{\n");
    member(out, "title", problem.title());
    member(out, "detail", problem.detail());
    errors(out, problem.errors());
    likely(out, explanation.likely());
    explanation.certificate().ifPresent(certificate -> certificate(out, certificate));
    explanation
        .action()
        .filter(action -> action.address().startsWith("http"))
        .ifPresent(action -> member(out, "help", action.address()));
    out.append("  \"status\": ").append(problem.status()).append(",\n");
    member(out, "type", problem.type());
    member(out, "code", problem.code());
    member(out, "reference", explanation.reference());
    return out.replace(out.length() - 2, out.length(), "\n}\n").toString();
  }

  private static void errors(StringBuilder out, List<Problem.Field> errors) {
    if (errors.isEmpty()) {
      return;
    }
    out.append("  \"errors\": [\n");
    for (Problem.Field each : errors) {
      Json.quote(out.append("    {\"field\": "), each.name()).append(", ");
      Json.quote(out.append("\"reason\": "), each.reason()).append("},\n");
    }
    out.replace(out.length() - 2, out.length(), "\n  ],\n");
  }

  private static void likely(StringBuilder out, List<String> likely) {
    if (likely.isEmpty()) {
      return;
    }
    out.append("  \"likely\": [\n");
    for (String each : likely) {
      Json.quote(out.append("    "), each).append(",\n");
    }
    out.replace(out.length() - 2, out.length(), "\n  ],\n");
  }

  private static void certificate(StringBuilder out, Certificate certificate) {
    out.append("  \"certificate\": {\n");
    for (String[] each :
        List.of(
            new String[] {"subject", certificate.subject().toString()},
            new String[] {"issuer", certificate.issuer().toString()},
            new String[] {"serial", "…" + certificate.serialNumber().tail()},
            new String[] {"notAfter", certificate.notAfter().toString()})) {
      out.append("  ");
      member(out, each[0], each[1]);
    }
    out.replace(out.length() - 2, out.length(), "\n  },\n");
  }

  private static void member(StringBuilder out, String name, String value) {
    Json.quote(Json.quote(out.append("  "), name).append(": "), value).append(",\n");
  }

  private static String resource(String name) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
