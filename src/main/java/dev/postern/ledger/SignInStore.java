package dev.postern.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables of sign-ins: how many an hour with which outcome, and each certificate's last use. */
public final class SignInStore {
  /** What is older is forgotten. */
  static final Duration KEPT = Duration.ofDays(400);

  private final Database database;

  SignInStore(Database database) {
    this.database = database;
  }

  /**
   * How often an outcome came about within an hour.
   *
   * @param hour its beginning
   */
  public record Count(Instant hour, String code, long count) {}

  /** When and from where a certificate was last let in. */
  public record LastUse(Instant at, String address) {}

  /** One hour and outcome. */
  record Bucket(Instant hour, String code) {
    static Bucket of(SignIn each) {
      return new Bucket(each.at().truncatedTo(ChronoUnit.HOURS), each.code());
    }
  }

  /** Adds to what is there, in one transaction. Other processes add theirs. */
  void add(Map<Bucket, Long> counts, Map<String, LastUse> uses, Instant now) {
    database.write(handle -> {
      counts.forEach((bucket, count) ->
          handle.execute(
              "insert into sign_ins (hour, code, count) values (?, ?, ?)"
                  + " on conflict (hour, code) do update set count = sign_ins.count + excluded.count",
              bucket.hour().toEpochMilli(),
              bucket.code(),
              count));
      uses.forEach((serial, use) ->
          handle.execute(
              "insert into last_uses (serial, used_at, address) values (?, ?, ?)"
                  + " on conflict (serial) do update set used_at = excluded.used_at,"
                  + " address = excluded.address where last_uses.used_at < excluded.used_at",
              serial,
              use.at().toEpochMilli(),
              use.address()));
      handle.execute("delete from sign_ins where hour < ?", now.minus(KEPT).toEpochMilli());
      return null;
    });
  }

  /** Hours that begin at {@code from} or later, oldest first. */
  public List<Count> since(Instant from) {
    return database.read(handle ->
        handle
            .createQuery("select * from sign_ins where hour >= ? order by hour, code")
            .bind(0, from.toEpochMilli())
            .map((row, _) ->
                new Count(
                    Instant.ofEpochMilli(row.getLong("hour")),
                    row.getString("code"),
                    row.getLong("count")))
            .list());
  }

  /**
   * Of the certificate of ours with this serial number, in {@link
   * dev.postern.x509.SerialNumber#hex}.
   */
  public Optional<LastUse> lastUse(String serial) {
    return Optional.ofNullable(lastUses(List.of(serial)).get(serial));
  }

  /** The same of several, by their numbers; who was never let in is not among them. */
  public Map<String, LastUse> lastUses(List<String> serials) {
    if (serials.isEmpty()) {
      return Map.of();
    }
    return database.read(handle ->
        handle
            .createQuery(
                "select serial, used_at, address from last_uses where serial in (<serials>)")
            .bindList("serials", serials)
            .reduceRows(
                new HashMap<>(),
                (uses, row) -> {
                  uses.put(
                      row.getColumn("serial", String.class),
                      new LastUse(
                          Instant.ofEpochMilli(row.getColumn("used_at", Long.class)),
                          row.getColumn("address", String.class)));
                  return uses;
                }));
  }
}
