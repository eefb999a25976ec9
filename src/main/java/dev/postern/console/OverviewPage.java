package dev.postern.console;

import dev.postern.ledger.CrlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the template {@code overview.jte} shows.
 *
 * @param outcomes by code: of the last day, of the last thirty
 */
public record OverviewPage(
    Overview overview, List<Chart> charts, Map<String, List<Long>> outcomes) {
  public long people() {
    return overview.people();
  }

  public long active() {
    return overview.certificates().active();
  }

  public long expiring() {
    return overview.certificates().expiring();
  }

  public long revoked() {
    return overview.certificates().revoked();
  }

  /** What wants an administrator's eye, as keys of texts; nothing is good. */
  public List<Health> health() {
    List<Health> all = new ArrayList<>();
    for (var authority : overview.authorities()) {
      long days = Duration.between(overview.at(), authority.notAfter()).toDays();
      String name = authority.subject().commonName().orElse(authority.subject().toString());
      all.add(
          new Health(
              "health.ca",
              name,
              authority.notAfter(),
              days < 0 ? "bad" : days < 90 ? "warn" : "ok"));
    }
    for (CrlStore.Head crl : overview.crls()) {
      String kind = crl.scope().kind() == CrlStore.Kind.BASE ? "CRL" : "delta CRL";
      String shard = crl.scope().shard().isPresent() ? " " + crl.scope().shard().getAsInt() : "";
      all.add(
          new Health(
              "health.crl",
              kind + shard + " #" + crl.number(),
              crl.nextUpdate(),
              overview.isStale(crl) ? "bad" : "ok"));
    }
    return all;
  }

  /** One thing that runs out. */
  public record Health(String key, String name, Instant until, String state) {}
}
