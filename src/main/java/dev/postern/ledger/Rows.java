package dev.postern.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** One statement for very many rows, sent a thousand at a time. */
final class Rows implements AutoCloseable {
  /** So many go to the database together. */
  static final int TOGETHER = 1000;

  private final PreparedStatement statement;
  private int waiting;

  Rows(Handle handle, String sql) throws SQLException {
    this.statement = handle.getConnection().prepareStatement(sql);
  }

  /** Text and numbers, in the order of the question marks. */
  void add(@Nullable Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    statement.addBatch();
    waiting++;
    if (waiting == TOGETHER) {
      flush();
    }
  }

  private void flush() throws SQLException {
    statement.executeBatch();
    waiting = 0;
  }

  /** Writes what is left. */
  void finish() throws SQLException {
    if (waiting > 0) {
      flush();
    }
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
