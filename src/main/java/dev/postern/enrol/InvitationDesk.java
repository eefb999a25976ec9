package dev.postern.enrol;

import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.x509.SerialNumber;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Makes invitations and the links that go with them. */
public final class InvitationDesk {
  private final Invitations invitations;
  private final String address;
  private final SecureRandom random = new SecureRandom();

  /** {@code address} of the enrolment host, {@code https://enrol.example.com}. */
  public InvitationDesk(Invitations invitations, String address) {
    this.invitations = invitations;
    this.address = address;
  }

  /** Of the enrolment host. */
  String address() {
    return address;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The link is told once: the ledger does not know it. */
    record Invited(Invitation invitation, String link) implements Outcome {}

    record Refused(String reason) implements Outcome {}
  }

  /** Invites a user to make one certificate. */
  public Outcome invite(
      User user, Optional<String> device, Duration validity, Requester requester) {
    return invite(user, device, validity, Optional.empty(), requester);
  }

  /** {@code sponsor}: the certificate of ours with which the user asks for another one. */
  Outcome invite(
      User user,
      Optional<String> device,
      Duration validity,
      Optional<SerialNumber> sponsor,
      Requester requester) {
    if (user.state() == User.State.DISABLED) {
      return new Outcome.Refused("user " + user.name() + " is disabled");
    }
    Optional<String> problem = device.flatMap(InvitationDesk::problem);
    if (problem.isPresent()) {
      return new Outcome.Refused(problem.get());
    }
    OneTimeCode code = OneTimeCode.generate(random);
    Invitation made =
        invitations.add(code.hash(), user.name(), device, validity, sponsor, requester);
    return new Outcome.Invited(made, link(code));
  }

  private String link(OneTimeCode code) {
    return address + "/i/" + code.reveal();
  }

  /** Hears of many invitations before they count; what it throws undoes them all. */
  public interface BeforeCommit {
    void made(List<Outcome.Invited> invited);
  }

  /** Whom, for how long, and what about those who have an open invitation already. */
  public record Many(List<User> users, Duration validity, Invitations.Open open) {
    public Many {
      users = List.copyOf(users);
    }
  }

  /**
   * Invites each of them to make one certificate: all, or none. Those who are disabled, and those
   * whom {@code many} says to skip, are not in the answer.
   */
  public List<Outcome.Invited> inviteAll(
      Many many, Requester requester, IntConsumer progress, BeforeCommit before) {
    Map<String, OneTimeCode> codes = new HashMap<>();
    List<Invitations.Wanted> wanted = new ArrayList<>();
    for (User user : many.users()) {
      OneTimeCode code = OneTimeCode.generate(random);
      if (codes.putIfAbsent(user.name(), code) == null) {
        wanted.add(new Invitations.Wanted(code.hash(), user.name()));
      }
    }
    List<Outcome.Invited> invited = new ArrayList<>();
    invitations.addAll(
        wanted,
        many.validity(),
        many.open(),
        requester,
        progress,
        made -> {
          invited.clear();
          made.forEach(each ->
              invited.add(
                  new Outcome.Invited(each, link(Objects.requireNonNull(codes.get(each.user()))))));
          before.made(List.copyOf(invited));
        });
    return List.copyOf(invited);
  }

  /** Why {@code device} cannot stand beside the user's name in a certificate's common name. */
  static Optional<String> problem(String device) {
    if (device.isBlank() || device.codePointCount(0, device.length()) > Invitation.LONGEST_DEVICE) {
      return Optional.of("device: has 1 to " + Invitation.LONGEST_DEVICE + " characters");
    }
    if (device.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("device: has control characters");
    }
    return Optional.empty();
  }
}
