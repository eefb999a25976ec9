package dev.postern.ledger;

import dev.postern.authority.Ledger;
import dev.postern.authority.Requester;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/**
 * Invitations to enrol. A code is known here by its SHA-256 alone. None is ever deleted: a link
 * that is opened years later still says what became of it.
 */
public final class Invitations {
  /** So long a claim keeps others out while its certificate is made, which takes a moment. */
  public static final Duration CLAIM = Duration.ofMinutes(1);

  /** Nobody's link is good for longer. */
  public static final Duration LONGEST = Duration.ofDays(30);

  /** One answer's length at most. */
  public static final int MAX_LIMIT = 1000;

  private static final String INSERT =
      "insert into invitations (id, code_hash, user_key, user_name, created_at, expires_at,"
          + " requester) values (?, ?, ?, ?, ?, ?, ?)";

  /** Whoever lost the certificate with which they invited themselves is not invited any more. */
  private static final String SPONSOR_REVOKED =
      "(select r.revoked_at from revocations r where r.serial = invitations.sponsor"
          + " and r.state <> 'RELEASED')";

  private static final String SELECT =
      "select invitations.*, coalesce(revoked_at, "
          + SPONSOR_REVOKED
          + ") as withdrawn_at from invitations ";

  private static final RowMapper<Invitation> ROW =
      (row, _) -> {
        Invitation.State state;
        if (row.getString("serial") != null) {
          state =
              new Invitation.State.Used(
                  new SerialNumber(new BigInteger(row.getString("serial"), 16)),
                  Instant.ofEpochMilli(row.getLong("used_at")),
                  row.getString("used_from"));
        } else if (row.getObject("withdrawn_at") != null) {
          state = new Invitation.State.Withdrawn(Instant.ofEpochMilli(row.getLong("withdrawn_at")));
        } else if (row.getString("key_hash") != null) {
          state = new Invitation.State.Claimed();
        } else {
          state = new Invitation.State.Open();
        }
        return new Invitation(
            row.getString("id"),
            row.getString("user_name"),
            Optional.ofNullable(row.getString("device")),
            Instant.ofEpochMilli(row.getLong("created_at")),
            Instant.ofEpochMilli(row.getLong("expires_at")),
            new Requester(row.getString("requester")),
            state);
      };

  private final Database database;
  private final SqlLedger ledger;
  private final InstantSource clock;

  Invitations(Database database, SqlLedger ledger, InstantSource clock) {
    this.database = database;
    this.ledger = ledger;
    this.clock = clock;
  }

  /**
   * A new one for an existing user, whose name comes back as it is written in the ledger. {@link
   * IllegalStateException} when there is no such user.
   */
  public Invitation add(
      Bytes codeHash,
      String user,
      Optional<String> device,
      Duration validity,
      Requester requester) {
    return add(codeHash, user, device, validity, Optional.empty(), requester);
  }

  /**
   * As before; {@code sponsor} is the certificate of ours with which somebody invites themselves.
   * When it is revoked, so is the invitation.
   */
  public Invitation add(
      Bytes codeHash,
      String user,
      Optional<String> device,
      Duration validity,
      Optional<SerialNumber> sponsor,
      Requester requester) {
    Instant now = clock.instant();
    String id = id(codeHash);
    return database.write(handle -> {
      int rows =
          handle.execute(
              "insert into invitations (id, code_hash, user_key, user_name, device, created_at,"
                  + " expires_at, requester, sponsor) select ?, ?, name_key, name, ?, ?, ?, ?, ?"
                  + " from users"
                  + " where name_key = ?",
              id,
              codeHash.hex(),
              device.orElse(null),
              now.toEpochMilli(),
              now.plus(validity).toEpochMilli(),
              requester.name(),
              sponsor.map(Certificates::text).orElse(null),
              Fold.ascii(user));
      if (rows == 0) {
        throw new IllegalStateException("there is no user " + user);
      }
      Invitation made = withId(handle, id).orElseThrow();
      Database.record(handle, invitedEvent(made, now));
      return made;
    });
  }

