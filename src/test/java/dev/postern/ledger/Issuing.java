package dev.postern.ledger;

import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.InstantSource;

/** A program that issues until it is killed, and prints each serial number it acknowledged. */
public final class Issuing {
  /** Should nobody kill it. */
  private static final int MAX = 5000;

  private Issuing() {}

  public static void main(String[] arguments) {
    try (SqlLedger ledger = SqlLedger.open(Path.of(arguments[0]), InstantSource.system())) {
      for (int i = 0; i < MAX; i++) {
        Certificate certificate = LedgerFixture.issue(ledger, LedgerFixture.draft("alice"));
        System.out.println(
            certificate.serialNumber().hex() + " " + certificate.fingerprint().hex());
        System.out.flush();
      }
    }
  }
}
