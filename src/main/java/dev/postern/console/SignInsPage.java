package dev.postern.console;

import dev.postern.ledger.SignIn;
import java.util.List;
import java.util.Map;

/**
 * What the template {@code signIns.jte} shows.
 *
 * @param live whether it loads itself again, which nobody gets unasked: who listens to a page, or
 *     looks at it enlarged, would be thrown back to its beginning (WCAG 2.2.1, F41)
 * @param owners of certificates that were revoked, by serial number: nobody was let in, and yet an
 *     administrator wants to know whom it happened to
 */
public record SignInsPage(
    List<SignIn> recent, boolean live, String only, Map<String, String> owners) {
  /**
   * Whether the certificate was believed before it was refused. Of an expired one that is not so:
   * anybody may have written another's serial number into it.
   */
  static boolean wantsOwner(SignIn each) {
    return each.user().isEmpty() && each.code().equals("revoked");
  }

  /** Empty where the user is known, or cannot be. */
  public String owner(SignIn each) {
    return wantsOwner(each) ? owners.getOrDefault(each.serial().orElse(""), "") : "";
  }

  public String tail(SignIn each) {
    String serial = each.serial().orElse("");
    return serial.length() > 8 ? "…" + serial.substring(serial.length() - 8) : serial;
  }
}
