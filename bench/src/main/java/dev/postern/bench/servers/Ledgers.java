package dev.postern.bench.servers;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What SQLite files say: whether that was kept which was answered. */
final class Ledgers {
  private Ledgers() {}

  static long number(Path file, String query) {
    return Long.parseLong(column(file, query).getFirst());
  }

  static List<String> column(Path file, String query) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
