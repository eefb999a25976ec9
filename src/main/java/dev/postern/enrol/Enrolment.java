package dev.postern.enrol;

import dev.postern.access.User;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.Ledger;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.ledger.Claim;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An invitation and a key become a certificate. Names come from the invitation and its user; of the
 * certification request only the key and the proof that it is held are used.
 */
final class Enrolment {
  /** What came of it. */
  sealed interface Outcome {
    /** {@code chain} leads from the issuer upwards, without the root. */
    record Certified(Certificate certificate, List<Certificate> chain) implements Outcome {
      public Certified {
        chain = List.copyOf(chain);
      }
    }

    /** Nothing was issued. */
    record Refused(Obstacle obstacle, String reason) implements Outcome {
      Refused(Obstacle obstacle) {
        this(obstacle, "");
      }
    }
  }

  private final String organization;
  private final SqlLedger ledger;
  private final Supplier<Authority> authority;
  private final InstantSource clock;

  /** {@code organization} as certificates name it; {@code authority} when it is first needed. */
  Enrolment(
      String organization, SqlLedger ledger, Supplier<Authority> authority, InstantSource clock) {
    this.organization = organization;
    this.ledger = ledger;
    this.authority = authority;
    this.clock = clock;
  }

  /** The invitation of a code, whatever its state. */
  Optional<Invitation> invitation(OneTimeCode code) {
    return ledger.invitations().withCode(code.hash());
  }

  /** Whose it is, while they may enter at all. */
  Optional<User> user(Invitation invitation) {
    return ledger
        .users()
        .named(invitation.user())
        .filter(user -> user.state() == User.State.ENABLED);
  }

  /** Why an invitation is worth nothing, or not any more. */
  Optional<Obstacle> obstacle(Invitation invitation) {
    return switch (invitation.state()) {
      case Invitation.State.Used _ -> Optional.of(Obstacle.INVITATION_USED);
      case Invitation.State.Withdrawn _ -> Optional.of(Obstacle.INVITATION_WITHDRAWN);
      case Invitation.State.Open(), Invitation.State.Claimed() -> {
        if (!invitation.isOpenAt(clock.instant())) {
          yield Optional.of(Obstacle.INVITATION_EXPIRED);
        }
        yield user(invitation).isEmpty() ? Optional.of(Obstacle.USER_DISABLED) : Optional.empty();
      }
    };
  }

  /**
   * Issues to the key of {@code request}. The same key again gets the same certificate, as long as
   * that is good: its answer may have been lost on the way.
   *
   * @param invitation the code's, as {@link #invitation} has it
   * @param device what the person calls the device, where the invitation does not say
   * @param from the address the request came from, for the record
   */
  Outcome enrol(
      OneTimeCode code,
      Invitation invitation,
      CertificationRequest request,
      Optional<String> device,
      String from) {
    if (!request.provesPossession()) {
      return new Outcome.Refused(
          Obstacle.REQUEST_REFUSED, "the request is not signed by the key it carries");
    }
    Bytes keyHash = request.publicKey().der().sha256();
    if (invitation.state() instanceof Invitation.State.Used) {
      return claimed(invitation, code, keyHash, request, device, from);
    }
    return obstacle(invitation)
        .<Outcome>map(Outcome.Refused::new)
        .orElseGet(() -> claimed(invitation, code, keyHash, request, device, from));
  }

  private Outcome claimed(
      Invitation invitation,
      OneTimeCode code,
      Bytes keyHash,
      CertificationRequest request,
      Optional<String> device,
      String from) {
    Optional<Order> order = Optional.empty();
    if (!(invitation.state() instanceof Invitation.State.Used)) {
      try {
        order = Optional.of(order(invitation, request, device));
      } catch (IllegalArgumentException e) {
        return new Outcome.Refused(Obstacle.REQUEST_REFUSED, String.valueOf(e.getMessage()));
      }
    }
    return switch (ledger.invitations().claim(code.hash(), keyHash)) {
      case Claim.Unknown() -> new Outcome.Refused(Obstacle.INVITATION_UNKNOWN);
      case Claim.Expired _ -> new Outcome.Refused(Obstacle.INVITATION_EXPIRED);
      case Claim.Withdrawn _ -> new Outcome.Refused(Obstacle.INVITATION_WITHDRAWN);
      case Claim.Taken _ -> new Outcome.Refused(Obstacle.INVITATION_TAKEN);
      case Claim.Busy _ -> new Outcome.Refused(Obstacle.INVITATION_BUSY);
      case Claim.Had(_, Invitation.State.Used used) -> again(used);
      case Claim.Granted(Invitation granted) ->
          order.isPresent()
              ? issue(granted, keyHash, request, order.get(), from)
              : new Outcome.Refused(Obstacle.INVITATION_TAKEN);
    };
  }

  private Outcome again(Invitation.State.Used used) {
    return ledger
        .withSerial(used.serial())
        .filter(entry -> entry.isGoodAt(clock.instant()))
        .map(Ledger.Entry::certificate)
        .<Outcome>map(
            certificate -> new Outcome.Certified(certificate, authority.get().issuer().chain()))
        .orElseGet(() -> new Outcome.Refused(Obstacle.INVITATION_USED));
  }

  /** The certificate that came of an invitation, while it is good. */
  Outcome issued(Invitation invitation) {
    return invitation.state() instanceof Invitation.State.Used used
        ? again(used)
        : new Outcome.Refused(obstacle(invitation).orElse(Obstacle.INVITATION_UNKNOWN), "");
  }

  private Order order(
      Invitation invitation, CertificationRequest request, Optional<String> device) {
    User user = user(invitation).orElseThrow(() -> new IllegalArgumentException("no such user"));
    Optional<String> called = invitation.device().or(() -> device);
    Optional<String> problem = called.flatMap(InvitationDesk::problem);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(problem.get());
    }
    return UserOrder.of(
        organization,
        Profile.CLIENT,
        user,
        called,
        List.of(),
        request.publicKey(),
        Optional.empty());
  }

  private Outcome issue(
      Invitation invitation,
      Bytes keyHash,
      CertificationRequest request,
      Order order,
      String from) {
    Ledger ending = ledger.invitations().ending(invitation, keyHash, from);
    var requester = new Requester("invitation:" + invitation.id() + "@" + from);
    try {
      return switch (authority
          .get()
          .recordingIn(ending)
          .sign(request, order, Profile.CLIENT, requester)) {
        case Issuance.Issued(Certificate certificate, List<Certificate> chain) ->
            new Outcome.Certified(certificate, chain);
        case Issuance.Refused(var problems) -> {
          ledger.invitations().unclaim(invitation, keyHash);
          yield new Outcome.Refused(
              Obstacle.REQUEST_REFUSED,
              String.join("; ", problems.stream().map(Object::toString).toList()));
        }
      };
    } catch (Invitations.ClaimLost e) {
      return new Outcome.Refused(lost(invitation));
    }
  }

  /** Why a claim that was granted is worth nothing any more. */
  private Obstacle lost(Invitation invitation) {
    var state = ledger.invitations().withId(invitation.id()).map(Invitation::state).orElseThrow();
    return switch (state) {
      case Invitation.State.Withdrawn _ -> Obstacle.INVITATION_WITHDRAWN;
      case Invitation.State.Used _ -> Obstacle.INVITATION_TAKEN;
      case Invitation.State.Open(), Invitation.State.Claimed() -> Obstacle.INVITATION_BUSY;
    };
  }
}
