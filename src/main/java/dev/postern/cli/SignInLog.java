package dev.postern.cli;

import dev.postern.gateway.AccessLog;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignIns;

/** Hands what the Doorkeeper decided about people to the console, beside writing the log. */
final class SignInLog implements AccessLog {
  private final AccessLog log;
  private final SignIns signIns;

  SignInLog(AccessLog log, SignIns signIns) {
    this.log = log;
    this.signIns = signIns;
  }

  @Override
  public void record(Entry entry) {
    log.record(entry);
    boolean admitted = entry.verdict().equals(SignIn.ADMITTED) && entry.user().isPresent();
    if (entry.denied() || admitted) {
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

  @Override
  public void close() {
    log.close();
  }
}
