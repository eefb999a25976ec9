package dev.postern.ledger;

import dev.postern.authority.Ledger.LedgerUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that somebody wrote, within {@link #INTERVAL_MILLIS}. SQLite's {@code PRAGMA
 * data_version} changes on a connection when any other connection commits, in this process or
 * another, and costs a few microseconds; so there is one connection that does nothing but ask.
 */
public final class LedgerWatch implements AutoCloseable {
  static final int INTERVAL_MILLIS = 25;

  /** The file itself is looked at once a second. */
  private static final int FILE_LOOKS = 40;

  private static final int RETRY_MILLIS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);

  private final Database database;
  private final Listener listener;
  private final @Nullable Object file;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /** Called on the watch's own thread. */
  @FunctionalInterface
  public interface Listener {
    /** Somebody wrote. */
    void changed();

    /** Looked, and nobody had written. */
    default void unchanged() {}
  }

  private LedgerWatch(Database database, Listener listener) {
    this.database = database;
    this.listener = listener;
    this.file = fileKey(database);
    // Not virtual: SQLite's native calls would hold a carrier thread.
    this.thread = Thread.ofPlatform().daemon().name("ledger-watch").unstarted(this::follow);
  }

  /**
   * Calls {@code listener} once as soon as the watch stands, so that nothing falls between what the
   * caller read before and the first look; and then after each change.
   */
  static LedgerWatch start(Database database, Listener listener) {
    LedgerWatch watch = new LedgerWatch(database, listener);
    watch.thread.start();
    return watch;
  }

  private void follow() {
    while (!isClosed(0)) {
      try (Connection connection = database.dedicated();
          Statement statement = connection.createStatement()) {
        // A new connection counts from elsewhere: whatever happened before it is a change.
        followOn(statement);
      } catch (SQLException e) {
        LOG.warn("cannot look for changes in {}: {}", database.file(), e.getMessage());
        isClosed(RETRY_MILLIS);
      }
    }
  }

  private void followOn(Statement statement) throws SQLException {
    long seen = Long.MIN_VALUE;
    long looks = 0;
    while (!isClosed(INTERVAL_MILLIS)) {
      if (looks++ % FILE_LOOKS == 0) {
        requireSameFile();
      }
      long version = version(statement);
      if (version == seen) {
        listener.unchanged();
      } else if (told()) {
        seen = version;
      }
    }
  }

  /**
   * False when the listener could not do its work: it is called again soon. Whatever it throws, the
   * watch goes on: a door that no longer hears of disabled users is worse than a line in the log.
   */
  private boolean told() {
    try {
      listener.changed();
      return true;
    } catch (LedgerUnavailable e) {
      LOG.warn("a change was not taken over yet: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("a change was not taken over yet", e);
    }
    isClosed(RETRY_MILLIS);
    return false;
  }

  /** Another file under the name: what we have open is no longer what others write to. */
  private void requireSameFile() throws SQLException {
    try {
      if (!Objects.equals(fileKey(database), file)) {
        throw new SQLException("another file was put in its place; restart to use that one");
      }
    } catch (UncheckedIOException e) {
      throw new SQLException(
          e.getCause() instanceof NoSuchFileException
              ? "the file is gone; put it back"
              : e.getMessage(),
          e);
    }
  }

  /** The inode, where there are such. */
  private static @Nullable Object fileKey(Database database) {
    try {
      return Files.readAttributes(database.file(), BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long version(Statement statement) throws SQLException {
    try (ResultSet result = statement.executeQuery("pragma data_version")) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  private boolean isClosed(int waitMillis) {
    try {
      return closed.await(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Returns when the listener is not running and will not run again. */
  @Override
  public void close() {
    closed.countDown();
    if (Thread.currentThread() == thread) {
      return; // the listener itself closes the watch
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
