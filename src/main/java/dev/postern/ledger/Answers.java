package dev.postern.ledger;

import dev.postern.x509.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Answers to requests that somebody may send a second time because the first answer was lost. Kept
 * for a day.
 */
public final class Answers {
  public static final Duration KEPT = Duration.ofDays(1);

  /** Who claimed and never answered has died meanwhile. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Database database;

  Answers(Database database) {
    this.database = database;
  }

  /** What was answered. */
  public record Answer(int status, String headers, Bytes body) {}

  /** What is known of a request. */
  public sealed interface Claim {
    /** Nobody asked before: do it, then {@link #keep} or {@link #release}. */
    record Fresh() implements Claim {}

    record Answered(Answer answer) implements Claim {}

    /** The same key was used with another body. */
    record Different() implements Claim {}

    /** Somebody is at it. */
    record Running() implements Claim {}
  }

  private record Row(String digest, Instant claimedAt, Optional<Answer> answer) {}

  public Claim claim(Bytes key, Bytes bodyDigest, Instant now) {
    return database.write(handle -> {
      handle.execute("delete from answers where claimed_at < ?", now.minus(KEPT).toEpochMilli());
      Optional<Row> known = row(handle, key);
      if (known.isPresent()) {
        Row row = known.get();
        if (!row.digest().equals(bodyDigest.hex())) {
          return new Claim.Different();
        }
        if (row.answer().isPresent()) {
          return new Claim.Answered(row.answer().get());
        }
        if (now.isBefore(row.claimedAt().plus(PATIENCE))) {
          return new Claim.Running();
        }
      }
      handle.execute(
          "insert into answers (request_key, body_digest, claimed_at) values (?, ?, ?)"
              + " on conflict (request_key) do update set claimed_at = excluded.claimed_at",
          key.hex(),
          bodyDigest.hex(),
          now.toEpochMilli());
      return new Claim.Fresh();
    });
  }

  private static Optional<Row> row(Handle handle, Bytes key) {
    return handle
        .createQuery("select * from answers where request_key = ?")
        .bind(0, key.hex())
        .map((row, _) ->
            new Row(
                row.getString("body_digest"),
                Instant.ofEpochMilli(row.getLong("claimed_at")),
                answer(row)))
        .findOne();
  }

  private static Optional<Answer> answer(ResultSet row) throws SQLException {
    return row.getObject("status") == null
        ? Optional.empty()
        : Optional.of(
            new Answer(
                row.getInt("status"), row.getString("headers"), Bytes.of(row.getBytes("body"))));
  }

  public void keep(Bytes key, Answer answer) {
    database.write(handle ->
        handle.execute(
            "update answers set status = ?, headers = ?, body = ? where request_key = ?",
            answer.status(),
            answer.headers(),
            answer.body().toArray(),
            key.hex()));
  }

  /** Nothing was done: who asks again is a first. */
  public void release(Bytes key) {
    database.write(handle ->
        handle.execute("delete from answers where request_key = ? and status is null", key.hex()));
  }
}
