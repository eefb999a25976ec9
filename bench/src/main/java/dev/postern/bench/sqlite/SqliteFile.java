package dev.postern.bench.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A file that nobody has open, with its tables made and empty. New pages come at its end. */
public final class SqliteFile implements AutoCloseable {
  static final int PAGE = 4096;

  /** It holds the octets by which processes lock the file, and nothing else (§1.3). */
  private static final int LOCK_PAGE = 0x40000000 / PAGE + 1;

  private static final int CHANGES = 24;
  private static final int PAGES = 28;
  private static final int PAGES_VALID_FOR = 92;

  private final FileChannel channel;
  private final Map<String, Integer> roots = new HashMap<>();

  /** Indexes and their tables, and those of both that are written. */
  private final Map<String, String> tables = new HashMap<>();

  private final Set<String> written = new HashSet<>();
  private final ByteBuffer pending = ByteBuffer.allocateDirect(256 * PAGE);
  private long pendingAt;
  private int pages;

  public SqliteFile(Path file) throws IOException, SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("select name, rootpage, tbl_name from sqlite_master")) {
        while (row.next()) {
          if (row.getInt(2) > 0) {
            roots.put(row.getString(1), row.getInt(2));
            tables.put(row.getString(1), row.getString(3));
          }
        }
      }
      expect(statement, "page_size", PAGE);
      expect(statement, "auto_vacuum", 0);
    }
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    pages = Math.toIntExact(channel.size() / PAGE);
    pendingAt = channel.size();
  }

  private static void expect(Statement statement, String pragma, int value) throws SQLException {
    try (ResultSet row = statement.executeQuery("pragma " + pragma)) {
      if (row.getInt(1) != value) {
        throw new IllegalStateException(pragma + " is " + row.getInt(1) + ", not " + value);
      }
    }
  }

  /** A table with row numbers of its own. */
  public Tree table(String name) {
    return new Tree(this, root(name), Tree.Kind.TABLE, Tree.FULL);
  }

  /**
   * An index, or a table {@code without rowid}.
   *
   * @param fill how much of a page is used: {@link Tree#FULL} where rows come in order, {@link
   *     Tree#RANDOM} where they come anywhere
   */
  public Tree index(String name, int fill) {
    return new Tree(this, root(name), Tree.Kind.INDEX, fill);
  }

  private int root(String name) {
    Integer root = roots.get(name);
    if (root == null) {
      throw new IllegalStateException("no table or index is called " + name);
    }
    written.add(name);
    return root;
  }

  /** A migration may have added one that whoever fills them does not know. */
  public void requireEveryIndexOf(String... whole) {
    for (String table : whole) {
      tables.forEach((name, of) -> {
        if (of.equals(table) && !written.contains(name)) {
          throw new IllegalStateException(table + " has " + name + ", which nobody filled");
        }
      });
    }
  }

  /** Its number. */
  int append(byte[] page) throws IOException {
    if (pages + 1 == LOCK_PAGE) {
      pages++;
      put(new byte[PAGE]);
    }
    pages++;
    put(page);
    return pages;
  }

  private void put(byte[] page) throws IOException {
    if (!pending.hasRemaining()) {
      flush();
    }
    pending.put(page);
  }

  private void flush() throws IOException {
    pending.flip();
    while (pending.hasRemaining()) {
      pendingAt += channel.write(pending, pendingAt);
    }
    pending.clear();
  }

  void replace(int number, byte[] page) throws IOException {
    var buffer = ByteBuffer.wrap(page);
    long at = (number - 1L) * PAGE;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }

  /** Says how many pages there are now (§1.3.7). */
  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
      var head = ByteBuffer.allocate(100);
      channel.read(head, 0);
      int changes = head.getInt(CHANGES) + 1;
      head.putInt(CHANGES, changes).putInt(PAGES, pages).putInt(PAGES_VALID_FOR, changes);
      channel.write(head.flip(), 0);
      channel.force(false); // or else it would be written while something is measured
    }
  }
}
