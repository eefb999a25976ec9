package dev.postern.console;

import dev.postern.authority.Ledger.Entry;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the templates {@code certificate.jte} and {@code statusChange.jte} show. */
public record CertificatePage(
    Entry entry,
    CertificateRow row,
    List<EventRow> history,
    @Nullable Instant usedAt,
    @Nullable String usedFrom,
    String action,
    List<String> reasons) {
  public Certificate certificate() {
    return entry.certificate();
  }

  public List<String> names() {
    return Views.names(entry.certificate());
  }

  public boolean mayRevoke() {
    return !row.state().equals("revoked");
  }

  public boolean maySuspend() {
    return mayRevoke() && !mayRelease();
  }

  public boolean mayRelease() {
    return row.state().equals("suspended");
  }

  public @Nullable Instant revokedAt() {
    return entry.revoked().map(each -> each.revocationTime()).orElse(null);
  }

  public String reason() {
    return entry.revoked().map(each -> each.reason().word()).orElse("");
  }
}
