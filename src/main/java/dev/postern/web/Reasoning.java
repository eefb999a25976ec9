package dev.postern.web;

import dev.postern.access.Admission;
import dev.postern.access.Denial;
import dev.postern.access.Doorkeeper;
import dev.postern.access.Identity;
import dev.postern.access.Latecomers;
import dev.postern.access.PresentedChain;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.User;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the gateway would answer to a request, and why, in the words of the page that refuses.
 *
 * @param deciding the rules that decide; none: nobody enters
 * @param code {@code admitted}, {@code only-renewal}, or the denial's
 * @param why empty when there is nothing to say about it
 * @param evidence what a denial is based on, where its code does not say it all
 */
public record Reasoning(
    RequestTarget target,
    List<Rule> deciding,
    Optional<Certificate> certificate,
    Optional<User> user,
    boolean allowed,
    String code,
    String why,
    String advice,
    Optional<String> evidence) {
  /** Where it is asked for. */
  public record Place(List<Rule> rules, Latecomers latecomers, Pages.Ways ways) {
    public Place {
      rules = List.copyOf(rules);
    }
  }

  public Reasoning {
    deciding = List.copyOf(deciding);
  }

  /**
   * The request for an address, as the gateway's own guard reads it; empty when that refuses it
   * from everybody, because its path can be read in more than one way.
   */
  public static Optional<RequestTarget> target(String method, String url)
      throws MalformedException {
    try {
      URI uri = new URI(url.contains("://") ? url : "https://" + url);
      if (uri.getHost() == null) {
        throw new MalformedException(
            "url", "an address begins like https://wiki.example.com/, not " + url);
      }
      String path = uri.getRawPath();
      return RequestTarget.of(
          method.toUpperCase(Locale.ROOT),
          uri.getHost().toLowerCase(Locale.ROOT),
          path == null || path.isEmpty() ? "/" : path);
    } catch (URISyntaxException e) {
      throw new MalformedException("url", url + " is no address: " + e.getReason());
    }
  }

  /** For who shows these certificates; an empty chain is nobody. May ask the issuer's servers. */
  public static Reasoning byCertificate(
      Doorkeeper doorkeeper,
      List<Certificate> chain,
      Place place,
      RequestTarget target,
      Instant at) {
    List<Rule> rules = place.rules();
    var presented = PresentedChain.of(chain.stream().map(Certificate::der).toList());
    doorkeeper.lookup(presented, at).ifPresent(Runnable::run);
    return switch (doorkeeper.admit(presented, rules, target, at, place.latecomers())) {
      case Admission.Admitted(Optional<Identity> identity, _) ->
          identity.filter(Identity::mayOnlyRenew).isPresent()
              ? onlyToRenew(target, rules, chain.getFirst(), identity.get().user())
              : allowed(target, rules, chain.stream().findFirst(), identity.map(Identity::user));
      case Admission.Denied(Denial denial) -> {
        Explanation page = new Pages().explain(denial, place.ways(), "/", "", "en");
        yield new Reasoning(
            target,
            Doorkeeper.deciding(rules, target),
            chain.stream().findFirst(),
            denial.user(),
            false,
            denial.code(),
            page.problem().title(),
            page.problem().detail(),
            denial instanceof Denial.NotPermitted ? Optional.empty() : denial.cause());
      }
    };
  }

  /** For a user, whatever certificate they have: the state and the rules alone. */
  public static Reasoning byUser(User user, List<Rule> rules, RequestTarget target) {
    if (Doorkeeper.mayEnter(user, Doorkeeper.deciding(rules, target))) {
      return allowed(target, rules, Optional.empty(), Optional.of(user));
    }
    boolean enabled = user.state() == User.State.ENABLED;
    Problem page = new Pages().words(enabled ? "not-permitted" : "user-disabled", "en");
    return new Reasoning(
        target,
        Doorkeeper.deciding(rules, target),
        Optional.empty(),
        Optional.of(user),
        false,
        page.code(),
        page.title(),
        page.detail(),
        Optional.empty());
  }

  private static Reasoning allowed(
      RequestTarget target,
      List<Rule> rules,
      Optional<Certificate> certificate,
      Optional<User> user) {
    return new Reasoning(
        target,
        Doorkeeper.deciding(rules, target),
        certificate,
        user,
        true,
        "admitted",
        "",
        "",
        Optional.empty());
  }

  private static Reasoning onlyToRenew(
      RequestTarget target, List<Rule> rules, Certificate certificate, User user) {
    return new Reasoning(
        target,
        Doorkeeper.deciding(rules, target),
        Optional.of(certificate),
        Optional.of(user),
        true,
        "only-renewal",
        "The certificate has run out. It is still let in here to be renewed, and for nothing else.",
        "Renew it.",
        Optional.empty());
  }

  /** The same, where the ledger knows whose certificate it is and the refusal does not say. */
  public Reasoning about(Optional<User> owner) {
    return new Reasoning(
        target, deciding, certificate, user.or(() -> owner), allowed, code, why, advice, evidence);
  }

  /** What an administrator can do so that they are let in, as a command where there is one. */
  public Optional<String> remedy() {
    String who = user.map(User::name).orElse("USER");
    return allowed
        ? Optional.empty()
        : switch (code) {
          case "no-certificate", "expired" -> Optional.of("postern invite " + who);
          case "revoked" -> Optional.of(revoked(who));
          case "unknown-user" ->
              Optional.of("postern user add USER, with the name that the certificate says");
          case "user-disabled" -> Optional.of("postern user enable " + who);
          case "not-permitted" -> Optional.of(permitted(who));
          case "untrusted-issuer" ->
              Optional.of("if its CA is one you know: trust, in the configuration");
          default -> Optional.empty();
        };
  }

  private String revoked(String who) {
    boolean held = evidence.filter(each -> each.startsWith("certificateHold")).isPresent();
    return held && certificate.isPresent()
        ? "postern release " + certificate.get().serialNumber().tail()
        : "postern invite " + who + ", for another certificate";
  }

  private String permitted(String who) {
    if (deciding.isEmpty()) {
      return "no rule of " + target.host() + " fits this path and method: add one";
    }
    if (user.isEmpty()) {
      return "change the rule";
    }
    List<String> wanted =
        deciding.stream()
            .filter(rule -> !Doorkeeper.mayEnter(user.get(), List.of(rule)))
            .map(rule ->
                rule.allow().stream()
                    .filter(Rule.Who.Group.class::isInstance)
                    .map(group -> "postern group add " + group.text().substring(6) + " " + who)
                    .findFirst()
                    .orElse("allow user:" + who + " in the rule " + rule.text()))
            .distinct()
            .toList();
    return String.join(", and ", wanted);
  }

  /** For programs. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("allowed", allowed);
    map.put("code", code);
    map.put("method", target.method());
    map.put("host", target.host());
    map.put("path", target.path());
    certificate.ifPresent(shown -> map.put("certificate", shown.toString()));
    user.ifPresent(each -> map.put("user", each.name()));
    map.put("rules", deciding.stream().map(Rule::text).toList());
    if (!why.isEmpty()) {
      map.put("why", why);
      evidence.ifPresent(seen -> map.put("seen", seen));
      map.put("advice", advice);
    }
    remedy().ifPresent(each -> map.put("remedy", each));
    return map;
  }
}
