package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Problem;
import java.util.Locale;

/**
 * Why somebody gets no certificate or file. Each has its own sentence in {@code enrol.properties};
 * none says whether a user exists.
 */
enum Obstacle {
  INVITATION_UNKNOWN(404),
  INVITATION_USED(410),
  INVITATION_TAKEN(409),
  INVITATION_BUSY(409),
  INVITATION_EXPIRED(410),
  INVITATION_WITHDRAWN(410),
  USER_DISABLED(403),
  REQUEST_UNREADABLE(400),
  KEY_EXPOSED(400),
  REQUEST_REFUSED(422),
  TOO_MANY_ATTEMPTS(429),
  FILE_GONE(410),
  FILE_REFUSED(422),
  PHONE_OFF(404);

  private final int status;

  Obstacle(int status) {
    this.status = status;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** In the reader's language; {@code reason} stands where the sentence has {@code {reason}}. */
  Problem problem(Language texts, String reason) {
    return Problem.said(
        status,
        word(),
        texts.text("problem." + word() + ".title"),
        texts.text("problem." + word() + ".detail").replace("{reason}", reason));
  }
}
