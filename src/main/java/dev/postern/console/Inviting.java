package dev.postern.console;

import dev.postern.authority.Requester;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes invitations. */
@FunctionalInterface
public interface Inviting {
  /** An invitation for one certificate. */
  Outcome invite(String user, Optional<String> device, Duration validity, Requester requester);

  /** What came of it. */
  sealed interface Outcome {}

  /**
   * The link is shown once and never again.
   *
   * @param id what it is withdrawn by
   * @param qrCode the link as an SVG element
   */
  record Invited(String id, URI link, String qrCode, Instant expires) implements Outcome {}

  /** Nothing was made; a sentence for people says why. */
  record Refused(String reason) implements Outcome {}
}