  /** One of many that shall be invited. */
  public record Wanted(Bytes codeHash, String user) {}

  /** What to do about those who have an invitation already that they can still use. */
  public enum Open {
    SKIP,
    INVITE_AGAIN
  }

  /** Hears of invitations while they can still be taken back, by throwing. */
  public interface BeforeCommit {
    void made(List<Invitation> invitations);
  }

  /**
   * One invitation for each, in one transaction; {@code progress} hears how many are written. Who
   * is no enabled user any more, and who has an open one where {@code open} says so, is left out.
   */
  public List<Invitation> addAll(
      List<Wanted> wanted,
      Duration validity,
      Open open,
      Requester requester,
      IntConsumer progress,
      BeforeCommit before) {
    Instant now = clock.instant();
    return database.write(handle -> {
      Set<String> left = new HashSet<>(open == Open.SKIP ? invited(handle, now) : Set.of());
      Map<String, String> names = enabled(handle);
      List<Invitation> made = new ArrayList<>();
      try (var rows = new Rows(handle, INSERT)) {
        for (Wanted each : wanted) {
          String key = Fold.ascii(each.user());
          String name = names.get(key);
          if (name != null && left.add(key)) {
            Invitation invitation = open(each.codeHash(), name, validity, requester, now);
            add(rows, each.codeHash(), invitation);
            made.add(invitation);
            progress.accept(made.size());
          }
        }
        rows.finish();
      }
      Database.record(handle, made.stream().map(each -> invitedEvent(each, now)).toList());
      before.made(List.copyOf(made));
      return made;
    });
  }

  private static void add(Rows rows, Bytes codeHash, Invitation invitation) throws SQLException {
    rows.add(
        invitation.id(),
        codeHash.hex(),
        Fold.ascii(invitation.user()),
        invitation.user(),
        invitation.createdAt().toEpochMilli(),
        invitation.expiresAt().toEpochMilli(),
        invitation.requester().name());
  }

  private static Invitation open(
      Bytes codeHash, String user, Duration validity, Requester requester, Instant now) {
    Instant moment = now.truncatedTo(ChronoUnit.MILLIS);
    return new Invitation(
        id(codeHash),
        user,
        Optional.empty(),
        moment,
        moment.plus(validity),
        requester,
        new Invitation.State.Open());
  }

  private static Map<String, String> enabled(Handle handle) {
    Map<String, String> names = new HashMap<>();
    handle
        .createQuery("select name from users where state = 'ENABLED'")
        .mapTo(String.class)
        .forEach(name -> names.put(Fold.ascii(name), name));
    return names;
  }

  /** The keys of those who can still use one. */
  private static Set<String> invited(Handle handle, Instant now) {
    return handle
        .createQuery(
            "select distinct user_key from invitations where serial is null and revoked_at is null"
                + " and expires_at > ?")
        .bind(0, now.toEpochMilli())
        .mapTo(String.class)
        .set();
  }

  private static String id(Bytes codeHash) {
    return codeHash.sha256().hex().substring(0, 12);
  }

  private static Event invitedEvent(Invitation made, Instant now) {
    Map<String, String> detail =
        Map.of(
            "invitation",
            made.id(),
            "device",
            made.device().orElse(""),
            "until",
            made.expiresAt().toString());
    return Event.of("invitation.made", made.user(), detail, made.requester(), now);
  }

  public Optional<Invitation> withCode(Bytes codeHash) {
    return database.read(handle -> withCode(handle, codeHash));
  }

  private static Optional<Invitation> withCode(Handle handle, Bytes codeHash) {
    return handle
        .createQuery(SELECT + "where code_hash = ?")
        .bind(0, codeHash.hex())
        .map(ROW)
        .findOne();
  }

  private static Optional<Invitation> withId(Handle handle, String id) {
    return handle.createQuery(SELECT + "where id = ?").bind(0, id).map(ROW).findOne();
  }

  public Optional<Invitation> withId(String id) {
    return database.read(handle -> withId(handle, id));
  }

