package dev.postern.console;

import dev.postern.ledger.CertificateCounts;
import dev.postern.ledger.CrlStore;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How things are: counts, and what may run out. */
public record Overview(
    Instant at,
    long people,
    CertificateCounts certificates,
    List<CrlStore.Head> crls,
    List<Certificate> authorities) {
  public Overview {
    crls = List.copyOf(crls);
    authorities = List.copyOf(authorities);
  }

  static Overview of(ConsoleServices services) {
    Instant now = services.clock().instant();
    List<Certificate> authorities = services.authorities();
    return new Overview(
        now,
        services.ledger().users().count(),
        services.ledger().counts(now, now.plus(CertificateState.SOON)),
        authorities.isEmpty()
            ? List.of()
            : services.ledger().crls().heads(authorities.getFirst().keyIdentifier()),
        authorities);
  }

  /** Past its nextUpdate: who looks only there refuses everybody. */
  boolean isStale(CrlStore.Head crl) {
    return crl.nextUpdate().isBefore(at);
  }

  Map<String, Object> json() {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("active", certificates.active());
    counts.put("expiring", certificates.expiring());
    counts.put("expired", certificates.expired());
    counts.put("suspended", certificates.suspended());
    counts.put("revoked", certificates.revoked());
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("at", at.toString());
    map.put("people", people);
    map.put("certificates", counts);
    map.put("crls", crls.stream().map(this::json).toList());
    map.put(
        "authorities",
        authorities.stream()
            .map(each -> Views.json(each, each.equals(authorities.getLast())))
            .toList());
    return map;
  }

  private Map<String, Object> json(CrlStore.Head crl) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("kind", crl.scope().kind() == CrlStore.Kind.BASE ? "base" : "delta");
    map.put("shard", crl.scope().shard().isPresent() ? crl.scope().shard().getAsInt() : null);
    map.put("number", crl.number());
    map.put("thisUpdate", crl.thisUpdate().toString());
    map.put("nextUpdate", crl.nextUpdate().toString());
    map.put("stale", isStale(crl));
    return map;
  }
}
