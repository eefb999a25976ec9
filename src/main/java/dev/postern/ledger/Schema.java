package dev.postern.ledger;

import dev.postern.authority.Ledger.LedgerUnavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The tables, and their version. Flyway makes and changes them, but is only started when there is
 * something to do: each command opens the ledger, and one look at Flyway's own table tells.
 */
final class Schema {
  /** The number of the newest migration: a file in {@code db/migration}, or one in Java. */
  static final int NEWEST = 6;

  private static final Object ONE_AT_A_TIME = new Object();

  private final Path file;
  private final DataSource source;

  Schema(Path file, DataSource source) {
    this.file = file;
    this.source = source;
  }

  void bringUpToDate() {
    if (version() < NEWEST) {
      synchronized (ONE_AT_A_TIME) {
        migrateAlone();
      }
    }
  }

  /** Two processes may open a new file at once, and Flyway has no lock for SQLite. */
  private void migrateAlone() {
    Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
    try (var channel =
            FileChannel.open(
                lock,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                LedgerFile.OWNER_ONLY);
        var _ = channel.lock()) {
      if (version() < NEWEST) {
        migrate();
      }
    } catch (IOException e) {
      throw new LedgerUnavailable(
          "the ledger " + file + " cannot be written: " + lock + ": " + e.getMessage(), e);
    }
  }

  private void migrate() {
    try {
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:db/migration")
          .javaMigrations(new TermsOfOldCertificates())
          .placeholders(Map.of("bytes", "blob", "clustered", "without rowid"))
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw Database.unavailable(file, e);
    }
  }

  /** 0 for a file without tables; refuses files of other programs and of newer versions of ours. */
  private int version() {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      if (number(statement, "select count(*) from sqlite_master") == 0) {
        return 0;
      }
      if (number(
              statement, "select count(*) from sqlite_master where name = 'flyway_schema_history'")
          == 0) {
        throw new LedgerUnavailable("the ledger " + file + " belongs to another program");
      }
      int version =
          number(
              statement,
              "select coalesce(max(cast(version as integer)), 0) from flyway_schema_history"
                  + " where success = 1");
      if (version > NEWEST) {
        throw new LedgerUnavailable(
            "the ledger "
                + file
                + " was written by a newer Postern (its version is "
                + version
                + ", this program knows "
                + NEWEST
                + "); use that one");
      }
      return version;
    } catch (SQLException e) {
      throw Database.unavailable(file, e);
    }
  }

  private static int number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      return result.next() ? result.getInt(1) : 0;
    }
  }
}
