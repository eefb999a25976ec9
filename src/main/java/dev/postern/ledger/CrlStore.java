package dev.postern.ledger;

import dev.postern.revocation.CrlEntries;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The newest CRLs, and what the next ones have to list. Several processes may sign: each takes a
 * number of its own, and what was overtaken meanwhile is not kept.
 */
public final class CrlStore {
  private static final int FULL = -1;

  private static final String HEAD =
      "select shard, kind, number, this_update, next_update, position, base_number, base_position"
          + " from crls where issuer_key_id = :issuer";

  /**
   * The revocations of an issuer that a CRL may still have to list. Cross join: SQLite shall begin
   * with the revocations, the fewer ones, in the order of their serial numbers or positions.
   */
  private static final String REVOKED =
      " from revocations r cross join certificates c where c.serial = r.serial"
          + " and c.issuer_key_id = :issuer and c.not_after >= :cutoff"
          + " and (:shard = -1 or c.crl_shard = :shard)";

  private static final String AFTER = " and r.position > :after";
  private static final String ENTRIES =
      "select r.serial, r.state, r.reason, r.revoked_at, r.position";
  private static final String BY_SERIAL = " order by r.serial";

  private final Database database;

  CrlStore(Database database) {
    this.database = database;
  }

  /** A complete list, or the changes since one. */
  public enum Kind {
    BASE,
    DELTA
  }

  /**
   * One list that is kept up to date.
   *
   * @param shard empty: the full one
   */
  public record Scope(Bytes issuerKeyIdentifier, OptionalInt shard, Kind kind) {}

  /**
   * What is known of a CRL.
   *
   * @param position the events up to here are in it
   * @param base for a delta: since when; for a base: the one that deltas refer to
   */
  public record Head(
      Scope scope, long number, Instant thisUpdate, Instant nextUpdate, long position, Base base) {}

  /** The CRL that a delta is to be applied to, or any later one. */
  public record Base(long number, long position) {}

  /** Of all lists of an issuer. */
  public List<Head> heads(Bytes issuerKeyIdentifier) {
    return database.read(handle ->
        handle
            .createQuery(HEAD)
            .bind("issuer", issuerKeyIdentifier.hex())
            .map((row, _) -> head(issuerKeyIdentifier, row))
            .list());
  }

  /** Of one list. */
  public Optional<Head> head(Scope scope) {
    return heads(scope.issuerKeyIdentifier()).stream()
        .filter(head -> head.scope().equals(scope))
        .findFirst();
  }

  private static Head head(Bytes issuerKeyIdentifier, ResultSet row) throws SQLException {
    int shard = row.getInt("shard");
    return new Head(
        new Scope(
            issuerKeyIdentifier,
            shard == FULL ? OptionalInt.empty() : OptionalInt.of(shard),
            Kind.valueOf(row.getString("kind"))),
        row.getLong("number"),
        Instant.ofEpochMilli(row.getLong("this_update")),
        Instant.ofEpochMilli(row.getLong("next_update")),
        row.getLong("position"),
        new Base(row.getLong("base_number"), row.getLong("base_position")));
  }

  /** The CRL itself, if it is still the one with this number. */
  public Optional<Bytes> der(Head head) {
    return database.read(handle ->
        scoped(
                handle,
                "select der from crls where issuer_key_id = :issuer and shard = :shard"
                    + " and kind = :kind and number = :number",
                head.scope())
            .bind("number", head.number())
            .map((row, _) -> {
              byte[] der = row.getBytes("der");
              return Bytes.written(der.length, out -> out.put(der));
            })
            .findOne());
  }

  private static Query scoped(Handle handle, String sql, Scope scope) {
    return handle
        .createQuery(sql)
        .bind("issuer", scope.issuerKeyIdentifier().hex())
        .bind("shard", scope.shard().orElse(FULL))
        .bind("kind", scope.kind().name());
  }

  /** A CRL number that no CRL of the issuer has, greater than all before it. */
  public long takeNumber(Bytes issuerKeyIdentifier) {
    return database.write(handle -> {
      String issuer = issuerKeyIdentifier.hex();
      int known =
          handle.execute(
              "update crl_numbers set number = number + 1 where issuer_key_id = ?", issuer);
      if (known == 0) {
        handle.execute("insert into crl_numbers (issuer_key_id, number) values (?, 1)", issuer);
      }
      return handle
          .createQuery("select number from crl_numbers where issuer_key_id = ?")
          .bind(0, issuer)
          .mapTo(Long.class)
          .one();
    });
  }

