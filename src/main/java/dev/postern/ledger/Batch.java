package dev.postern.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction of many, on a connection whose statements are prepared once. Events are numbered
 * and the index is written when all is there: in the order of the index, since neighbours in it lie
 * on one page, which is then written once.
 */
final class Batch implements AutoCloseable {
  private static final String EVENT =
      "insert into events (position, kind, subject, detail, who, at) values (?, ?, ?, ?, ?, ?)";

  /** Rows that one statement inserts into the index. */
  private static final int TERMS_TOGETHER = 32;

  private static final String ONE_TERM = "insert into certificate_terms values (?, ?, ?)";
  private static final String MANY_TERMS = ONE_TERM + ", (?, ?, ?)".repeat(TERMS_TOGETHER - 1);

  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  private final Connection connection;
  private final Handle handle;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Term> terms = new ArrayList<>();

  /** The number of the certificate issued last; 0: not asked yet. */
  private long ordinal;

  private record Term(String term, long ordinal, long notAfter) {}

  private Batch(Connection connection) {
    this.connection = connection;
    this.handle = Jdbi.create(() -> connection).open();
  }

  static Batch on(Database database) throws SQLException {
    return new Batch(database.writing());
  }

  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  /** The same transaction, for what is written now and then. */
  Handle handle() {
    return handle;
  }

  /** To be executed before the next one of the same text is asked for. */
  PreparedStatement statement(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  int execute(String sql, @Nullable Object... values) throws SQLException {
    return statement(sql, values).executeUpdate();
  }

  /** Added at the end, in this order. */
  void record(Event event) {
    events.add(event);
  }

  /** The next number in the order of commits. */
  long nextOrdinal() throws SQLException {
    if (ordinal == 0) {
      ordinal = counter("certificate");
    }
    return ++ordinal;
  }

  /** What an issued certificate is found by. */
  void index(long number, long notAfter, Set<String> found) {
    found.forEach(term -> terms.add(new Term(term, number, notAfter)));
  }

  private long counter(String name) throws SQLException {
    try (ResultSet row =
        statement("select value from counters where name = ?", name).executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the ledger has no counter " + name);
      }
      return row.getLong(1);
    }
  }

  private void setCounter(String name, long value) throws SQLException {
    execute("update counters set value = ? where name = ?", value, name);
  }

  /** Everything is on the disk when this returns. */
  void commit() throws SQLException {
    if (ordinal != 0) {
      setCounter("certificate", ordinal);
    }
    writeTerms();
    writeEvents();
    connection.setAutoCommit(true); // and so commits, as in Database
    ordinal = 0;
    terms.clear();
    events.clear();
  }

  private void writeEvents() throws SQLException {
    if (events.isEmpty()) {
      return;
    }
    long position = counter("event");
    for (Event event : events) {
      position++;
      execute(
          EVENT,
          position,
          event.kind(),
          event.subject(),
          event.detail(),
          event.who(),
          event.at().toEpochMilli());
    }
    setCounter("event", position);
  }

  private void writeTerms() throws SQLException {
    terms.sort(Comparator.comparing(Term::term).thenComparingLong(Term::ordinal));
    for (int from = 0; from < terms.size(); ) {
      int rows = terms.size() - from >= TERMS_TOGETHER ? TERMS_TOGETHER : 1;
      PreparedStatement insert = statement(rows == 1 ? ONE_TERM : MANY_TERMS);
      int at = 1;
      for (Term each : terms.subList(from, from + rows)) {
        insert.setString(at++, each.term());
        insert.setLong(at++, each.ordinal());
        insert.setLong(at++, each.notAfter());
      }
      insert.executeUpdate();
      from += rows;
    }
  }

  /** What was not committed is undone. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("closing the ledger's writing connection: {}", e.getMessage());
    }
  }
}