  /**
   * Newest first, at most {@link #MAX_LIMIT}; of one user, or of all; from behind {@code after} on.
   */
  public List<Invitation> list(Optional<String> user, Optional<Invitation> after, int limit) {
    List<String> conditions = new ArrayList<>(List.of("id is not null"));
    user.ifPresent(_ -> conditions.add("user_key = :user"));
    after.ifPresent(_ -> conditions.add("(created_at, id) < (:createdAt, :id)"));
    return database.read(handle -> {
      Query query =
          handle
              .createQuery(
                  SELECT
                      + "where "
                      + String.join(" and ", conditions)
                      + " order by created_at desc, id desc limit :limit")
              .bind("limit", Math.min(limit, MAX_LIMIT));
      user.ifPresent(name -> query.bind("user", Fold.ascii(name)));
      after.ifPresent(
          last -> query.bind("createdAt", last.createdAt().toEpochMilli()).bind("id", last.id()));
      return query.map(ROW).list();
    });
  }

  /** What came of wanting an invitation back. */
  public sealed interface Withdrawal {
    /** Nobody can use it from now on; it may have been so before. */
    record Done(Invitation invitation) implements Withdrawal {}

    record Refused(String reason) implements Withdrawal {}
  }

  /** Takes an unused invitation back. */
  public Withdrawal withdraw(String id, Requester requester) {
    Instant now = clock.instant();
    return database.write(handle -> {
      Optional<Invitation> before = withId(handle, id);
      if (before.isEmpty()) {
        return new Withdrawal.Refused("there is no invitation " + id);
      }
      return switch (before.get().state()) {
        case Invitation.State.Used(var serial, _, _) ->
            new Withdrawal.Refused(
                "invitation " + id + " was used for certificate " + serial.hex() + "; revoke that");
        case Invitation.State.Withdrawn _ -> new Withdrawal.Done(before.get());
        case Invitation.State.Open(), Invitation.State.Claimed() -> {
          handle.execute(
              "update invitations set revoked_at = ? where id = ?", now.toEpochMilli(), id);
          Database.record(
              handle,
              Event.of(
                  "invitation.withdrawn",
                  before.get().user(),
                  Map.of("invitation", id),
                  requester,
                  now));
          yield new Withdrawal.Done(withId(handle, id).orElseThrow());
        }
      };
    });
  }

  /** Claims the invitation with this code for a public key. */
  public Claim claim(Bytes codeHash, Bytes keyHash) {
    Instant now = clock.instant();
    return database.write(handle -> {
      Optional<Invitation> found = withCode(handle, codeHash);
      if (found.isEmpty()) {
        return new Claim.Unknown();
      }
      Invitation invitation = found.get();
      return switch (invitation.state()) {
        case Invitation.State.Withdrawn _ -> new Claim.Withdrawn(invitation);
        case Invitation.State.Used used ->
            handle
                    .createQuery("select 1 from invitations where id = ? and key_hash = ?")
                    .bind(0, invitation.id())
                    .bind(1, keyHash.hex())
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent()
                ? new Claim.Had(invitation, used)
                : new Claim.Taken(invitation);
        case Invitation.State.Open(), Invitation.State.Claimed() ->
            now.isBefore(invitation.expiresAt())
                ? claim(handle, invitation, keyHash, now)
                : new Claim.Expired(invitation);
      };
    });
  }

  private static Claim claim(Handle handle, Invitation invitation, Bytes keyHash, Instant now) {
    int rows =
        handle.execute(
            "update invitations set key_hash = ?, claimed_at = ? where id = ?"
                + " and (key_hash is null or key_hash = ? or claimed_at < ?)",
            keyHash.hex(),
            now.toEpochMilli(),
            invitation.id(),
            keyHash.hex(),
            now.minus(CLAIM).toEpochMilli());
    return rows == 1 ? new Claim.Granted(invitation) : new Claim.Busy(invitation);
  }

  /** Gives a claim back whose request cannot become a certificate. */
  public void unclaim(Invitation invitation, Bytes keyHash) {
    database.write(handle ->
        handle.execute(
            "update invitations set key_hash = null, claimed_at = null where id = ?"
                + " and key_hash = ? and serial is null",
            invitation.id(),
            keyHash.hex()));
  }

