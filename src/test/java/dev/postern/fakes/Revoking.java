package dev.postern.fakes;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;

/** Writes revocations as another process does, straight into the ledger's file. */
public final class Revoking {
  private final String url;

  public Revoking(Path data) {
    this.url = "jdbc:sqlite:" + data.resolve("ledger.db");
  }

  public void revoke(String serial, int reason) {
    write(serial, "REVOKED", reason);
  }

  public void suspend(String serial) {
    write(serial, "HELD", 6);
  }

  public void release(String serial) {
    write(serial, "RELEASED", 6);
  }

  private void write(String serial, String state, int reason) {
    String digits = serial.toLowerCase(Locale.ROOT);
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.createStatement().execute("pragma busy_timeout = 5000");
      connection.setAutoCommit(false);
      try (var event =
              connection.prepareStatement(
                  "insert into events (position, kind, subject, detail, who, at) select value,"
                      + " 'certificate.revoked', ?, '{}', 'test', ? from counters"
                      + " where name = 'event'");
          var row =
              connection.prepareStatement(
                  "insert into revocations (serial, state, reason, revoked_at, requester, position)"
                      + " select ?, ?, ?, ?, 'test', value from counters where name = 'event'"
                      + " on conflict (serial) do update set state = excluded.state,"
                      + " position = excluded.position")) {
        connection
            .createStatement()
            .execute("update counters set value = value + 1 where name = 'event'");
        event.setString(1, digits);
        event.setLong(2, Instant.now().toEpochMilli());
        event.execute();
        row.setString(1, "0".repeat(40 - digits.length()) + digits);
        row.setString(2, state);
        row.setInt(3, reason);
        row.setLong(4, Instant.now().toEpochMilli());
        row.execute();
      }
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
