package dev.postern.console;

import dev.postern.ledger.Invitation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An invitation in one line.
 *
 * @param certificate where what came of it is shown
 * @param withdrawal where the form goes that takes it back, while that is of use
 */
public record InvitationRow(
    String device,
    String requester,
    Instant createdAt,
    Instant expiresAt,
    String state,
    @Nullable String certificate,
    @Nullable String withdrawal) {
  static InvitationRow of(Invitation invitation, Instant now) {
    return new InvitationRow(
        invitation.device().orElse(""),
        invitation.requester().name(),
        invitation.createdAt(),
        invitation.expiresAt(),
        invitation.word(now),
        invitation.state() instanceof Invitation.State.Used used
            ? "/certificates/" + used.serial().hex()
            : null,
        invitation.isOpenAt(now) ? withdrawal(invitation.user(), invitation.id()) : null);
  }

  static String withdrawal(String user, String id) {
    return "/people/" + Screen.escaped(user) + "/invitations/" + id + "/withdraw";
  }
}
