package dev.postern.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.postern.authority.Ledger.LedgerUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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

  /**
   * How long SQLite itself waits each time before we look at the clock. Left alone for longer it
   * looks ten times a second, and would seldom meet the moment between two transactions of a
   * process that writes all the time.
   */
  private static final int BUSY_TIMEOUT_MILLIS = 10;

  /** For changes of the tables, which are not tried again. */
  private static final int MIGRATION_TIMEOUT_MILLIS = 1000;

  /**
   * The writer copies the WAL into the file after so many pages: the busy ones, where each
   * certificate adds to the last, are then copied once for many.
   */
  private static final int CHECKPOINT_PAGES = 8192;

  /** KiB of the file that the writer keeps in memory. */
  private static final int WRITER_CACHE = 32 * 1024;

  /** The shared memory file of the WAL grows by this many bytes. */
  private static final long SMALLEST_GROWTH = 32 * 1024;

  /** SQLite has one writer at a time; the others read. */
  private static final int CONNECTIONS = 4;

  private final Path file;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  /**
   * Threads of this process take turns in the order in which they came; SQLite would have them look
   * again and again, and let in whoever looks at the right moment.
   */
  private final ReentrantLock turn = new ReentrantLock(true);

  private final AtomicLong writes = new AtomicLong();

  private Database(Path file, HikariDataSource pool) {
    this.file = file;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  static Database open(Path file) {
    LedgerFile.prepare(file);
    new Schema(file, source(file, MIGRATION_TIMEOUT_MILLIS)).bringUpToDate();
    SQLiteDataSource source = source(file, BUSY_TIMEOUT_MILLIS);
    HikariConfig config = new HikariConfig();
    config.setPoolName("ledger");
    config.setDataSource(source);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1);
    return new Database(file, new HikariDataSource(config));
  }

  private static SQLiteDataSource source(Path file, int busyTimeoutMillis) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // FULL: in WAL mode NORMAL may lose the last transactions in a power cut, and a serial with
    // them.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(busyTimeoutMillis);
    // LedgerFile made the file. Whoever finds it gone shall not put an empty one in its place.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    // A transaction that reads first and then wants to write would fail at once if another wrote
    // meanwhile; this takes the write lock at the beginning, where waiting helps.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    // The driver would ask for the last row's number after each statement; nothing here wants it.
    config.setGetGeneratedKeys(false);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  /** One statement that only reads. */
  <T> T read(HandleCallback<T, SQLException> work) {
    return patiently(() -> jdbi.withHandle(work), System.nanoTime() + PATIENCE.toNanos());
  }

  /** One transaction: all of it is on the disk when this returns, or none of it. */
  <T> T write(HandleCallback<T, SQLException> work) {
    T result = alone(() -> transaction(work));
    writes.incrementAndGet();
    return result;
  }

  /**
   * Ends by switching auto-commit on, which commits (JDBC's Connection): SQLite's driver, when told
   * to commit, also begins the next transaction, and may fail in that although the first is on the
   * disk.
   */
  private <T> T transaction(HandleCallback<T, SQLException> work) throws SQLException {
    return jdbi.withHandle(handle -> {
      Connection connection = handle.getConnection();
      boolean committed = false;
      try {
        connection.setAutoCommit(false);
        T result = work.withHandle(handle);
        connection.setAutoCommit(true);
        committed = true;
        return result;
      } finally {
        if (!committed) {
          pool.evictConnection(connection); // closed, it undoes whatever was begun
        }
      }
    });
  }

  /** How often {@link #write} has written in this process; counted when it is on the disk. */
  long writes() {
    return writes.get();
  }

  /** A transaction, while no other thread of this process writes. */
  <T> T alone(Attempt<T> transaction) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    if (!takeTurn(deadline)) {
      String others = "other threads of this process write";
      throw new LedgerUnavailable(
          "the ledger " + file + " is busy: " + others,
          new SQLException(others, "", SQLiteErrorCode.SQLITE_BUSY.code));
    }
    try {
      return patiently(transaction, deadline);
    } finally {
      turn.unlock();
    }
  }

  /** Deaf to interrupts, as the writing itself is; it takes seconds at most. */
  private boolean takeTurn(long deadline) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return turn.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Outside the pool, for {@link LedgerWatch}; the caller closes it. */
  Connection dedicated() throws SQLException {
    return pool.getDataSource().getConnection();
  }

  /** Outside the pool, for {@link GroupCommit}; the caller closes it. */
  Connection writing() throws SQLException {
    Connection connection = dedicated();
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma wal_autocheckpoint = " + CHECKPOINT_PAGES);
      statement.execute("pragma cache_size = -" + WRITER_CACHE);
    }
    return connection;
  }

  Path file() {
    return file;
  }

  /** Tried again while another process writes. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws SQLException;
  }

  private <T> T patiently(Attempt<T> attempt, long deadline) {
    while (true) {
      try {
        return attempt.run();
      } catch (SQLException | JdbiException e) {
        if (!isBusy(e) || System.nanoTime() - deadline > 0) {
          throw unavailable(file, e);
        }
      }
    }
  }

  /** Whether others wrote for longer than anybody waits. */
  static boolean isLocked(RuntimeException e) {
    return e instanceof LedgerUnavailable && isBusy(e);
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
