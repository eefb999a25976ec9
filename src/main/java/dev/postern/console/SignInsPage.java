package dev.postern.console;

import dev.postern.ledger.SignIn;
import java.util.List;

/**
 * What the template {@code signIns.jte} shows.
 *
 * @param live whether it loads itself again, which nobody gets unasked: who listens to a page, or
 *     looks at it enlarged, would be thrown back to its beginning (WCAG 2.2.1, F41)
 */
public record SignInsPage(List<SignIn> recent, boolean live, String only) {
  public String tail(SignIn each) {
    String serial = each.serial().orElse("");
    return serial.length() > 8 ? "…" + serial.substring(serial.length() - 8) : serial;
  }
}
