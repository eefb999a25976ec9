package dev.postern.console;

import dev.postern.authority.Ledger.Entry;
import dev.postern.x509.Certificate;
import java.time.Instant;

/** A certificate in one line. */
public record CertificateRow(
    String serial,
    String tail,
    String name,
    String user,
    String profile,
    Instant issuedAt,
    Instant notAfter,
    String state) {
  static CertificateRow of(Entry entry, Instant now) {
    Certificate certificate = entry.certificate();
    return new CertificateRow(
        certificate.serialNumber().hex(),
        certificate.serialNumber().tail(),
        certificate.subject().commonName().orElse(certificate.subject().toString()),
        entry.user().orElse(""),
        entry.profile(),
        entry.issuedAt(),
        certificate.notAfter(),
        CertificateState.of(entry, now).word());
  }

  public String address() {
    return "/certificates/" + serial;
  }
}
