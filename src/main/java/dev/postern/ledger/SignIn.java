package dev.postern.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * The Doorkeeper decided about a request.
 *
 * @param code {@link #ADMITTED}, or the code of the denial
 * @param serial of the certificate shown, in hexadecimal
 */
public record SignIn(
    Instant at,
    String code,
    String host,
    String path,
    String address,
    Optional<String> user,
    Optional<String> serial,
    String reference) {
  public static final String ADMITTED = "admitted";

  public boolean isAdmitted() {
    return code.equals(ADMITTED);
  }
}