  /** Keeps a CRL; false when there is one already that has a greater number or knows more. */
  public boolean keep(Head head, Bytes der) {
    Scope scope = head.scope();
    return database.write(handle -> {
      boolean overtaken =
          scoped(
                  handle,
                  "select 1 from crls where issuer_key_id = :issuer and shard = :shard"
                      + " and kind = :kind and (number >= :number or position > :position)",
                  scope)
              .bind("number", head.number())
              .bind("position", head.position())
              .mapTo(Integer.class)
              .findOne()
              .isPresent();
      if (!overtaken) {
        replace(handle, head, der);
      }
      return !overtaken;
    });
  }

  private static void replace(Handle handle, Head head, Bytes der) {
    String issuer = head.scope().issuerKeyIdentifier().hex();
    int shard = head.scope().shard().orElse(FULL);
    String kind = head.scope().kind().name();
    handle.execute(
        "delete from crls where issuer_key_id = ? and shard = ? and kind = ?", issuer, shard, kind);
    handle.execute(
        "insert into crls (issuer_key_id, shard, kind, number, this_update, next_update, position,"
            + " base_number, base_position, der) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        issuer,
        shard,
        kind,
        head.number(),
        head.thisUpdate().toEpochMilli(),
        head.nextUpdate().toEpochMilli(),
        head.position(),
        head.base().number(),
        head.base().position(),
        der.toArray());
  }

  /** The position of the newest event: everything up to it is in what is read from now on. */
  public long position() {
    return database.position();
  }

  /**
   * Whether a certificate of the list was revoked, suspended or released after {@code position}.
   */
  public boolean changedSince(Bytes issuerKeyIdentifier, OptionalInt shard, long position) {
    return database.read(handle ->
        handle
            .createQuery("select 1" + REVOKED + AFTER + " limit 1")
            .bind("issuer", issuerKeyIdentifier.hex())
            .bind("shard", shard.orElse(FULL))
            .bind("after", position)
            .bind("cutoff", 0L)
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }

  /**
   * What the two CRLs of one moment list.
   *
   * @param complete revoked and suspended certificates, by serial number
   * @param changed what changed after a position, released certificates too
   */
  public record Contents(CrlEntries complete, CrlEntries changed) {}

  /** Of certificates that end at {@code cutoff} or later; read at once, so that both agree. */
  public Contents contents(
      Bytes issuerKeyIdentifier, OptionalInt shard, long position, Instant cutoff) {
    return database.read(handle ->
        bound(handle, ENTRIES + REVOKED + BY_SERIAL, issuerKeyIdentifier, shard, cutoff)
            .scanResultSet((rows, _) -> read(rows.get(), position)));
  }

  /** What a delta CRL lists: what changed after {@code position}, released certificates too. */
  public CrlEntries changed(
      Bytes issuerKeyIdentifier, OptionalInt shard, long position, Instant cutoff) {
    return database.read(handle ->
        bound(handle, ENTRIES + REVOKED + AFTER + BY_SERIAL, issuerKeyIdentifier, shard, cutoff)
            .bind("after", position)
            .scanResultSet((rows, _) -> read(rows.get(), position).changed()));
  }

  private static Query bound(
      Handle handle, String sql, Bytes issuer, OptionalInt shard, Instant cutoff) {
    return handle
        .createQuery(sql)
        .bind("issuer", issuer.hex())
        .bind("shard", shard.orElse(FULL))
        .bind("cutoff", cutoff.toEpochMilli());
  }

  private static Contents read(ResultSet rows, long position) throws SQLException {
    var complete = new CrlEntries.Builder();
    var changed = new CrlEntries.Builder();
    while (rows.next()) {
      String serial = rows.getString(1);
      CrlReason reason = Revocations.reason(rows.getString(2), rows.getInt(3));
      Instant at = Instant.ofEpochMilli(rows.getLong(4));
      if (reason != CrlReason.REMOVE_FROM_CRL) {
        complete.add(serial, at, reason);
      }
      if (rows.getLong(5) > position) {
        changed.add(serial, at, reason);
      }
    }
    return new Contents(complete.build(), changed.build());
  }

  /** The greatest shard that a certificate of the issuer names, if any does. */
  public OptionalInt greatestShard(Bytes issuerKeyIdentifier) {
    return database.read(handle ->
        handle
            .createQuery(
                "select coalesce(max(crl_shard), -1) from certificates where issuer_key_id = ?")
            .bind(0, issuerKeyIdentifier.hex())
            .mapTo(Integer.class)
            .findOne()
            .filter(shard -> shard >= 0)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty()));
  }
}