  /** Signing took longer than a claim lasts, and another key has it now; or it was withdrawn. */
  public static final class ClaimLost extends IllegalStateException {
    private ClaimLost(String message) {
      super(message);
    }
  }

  /**
   * The ledger, for an authority that issues the certificate of a granted claim: completing the
   * certificate ends the invitation in the same transaction. {@link ClaimLost} when that is too
   * late, and then there is no certificate.
   */
  public Ledger ending(Invitation invitation, Bytes keyHash, String from) {
    return new Ledger() {
      @Override
      public void intend(Intent intent) {
        ledger.intend(intent);
      }

      @Override
      public void complete(SerialNumber serial, Certificate certificate) {
        ledger.complete(
            serial, certificate, handle -> end(handle, invitation, keyHash, serial, from));
      }
    };
  }

  private void end(
      Handle handle, Invitation invitation, Bytes keyHash, SerialNumber serial, String from) {
    Instant now = clock.instant();
    int rows =
        handle.execute(
            "update invitations set serial = ?, used_at = ?, used_from = ? where id = ?"
                + " and key_hash = ? and serial is null and revoked_at is null and "
                + SPONSOR_REVOKED
                + " is null",
            Certificates.text(serial),
            now.toEpochMilli(),
            from,
            invitation.id(),
            keyHash.hex());
    if (rows != 1) {
      throw new ClaimLost("invitation " + invitation.id() + " was lost to another");
    }
    Database.record(
        handle,
        Event.of(
            "invitation.used",
            invitation.user(),
            Map.of("invitation", invitation.id(), "serial", serial.hex(), "from", from),
            new Requester("invitation:" + invitation.id()),
            now));
  }

  /** A file on its way to another device, under a token known here by its SHA-256. */
  public record Drop(String name, Bytes content) {}

  /** At most three wait for one invitation; false when there are more. */
  public boolean drop(Bytes tokenHash, Invitation invitation, Drop drop, Duration validity) {
    Instant now = clock.instant();
    return database.write(handle -> {
      int waiting =
          handle
              .createQuery("select count(*) from drops where invitation = ?")
              .bind(0, invitation.id())
              .mapTo(Integer.class)
              .one();
      if (waiting >= 3) {
        return false;
      }
      handle.execute(
          "insert into drops (token_hash, invitation, name, expires_at, content)"
              + " values (?, ?, ?, ?, ?)",
          tokenHash.hex(),
          invitation.id(),
          drop.name(),
          now.plus(validity).toEpochMilli(),
          drop.content().toArray());
      return true;
    });
  }

  /** Deletes files whose time is over. */
  public void sweep() {
    Instant now = clock.instant();
    boolean any =
        database.read(handle ->
            handle
                .createQuery("select 1 from drops where expires_at <= ? limit 1")
                .bind(0, now.toEpochMilli())
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
    if (any) {
      database.write(
          handle -> handle.execute("delete from drops where expires_at <= ?", now.toEpochMilli()));
    }
  }

  /** Whether a file waits under the token. */
  public boolean waits(Bytes tokenHash) {
    Instant now = clock.instant();
    return database.read(handle -> waiting(handle, tokenHash, now).isPresent());
  }

  /** The file, once. Who guesses writes nothing. */
  public Optional<Drop> fetch(Bytes tokenHash) {
    Instant now = clock.instant();
    if (!waits(tokenHash)) {
      return Optional.empty();
    }
    return database.write(handle -> {
      Optional<Drop> drop = waiting(handle, tokenHash, now);
      handle.execute("delete from drops where token_hash = ?", tokenHash.hex());
      return drop;
    });
  }

  private static Optional<Drop> waiting(Handle handle, Bytes tokenHash, Instant now) {
    return handle
        .createQuery("select name, content from drops where token_hash = ? and expires_at > ?")
        .bind(0, tokenHash.hex())
        .bind(1, now.toEpochMilli())
        .map((row, _) -> new Drop(row.getString("name"), Bytes.of(row.getBytes("content"))))
        .findOne();
  }
}
