package dev.postern.ledger;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** What happened, in order. Who has read up to a position asks for what came after it. */
public final class Events {
  /** One answer's length at most. */
  public static final int MAX_LIMIT = 1000;

  private static final RowMapper<Event> ROW =
      (row, _) ->
          new Event(
              row.getLong("position"),
              row.getString("kind"),
              row.getString("subject"),
              row.getString("detail"),
              row.getString("who"),
              Instant.ofEpochMilli(row.getLong("at")));

  private final Database database;

  Events(Database database) {
    this.database = database;
  }

  /** Events behind {@code position}, oldest first; 0 for the beginning. */
  public List<Event> after(long position, int limit) {
    return database.read(handle ->
        handle
            .createQuery("select * from events where position > ? order by position limit ?")
            .bind(0, position)
            .bind(1, Math.min(limit, MAX_LIMIT))
            .map(ROW)
            .list());
  }

  /** What happened to one certificate or user, oldest first. */
  public List<Event> about(String subject) {
    return database.read(handle ->
        handle
            .createQuery("select * from events where subject = ? order by position limit ?")
            .bind(0, subject)
            .bind(1, MAX_LIMIT)
            .map(ROW)
            .list());
  }

  /** Newest first. */
  public List<Event> list(EventQuery query) {
    StringBuilder conditions = new StringBuilder(" where 1 = 1");
    Map<String, Object> values = new HashMap<>();
    query.kind().ifPresent(kind -> add(conditions, values, "kind = :kind", "kind", kind));
    query
        .subject()
        .ifPresent(subject -> add(conditions, values, "subject = :subject", "subject", subject));
    query
        .who()
        .ifPresent(who -> {
          add(conditions, values, "who >= :who", "who", who);
          add(conditions, values, "who < :beyond", "beyond", who + Character.MAX_VALUE);
        });
    query.from().ifPresent(at -> add(conditions, values, "at >= :from", "from", at.toEpochMilli()));
    query
        .until()
        .ifPresent(at -> add(conditions, values, "at < :until", "until", at.toEpochMilli()));
    query
        .before()
        .ifPresent(position -> add(conditions, values, "position < :before", "before", position));
    return database.read(handle ->
        handle
            .createQuery(
                "select * from events" + conditions + " order by position desc limit :limit")
            .bindMap(values)
            .bind("limit", query.limit())
            .map(ROW)
            .list());
  }

  private static void add(
      StringBuilder conditions,
      Map<String, Object> values,
      String condition,
      String name,
      Object value) {
    conditions.append(" and ").append(condition);
    values.put(name, value);
  }

  /** The newest position, 0 when nothing happened yet. */
  public long position() {
    return database.position();
  }

  /** Whether there is an event behind {@code after}, up to {@code upTo}, of this kind. */
  boolean anyBetween(long after, long upTo, String kindPrefix) {
    return database.read(handle ->
        handle
            .createQuery(
                "select 1 from events where position > ? and position <= ? and kind like ? limit 1")
            .bind(0, after)
            .bind(1, upTo)
            .bind(2, kindPrefix + "%")
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }

  /** By the clocks of those who wrote; a clock that shows less now was set back. */
  public Optional<Instant> latestAt() {
    return database.read(handle ->
        handle
            .createQuery("select max(at) from events")
            .map((row, _) -> row.getObject(1) == null ? -1L : row.getLong(1))
            .findOne()
            .filter(at -> at >= 0)
            .map(Instant::ofEpochMilli));
  }
}
