package dev.postern.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * The Doorkeeper decided about a request.
 *
 * @param code {@link #ADMITTED}, or the code of the denial
 * @param serial of the certificate shown, in hexadecimal
 * @param ours whether that is of our own CA, so that its serial number is one of the ledger's
 */
public record SignIn(
    Instant at,
    String code,
    String host,
    String path,
    String address,
    Optional<String> user,
    Optional<String> serial,
    boolean ours,
    String reference) {
  public static final String ADMITTED = "admitted";

  public boolean isAdmitted() {
    return code.equals(ADMITTED);
  }
}
