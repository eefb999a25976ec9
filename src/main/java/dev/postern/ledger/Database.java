package dev.postern.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.postern.authority.Ledger.LedgerUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/**
 * Connections to the file, and transactions that are whole, durable, and tried again while another
 * process writes.
 */
final class Database implements AutoCloseable {
  /** How long a write waits for others in all. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long SQLite itself waits each time before we look at the clock. */
  private static final int BUSY_TIMEOUT_MILLIS = 1000;

  /** The shared memory file of the WAL grows by this many bytes. */
  private static final long SMALLEST_GROWTH = 32 * 1024;

  /** SQLite has one writer at a time; the others read. */
  private static final int CONNECTIONS = 4;

  private final Path file;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(Path file, HikariDataSource pool) {
    this.file = file;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  static Database open(Path file) {
    LedgerFile.prepare(file);
    SQLiteDataSource source = source(file);
    new Schema(file, source).bringUpToDate();
    HikariConfig config = new HikariConfig();
    config.setPoolName("ledger");
    config.setDataSource(source);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1);
    return new Database(file, new HikariDataSource(config));
  }

  private static SQLiteDataSource source(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // FULL: in WAL mode NORMAL may lose the last transactions in a power cut, and a serial with
    // them.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    // LedgerFile made the file. Whoever finds it gone shall not put an empty one in its place.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    // A transaction that reads first and then wants to write would fail at once if another wrote
    // meanwhile; this takes the write lock at the beginning, where waiting helps.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  /** One statement that only reads. */
  <T> T read(HandleCallback<T, SQLException> work) {
    return patiently(() -> jdbi.withHandle(work));
  }

  /** One transaction: all of it is on the disk when this returns, or none of it. */
  <T> T write(HandleCallback<T, SQLException> work) {
    return patiently(() -> jdbi.inTransaction(work));
  }

  /** Outside the pool, for {@link LedgerWatch}; the caller closes it. */
  Connection dedicated() throws SQLException {
    return pool.getDataSource().getConnection();
  }

  Path file() {
    return file;
  }

  private interface Attempt<T> {
    T run() throws SQLException;
  }

  private <T> T patiently(Attempt<T> attempt) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return attempt.run();
      } catch (SQLException | JdbiException e) {
        if (!isBusy(e) || System.nanoTime() > deadline) {
          throw unavailable(file, e);
        }
      }
    }
  }

  private static boolean isBusy(Exception e) {
    return sqlCause(e)
        .filter(cause -> primaryCode(cause) == SQLiteErrorCode.SQLITE_BUSY.code)
        .isPresent();
  }

  /** One line that names the file and says what to do about it, where something can be done. */
  static LedgerUnavailable unavailable(Path file, Exception e) {
    return new LedgerUnavailable(
        "the ledger "
            + file
            + " "
            + sqlCause(e).map(cause -> predicate(file, cause)).orElse("failed: " + e),
        e);
  }

  private static String predicate(Path file, SQLException e) {
    int code = primaryCode(e);
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return "is locked by another process";
    }
    if (code == SQLiteErrorCode.SQLITE_FULL.code
        || (code == SQLiteErrorCode.SQLITE_IOERR.code && isDiskFull(file))) {
      return "cannot grow: the disk is full";
    }
    if (code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return "is not an SQLite file";
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
      return "is damaged; restore it from a backup";
    }
    if (code == SQLiteErrorCode.SQLITE_READONLY.code || code == SQLiteErrorCode.SQLITE_PERM.code) {
      return "cannot be written: the file or its folder is read-only";
    }
    if (code == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
      if (Files.notExists(file)) {
        return "is gone; put it back";
      }
      return "cannot be opened: its folder is missing or read-only";
    }
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return "failed: " + message;
  }

  /** SQLite calls it an I/O error when it is the shared memory file that cannot grow. */
  private static boolean isDiskFull(Path file) {
    try {
      return Files.getFileStore(file).getUsableSpace() < SMALLEST_GROWTH;
    } catch (IOException e) {
      return false; // then it is what SQLite called it
    }
  }

  static int primaryCode(SQLException e) {
    return e.getErrorCode() & 0xff;
  }

  /** The SQLException inside what JDBI, Hikari and Flyway wrap around it. */
  static Optional<SQLException> sqlCause(Throwable e) {
    Optional<SQLException> innermost = Optional.empty();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        innermost = Optional.of(sql);
      }
    }
    return innermost;
  }

  /** The position of the newest event, 0 when nothing happened yet. */
  long position() {
    return read(handle ->
        handle
            .createQuery("select value from counters where name = 'event'")
            .mapTo(Long.class)
            .one());
  }

  /** Adds the event of a write to its transaction. */
  static void record(Handle handle, Event event) {
    handle.execute("update counters set value = value + 1 where name = 'event'");
    handle.execute(
        "insert into events (position, kind, subject, detail, who, at)"
            + " select value, ?, ?, ?, ?, ? from counters where name = 'event'",
        event.kind(),
        event.subject(),
        event.detail(),
        event.who(),
        event.at().toEpochMilli());
  }

  /** The events of many writes, in their order. */
  static void record(Handle handle, List<Event> events) throws SQLException {
    long position =
        handle
            .createQuery("select value from counters where name = 'event'")
            .mapTo(Long.class)
            .one();
    try (var rows =
        new Rows(
            handle,
            "insert into events (position, kind, subject, detail, who, at)"
                + " values (?, ?, ?, ?, ?, ?)")) {
      for (Event event : events) {
        position++;
        rows.add(
            position,
            event.kind(),
            event.subject(),
            event.detail(),
            event.who(),
            event.at().toEpochMilli());
      }
      rows.finish();
    }
    handle.execute("update counters set value = ? where name = 'event'", position);
  }

  @Override
  public void close() {
    pool.close();
  }
}
