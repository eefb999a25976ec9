package dev.postern.ledger;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.authority.Requester;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/**
 * Who is to be told that a certificate ends, and who was. A mail is claimed before it is sent, so
 * that of several processes one sends it; a claim whose process died is free again after a while.
 */
public final class Reminders {
  /** So long a claim keeps others out: more than any try to send a mail takes. */
  public static final Duration CLAIM = Duration.ofMinutes(10);

  /** One answer's length. */
  static final int PAGE = 50;

  /** Of a user's newer certificates, so many are looked at for one that replaces the old. */
  private static final int MOST_REPLACEMENTS = 1000;

  private static final Requester MAIL = new Requester("mail");

  private final Database database;
  private final InstantSource clock;

  Reminders(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Some of those that are due.
   *
   * @param next what {@link #due} goes on after; empty at the end
   */
  public record Due(List<Reminder> reminders, OptionalLong next) {}

  /** A reminder that this process alone may send; {@code attempt} counts from 1. */
  public record Claimed(Reminder reminder, int attempt) {}

  /**
   * What is due behind {@code after} (0 for the beginning): certificates in force that end within
   * one of {@code steps}, of enabled users with an e-mail address, that nobody was told of yet for
   * the nearest step, and that no other certificate replaces. A step of more than half of a
   * certificate's term does not count for it: the mail would come right after the certificate.
   */
  public Due due(List<Duration> steps, long after) {
    Instant now = clock.instant();
    return database.read(handle -> {
      List<Found> found =
          found(
              handle,
              steps,
              now,
              "c.ordinal > :ordinal",
              after,
              "order by d.ordinal limit " + PAGE);
      return new Due(
          found.stream()
              .filter(each -> !isReplaced(handle, each, now))
              .map(Found::reminder)
              .toList(),
          found.size() < PAGE
              ? OptionalLong.empty()
              : OptionalLong.of(found.getLast().reminder().ordinal()));
    });
  }

  /** Empty when it is due no more, or another process was quicker. */
  public Optional<Claimed> claim(Reminder due, List<Duration> steps) {
    Instant now = clock.instant();
    return database.write(handle ->
        found(handle, steps, now, "c.ordinal = :ordinal", due.ordinal(), "").stream()
            .filter(each -> !isReplaced(handle, each, now))
            .findFirst()
            .flatMap(each -> claim(handle, each.reminder(), now)));
  }

  private static Optional<Claimed> claim(Handle handle, Reminder due, Instant now) {
    return handle
        .createQuery(
            "insert into reminders (serial, step, state, again_at, attempts)"
                + " values (:serial, :step, 'OPEN', :until, 1)"
                + " on conflict (serial, step) do update"
                + " set again_at = excluded.again_at, attempts = reminders.attempts + 1"
                + " where reminders.state = 'OPEN' and reminders.again_at <= :now"
                + " returning attempts")
        .bind("serial", serial(due))
        .bind("step", due.step().toMillis())
        .bind("until", now.plus(CLAIM).toEpochMilli())
        .bind("now", now.toEpochMilli())
        .mapTo(Integer.class)
        .findOne()
        .map(attempt -> new Claimed(due, attempt));
  }

  /** The mail server has it, and said {@code reply}. */
  public void sent(Reminder reminder, String reply) {
    end(reminder, "SENT", "certificate.reminded", Map.of("reply", reply));
  }

  /** This mail cannot be delivered, now or later. */
  public void refused(Reminder reminder, String reason) {
    end(reminder, "REFUSED", "certificate.not-reminded", Map.of("reason", reason));
  }

  private void end(Reminder reminder, String state, String kind, Map<String, String> said) {
    Instant now = clock.instant();
    database.write(handle -> {
      int rows =
          handle.execute(
              "update reminders set state = ? where serial = ? and step = ? and state = 'OPEN'",
              state,
              serial(reminder),
              reminder.step().toMillis());
      if (rows > 0) {
        Map<String, String> detail = new HashMap<>(said);
        detail.put("to", reminder.email());
        detail.put("user", reminder.user());
        detail.put("before", reminder.before());
        String subject = reminder.certificate().serialNumber().hex();
        Database.record(handle, Event.of(kind, subject, detail, MAIL, now));
      }
      return null;
    });
  }

  /** Not sent; to be tried again from {@code at} on. */
  public void again(Reminder reminder, Instant at) {
    database.write(handle ->
        handle.execute(
            "update reminders set again_at = ? where serial = ? and step = ? and state = 'OPEN'",
            at.toEpochMilli(),
            serial(reminder),
            reminder.step().toMillis()));
  }

  /** When something that failed, or that somebody is at, may be tried again. */
  public Optional<Instant> nextAttempt() {
    return database.read(handle ->
        handle
            .createQuery(
                "select again_at from reminders where state = 'OPEN' and again_at > ?"
                    + " order by again_at limit 1")
            .bind(0, clock.instant().toEpochMilli())
            .mapTo(Long.class)
            .findOne()
            .map(Instant::ofEpochMilli));
  }

  private record Found(Reminder reminder, String userKey) {}

  /** Cross join: the certificates are what is gone through, in the order of the index. */
  private List<Found> found(
      Handle handle,
      List<Duration> steps,
      Instant now,
      String which,
      long ordinal,
      String orderAndLimit) {
    return handle
        .createQuery(
            "select d.* from (select c.ordinal, c.serial, c.der, c.user_key, u.name,"
                + " u.display_name, u.email, "
                + nearest(steps)
                + " as step from certificates c cross join users u"
                + " where u.name_key = c.user_key and u.state = 'ENABLED' and u.email is not null"
                + " and c.not_after > :now and c.not_after <= :horizon and "
                + which
                + " and not exists (select 1 from revocations r where r.serial = c.serial"
                + " and r.state <> 'RELEASED')) d"
                + " where d.step is not null and not exists (select 1 from reminders m"
                + " where m.serial = d.serial and m.step = d.step"
                + " and (m.state <> 'OPEN' or m.again_at > :now)) "
                + orderAndLimit)
        .bind("now", now.toEpochMilli())
        .bind("horizon", now.plus(Collections.max(steps)).toEpochMilli())
        .bind("ordinal", ordinal)
        .map((row, _) -> found(row))
        .list();
  }

  /** The shortest step that the certificate's end is within; null where there is none. */
  private static String nearest(List<Duration> steps) {
    StringBuilder nearest = new StringBuilder("case");
    steps.stream()
        .sorted()
        .mapToLong(Duration::toMillis)
        .forEach(step ->
            nearest
                .append(" when c.not_after - :now <= ")
                .append(step)
                .append(" and c.not_after - c.not_before >= 2 * ")
                .append(step)
                .append(" then ")
                .append(step));
    return nearest.append(" end").toString();
  }

  private Found found(ResultSet row) throws SQLException {
    return new Found(
        new Reminder(
            row.getLong("ordinal"),
            certificate(row.getBytes("der")),
            row.getString("name"),
            row.getString("display_name"),
            row.getString("email"),
            Duration.ofMillis(row.getLong("step"))),
        row.getString("user_key"));
  }

  /**
   * Whether the same user has a certificate in force with the same common name, which names the
   * device, that ends later.
   */
  private boolean isReplaced(Handle handle, Found found, Instant now) {
    Certificate old = found.reminder().certificate();
    Optional<String> name = old.subject().commonName();
    try (var later =
        handle
            .createQuery(
                "select c.der from certificate_terms t cross join certificates c"
                    + " where c.ordinal = t.ordinal and t.term = :user and t.not_after > :end"
                    + " and c.not_before <= :now"
                    + " and not exists (select 1 from revocations r where r.serial = c.serial"
                    + " and r.state <> 'RELEASED') order by t.ordinal desc limit :most")
            .bind("user", Terms.user(found.userKey()))
            .bind("end", old.notAfter().toEpochMilli())
            .bind("now", now.toEpochMilli())
            .bind("most", MOST_REPLACEMENTS)
            .map((row, _) -> certificate(row.getBytes("der")))
            .stream()) {
      return later.anyMatch(each -> each.subject().commonName().equals(name));
    }
  }

  private Certificate certificate(byte[] der) {
    try {
      return Certificate.parse(Bytes.of(der));
    } catch (MalformedException e) {
      throw new LedgerUnavailable(
          "the ledger " + database.file() + " is damaged: a certificate in it does not parse", e);
    }
  }

  private static String serial(Reminder reminder) {
    return Certificates.text(reminder.certificate().serialNumber());
  }
}
