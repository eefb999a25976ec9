package dev.postern.fakes;

import dev.postern.authority.Ledger;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A ledger that forgets when the test ends, and can be told to fail. */
public final class MemoryLedger implements Ledger {
  private final Map<SerialNumber, Intent> intents = new LinkedHashMap<>();
  private final Map<SerialNumber, Certificate> certificates = new LinkedHashMap<>();
  private final List<Certificate> authority;
  private boolean full;

  /** {@code authority}: whose certificates these are, the issuing CA first and the root last. */
  public MemoryLedger(Certificate... authority) {
    this.authority = List.of(authority);
  }

  /** From now on every write fails, as on a full disk. */
  public void fillUp() {
    full = true;
  }

  @Override
  public void intend(Intent intent) {
    refuseWhenFull();
    if (intents.putIfAbsent(intent.serial(), intent) != null) {
      throw new IllegalStateException("serial " + intent.serial() + " was used before");
    }
  }

  @Override
  public void complete(SerialNumber serial, Certificate certificate) {
    refuseWhenFull();
    if (!intents.containsKey(serial)) {
      throw new IllegalStateException("no intent for " + serial);
    }
    certificates.put(serial, certificate);
    IssuedCertificates.keep(certificate, authority);
  }

  private void refuseWhenFull() {
    if (full) {
      throw new LedgerUnavailable("the disk is full");
    }
  }

  public List<Intent> intents() {
    return new ArrayList<>(intents.values());
  }

  public List<Certificate> certificates() {
    return new ArrayList<>(certificates.values());
  }
}
