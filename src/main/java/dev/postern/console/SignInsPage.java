package dev.postern.console;

import dev.postern.ledger.SignIn;
import java.util.List;

/** What the template {@code signIns.jte} shows. */
public record SignInsPage(List<SignIn> recent, boolean paused, String only) {
  public String tail(SignIn each) {
    String serial = each.serial().orElse("");
    return serial.length() > 8 ? "…" + serial.substring(serial.length() - 8) : serial;
  }
}
