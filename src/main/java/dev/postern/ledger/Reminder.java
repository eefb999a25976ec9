package dev.postern.ledger;

import dev.postern.x509.Certificate;
import java.time.Duration;

/**
 * A mail that is due: to somebody who has {@code certificate}, which ends.
 *
 * @param ordinal the certificate's number in the ledger
 * @param person the user's display name
 * @param step how long before the end this mail is for
 */
public record Reminder(
    long ordinal,
    Certificate certificate,
    String user,
    String person,
    String email,
    Duration step) {
  /** {@link #before(Duration)} of this one's step. */
  public String before() {
    return before(step);
  }

  /** {@code 30d}, {@code 12h}, {@code 5m}: as the configuration has it. */
  public static String before(Duration step) {
    long minutes = step.toMinutes();
    return minutes % 1440 == 0
        ? minutes / 1440 + "d"
        : minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
  }
}
