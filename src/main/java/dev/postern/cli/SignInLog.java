package dev.postern.cli;

import dev.postern.gateway.AccessLog;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignIns;
import dev.postern.web.Assets;
import java.util.function.Predicate;

/**
 * Hands what the Doorkeeper decided about people to the console, beside writing the log. What
 * browsers fetch unasked is nobody's sign-in and stands in the log only: styles, scripts and icons
 * of our own pages.
 */
final class SignInLog implements AccessLog {
  private final AccessLog log;
  private final SignIns signIns;
  private final Predicate<String> ownHosts;

  /** {@code ownHosts}: those that Postern answers itself, now. */
  SignInLog(AccessLog log, SignIns signIns, Predicate<String> ownHosts) {
    this.log = log;
    this.signIns = signIns;
    this.ownHosts = ownHosts;
  }

  @Override
  public void record(Entry entry) {
    log.record(entry);
    boolean admitted = entry.verdict().equals(SignIn.ADMITTED) && entry.user().isPresent();
    if (entry.denied() || (admitted && !isFetchedUnasked(entry))) {
      signIns.record(
          new SignIn(
              entry.time(),
              entry.verdict(),
              entry.host(),
              entry.path(),
              entry.client(),
              entry.user(),
              entry.certificate(),
              entry.ours(),
              entry.reference()));
    }
  }

  /** Our own styles and scripts, and nothing that somebody could mean by it. */
  private boolean isFetchedUnasked(Entry entry) {
    boolean unasked =
        Assets.isPath(entry.path())
            ? entry.status() == 200 || entry.status() == 304
            : entry.path().equals("/favicon.ico");
    return unasked && entry.method().equals("GET") && ownHosts.test(entry.host());
  }

  @Override
  public void close() {
    log.close();
  }
}
