package dev.postern.ledger;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Requester;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.revocation.RevokedSerials;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** The table of revocations. A change is on the disk, with its event, when its method returns. */
public final class Revocations {
  /** So many changes are handed on at once. */
  private static final int BATCH = 1 << 16;

  private final Database database;
  private final Certificates certificates;
  private final InstantSource clock;

  Revocations(Database database, Certificates certificates, InstantSource clock) {
    this.database = database;
    this.certificates = certificates;
    this.clock = clock;
  }

  /** Revokes, suspends or releases these certificates: all of them, or none. */
  public Revocation change(List<SerialNumber> serials, StatusChange wish, Requester requester) {
    Instant now = clock.instant();
    return database.write(handle -> {
      List<Entry> changed = new ArrayList<>();
      List<Entry> unchanged = new ArrayList<>();
      for (SerialNumber serial : serials) {
        Optional<Entry> before = entry(handle, serial);
        if (before.isEmpty()) {
          return undone(handle, "no certificate was issued with the serial number " + serial);
        }
        switch (wish.outcome(before.get().revoked(), now)) {
          case StatusChange.Outcome.Refused(String reason) -> {
            return undone(handle, "the certificate " + serial + ": " + reason);
          }
          case StatusChange.Outcome.Stays() -> unchanged.add(before.get());
          case StatusChange.Outcome.Becomes(Optional<Revoked> status) -> {
            write(handle, before.get(), status, requester, now);
            changed.add(entry(handle, serial).orElseThrow());
          }
        }
      }
      return new Revocation.Done(changed, unchanged);
    });
  }

  private static Revocation undone(Handle handle, String reason) throws SQLException {
    handle.getConnection().rollback();
    return new Revocation.Refused(reason);
  }

  private Optional<Entry> entry(Handle handle, SerialNumber serial) {
    return certificates
        .entries(handle, "c.serial = :serial", Map.of("serial", Certificates.text(serial)), 1)
        .stream()
        .findFirst();
  }

  private static void write(
      Handle handle, Entry before, Optional<Revoked> status, Requester requester, Instant now) {
    SerialNumber serial = before.certificate().serialNumber();
    String state = status.map(Revocations::state).orElse("RELEASED");
    Database.record(
        handle,
        Event.of(
            "certificate." + status.map(Revocations::verb).orElse("released"),
            serial.hex(),
            Map.of(
                "reason", status.map(each -> each.reason().word()).orElse(""),
                "subject", before.certificate().subject().toString(),
                "user", before.user().orElse("")),
            requester,
            now));
    Revoked shown = status.or(before::revoked).orElseThrow();
    handle.execute(
        "insert into revocations (serial, state, reason, revoked_at, requester, position)"
            + " select ?, ?, ?, ?, ?, value from counters where name = 'event'"
            + " on conflict (serial) do update set state = excluded.state,"
            + " reason = excluded.reason, revoked_at = excluded.revoked_at,"
            + " requester = excluded.requester, position = excluded.position",
        Certificates.text(serial),
        state,
        shown.reason().code(),
        shown.revocationTime().toEpochMilli(),
        requester.name());
    Terms.restate(handle, Certificates.text(serial), Standing.of(status));
  }

  private static String state(Revoked status) {
    return StatusChange.isHold(status) ? "HELD" : "REVOKED";
  }

  private static String verb(Revoked status) {
    return StatusChange.isHold(status) ? "suspended" : "revoked";
  }

  static Revoked status(long revokedAt, int reason) {
    return new Revoked(Instant.ofEpochMilli(revokedAt), reason(reason));
  }

  private static CrlReason reason(int code) {
    return CrlReason.of(code).orElse(CrlReason.UNSPECIFIED);
  }

  /** What a row says in the words of a CRL: removeFromCRL for a hold that ended. */
  static CrlReason reason(String state, int code) {
    return switch (state) {
      case "HELD" -> CrlReason.CERTIFICATE_HOLD;
      case "RELEASED" -> CrlReason.REMOVE_FROM_CRL;
      default -> reason(code);
    };
  }

  /**
   * Hands {@code taker} what changed behind {@code position}, oldest first, in pieces; returns the
   * position to ask from the next time.
   */
  long changesAfter(long position, Consumer<List<RevokedSerials.Change>> taker) {
    return database.read(handle -> {
      List<RevokedSerials.Change> batch = new ArrayList<>();
      long[] newest = {position};
      handle
          .createQuery(
              "select serial, state, reason, revoked_at, position from revocations"
                  + " where position > ? order by position")
          .bind(0, position)
          .map((row, _) -> {
            newest[0] = row.getLong("position");
            return new RevokedSerials.Change(
                new SerialNumber(new BigInteger(row.getString("serial"), 16)),
                row.getString("state").equals("RELEASED")
                    ? Optional.empty()
                    : Optional.of(status(row.getLong("revoked_at"), row.getInt("reason"))));
          })
          .forEach(change -> {
            batch.add(change);
            if (batch.size() == BATCH) {
              taker.accept(List.copyOf(batch));
              batch.clear();
            }
          });
      if (!batch.isEmpty()) {
        taker.accept(batch);
      }
      return newest[0];
    });
  }
}
