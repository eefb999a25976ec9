package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.Order;
import dev.postern.authority.Problem;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.console.Signing;
import dev.postern.enrol.UserOrder;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.GeneralName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What {@code postern sign} and the API do with a request. */
final class RequestSigning implements Signing {
  private final String organization;
  private final Supplier<Authority> authority;
  private final Function<String, Optional<User>> users;

  /** {@code organization} as certificates name it; {@code users} by name. */
  RequestSigning(
      String organization, Supplier<Authority> authority, Function<String, Optional<User>> users) {
    this.organization = organization;
    this.authority = authority;
    this.users = users;
  }

  @Override
  public Issuance sign(Wish wish, Requester requester) {
    List<Problem> problems = new ArrayList<>();
    Optional<Order> order =
        switch (wish.profile().subject()) {
          case USER -> forUser(wish, problems);
          case HOST, AUTHORITY -> forHost(wish, problems);
        };
    if (order.isEmpty() || !problems.isEmpty()) {
      return new Issuance.Refused(problems);
    }
    return authority.get().sign(wish.request(), order.get(), wish.profile(), requester);
  }

  private Optional<Order> forUser(Wish wish, List<Problem> problems) {
    Optional<User> user = wish.user().flatMap(users);
    if (wish.user().isEmpty()) {
      problems.add(
          new Problem(
              "user",
              "a certificate of profile "
                  + wish.profile().name()
                  + " belongs to a user; name one"));
    } else if (user.isEmpty()) {
      problems.add(new Problem("user", "there is no user " + wish.user().get()));
    } else if (user.get().state() != User.State.ENABLED) {
      problems.add(new Problem("user", user.get().name() + " is disabled"));
    }
    return user.flatMap(found -> forUser(wish, found, problems));
  }

  private Optional<Order> forUser(Wish wish, User user, List<Problem> problems) {
    try {
      return Optional.of(
          UserOrder.of(
              organization,
              wish.profile(),
              user,
              wish.device(),
              wish.names(),
              wish.request().publicKey(),
              wish.validity()));
    } catch (IllegalArgumentException e) {
      problems.add(new Problem("device", "the subject cannot be written: " + e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Order> forHost(Wish wish, List<Problem> problems) {
    notForHosts("user", wish.user(), wish.profile(), problems);
    notForHosts("device", wish.device(), wish.profile(), problems);
    try {
      return Optional.of(
          Issuing.hostOrder(
              organization,
              wish.names().isEmpty() ? hostNames(wish.request()) : wish.names(),
              wish.request().publicKey(),
              wish.validity()));
    } catch (IllegalArgumentException e) {
      problems.add(new Problem("names", String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private static void notForHosts(
      String field, Optional<String> given, Profile profile, List<Problem> problems) {
    if (given.isPresent()) {
      problems.add(
          new Problem(
              field, "a certificate of profile " + profile.name() + " names hosts, not a user"));
    }
  }

  /** Old requests carry the host in the common name only; browsers want it as alternative name. */
  private static List<GeneralName> hostNames(CertificationRequest request) {
    return request.subjectAlternativeNames().isEmpty()
        ? request.subject().commonName().map(IssueServerCommand::hostName).stream().toList()
        : request.subjectAlternativeNames();
  }
}
