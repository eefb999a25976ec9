package dev.postern.authority;

import dev.postern.x509.GeneralName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Measures an order against a profile and an issuer; collects every problem. */
final class OrderCheck {
  /** More alternative names than this make certificates that some TLS stacks no longer take. */
  private static final int MAX_NAMES = 100;

  private final Profile profile;
  private final Order order;
  private final List<Problem> problems = new ArrayList<>();

  private OrderCheck(Profile profile, Order order) {
    this.profile = profile;
    this.order = order;
  }

  static List<Problem> problems(
      Profile profile, Order order, IssuerCertificate issuer, Instant now) {
    var check = new OrderCheck(profile, order);
    check.key();
    check.subject();
    check.names();
    check.validity();
    check.issuer(issuer, now);
    return List.copyOf(check.problems);
  }

  private void key() {
    if (!profile.keys().contains(order.publicKey().algorithm())) {
      add(
          "publicKey",
          order.publicKey().algorithm().label()
              + " is not among the keys of profile "
              + profile.name()
              + ": "
              + profile.keys().stream()
                  .map(key -> key.label())
                  .sorted()
                  .collect(Collectors.joining(", ")));
    }
    WeakKeys.weakness(order.publicKey()).ifPresent(reason -> add("publicKey", reason));
  }

  private void subject() {
    switch (profile.subject()) {
      case USER -> {
        if (order.user().isEmpty()) {
          add(
              "user",
              "a certificate of profile " + profile.name() + " belongs to a user; name one");
        } else if (!order.subject().userId().equals(order.user())) {
          add("subject", "the userId in it is not the user " + order.user().get());
        }
      }
      case HOST -> {
        if (order.user().isPresent() || order.subject().userId().isPresent()) {
          add("user", "a certificate of profile " + profile.name() + " names hosts, not a user");
        }
      }
      case AUTHORITY -> {
        if (order.user().isPresent() || order.subject().userId().isPresent()) {
          add("user", "a certificate of profile " + profile.name() + " belongs to no user");
        }
      }
    }
    for (var type : List.of(BCStyle.CN, BCStyle.O, BCStyle.UID)) {
      order
          .subject()
          .attribute(type)
          .ifPresent(value -> attribute(BCStyle.INSTANCE.oidToDisplayName(type), value));
    }
  }

  /**
   * Their length (ub-common-name, RFC 5280 appendix A) Bouncy Castle's builder has checked already.
   */
  private void attribute(String type, String value) {
    if (value.isBlank()) {
      add("subject." + type, "is blank");
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      add("subject." + type, "contains control characters");
    }
  }

  private void names() {
    if (order.names().isEmpty() && profile.subject() == Profile.Subject.HOST) {
      add(
          "subjectAltName",
          "a server certificate needs at least one DNS name or IP address; browsers ignore the CN");
    }
    if (order.names().size() > MAX_NAMES) {
      add("subjectAltName", order.names().size() + " names; " + MAX_NAMES + " at most");
    }
    Set<GeneralName> seen = new HashSet<>();
    for (GeneralName name : order.names()) {
      if (!Profile.NameKind.covers(profile.names(), name)) {
        add(
            "subjectAltName",
            name.text() + " is of a kind that profile " + profile.name() + " does not have");
      } else if (!seen.add(name)) {
        add("subjectAltName", name.text() + " stands there twice");
      } else {
        NameSyntax.problem(name)
            .ifPresent(reason -> add("subjectAltName", name.text() + " " + reason));
      }
    }
  }

  private void validity() {
    if (order.validity().isPresent()) {
      Duration asked = order.validity().get();
      if (asked.compareTo(profile.longest()) > 0) {
        add(
            "validity",
            asked.toDays()
                + " days; profile "
                + profile.name()
                + " allows "
                + profile.longest().toDays());
      } else if (asked.compareTo(Duration.ofMinutes(1)) < 0) {
        add("validity", "shorter than a minute");
      }
    }
  }

  private void issuer(IssuerCertificate issuer, Instant now) {
    var certificate = issuer.certificate();
    if (now.isBefore(certificate.notBefore())) {
      add(
          "issuer",
          "the CA certificate begins at "
              + certificate.notBefore()
              + " and it is "
              + now
              + "; is the clock right?");
    } else if (!certificate.validAt(now)) {
      add("issuer", "the CA certificate ended at " + certificate.notAfter());
    }
  }

  private void add(String field, String reason) {
    problems.add(new Problem(field, reason));
  }
}
