package dev.postern.bench.sqlite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A B-tree (§1.5) whose rows come in its order. A page is written when it is full and something
 * follows; what parts it from the next goes up. In an index that is a row itself, in a table the
 * number of the last row.
 */
public final class Tree implements AutoCloseable {
  /** Octets of a page that are used. What is left takes one more row, whatever it is. */
  public static final int FULL = SqliteFile.PAGE - 600;

  /** As full as pages are on average when rows come anywhere: ln 2. */
  public static final int RANDOM = SqliteFile.PAGE * 69 / 100;

  /** The largest row of a leaf without overflow pages, and of an index (§1.5). */
  private static final int LARGEST_OF_TABLE = SqliteFile.PAGE - 35;

  private static final int LARGEST_OF_INDEX = 500;

  enum Kind {
    TABLE(0x0d, 0x05),
    INDEX(0x0a, 0x02);

    private final int leaf;
    private final int interior;

    Kind(int leaf, int interior) {
      this.leaf = leaf;
      this.interior = interior;
    }
  }

  private final SqliteFile file;
  private final int root;
  private final Kind kind;
  private final int fill;
  private final List<Level> levels = new ArrayList<>();
  private final byte[] cell = new byte[SqliteFile.PAGE];
  private long rowNumber;

  Tree(SqliteFile file, int root, Kind kind, int fill) {
    this.file = file;
    this.root = root;
    this.kind = kind;
    this.fill = fill;
    levels.add(new Level(0));
  }

  /** The next row; in a table its number is one more than that of the last. */
  public void add(Row row) throws IOException {
    int size = row.size();
    if (size > (kind == Kind.TABLE ? LARGEST_OF_TABLE : LARGEST_OF_INDEX)) {
      throw new IllegalArgumentException("a row of " + size + " octets");
    }
    int end = Row.varint(cell, 0, size);
    if (kind == Kind.TABLE) {
      rowNumber++;
      end = Row.varint(cell, end, rowNumber);
    }
    end = row.write(cell, end);
    Level leaves = levels.getFirst();
    if (kind == Kind.TABLE) {
      leaves.addToTable(cell, end);
    } else {
      leaves.addToIndex(cell, end, 0);
    }
  }

  @Override
  public void close() throws IOException {
    for (int i = 0; i < levels.size(); i++) {
      Level level = levels.get(i);
      level.end();
      boolean top = i == levels.size() - 1;
      byte[] page = level.finished();
      if (top) {
        file.replace(root, page);
      } else {
        levels.get(i + 1).rightmost = file.append(page);
      }
    }
  }

  private Level above(int height) {
    if (levels.size() == height + 1) {
      levels.add(new Level(height + 1));
    }
    return levels.get(height + 1);
  }

  /** The page of one height that is being filled. */
  private final class Level {
    private final int height;
    private final int headSize;
    private final byte[] page = new byte[SqliteFile.PAGE];
    private final byte[] divider = new byte[SqliteFile.PAGE];
    private int dividerEnd;
    private int dividerChild;
    private int cells;
    private int start = SqliteFile.PAGE;
    private int rightmost;

    Level(int height) {
      this.height = height;
      this.headSize = height == 0 ? 8 : 12;
    }

    private int used() {
      return headSize + 2 * cells + SqliteFile.PAGE - start;
    }

    /** All rows are in leaves; above them are copies of numbers. */
    void addToTable(byte[] next, int end) throws IOException {
      if (used() + end + 2 > SqliteFile.PAGE) {
        byte[] number = new byte[9];
        int numberEnd = Row.varint(number, 0, rowNumber - 1);
        above(0).addToIndex(number, numberEnd, flush());
      }
      put(next, end, 0);
    }

    /**
     * What no longer fits goes up when something follows it.
     *
     * @param child what is before it, one level down; 0 in leaves
     */
    void addToIndex(byte[] next, int end, int child) throws IOException {
      if (dividerEnd > 0) {
        rightmost = dividerChild;
        above(height).addToIndex(divider, dividerEnd, flush());
        dividerEnd = 0;
      }
      if (used() + end + 6 > (height == 0 ? fill : FULL)) {
        System.arraycopy(next, 0, divider, 0, end);
        dividerEnd = end;
        dividerChild = child;
      } else {
        put(next, end, child);
      }
    }

    /** Nothing followed. */
    void end() {
      if (dividerEnd > 0) {
        put(divider, dividerEnd, dividerChild);
        dividerEnd = 0;
      }
    }

    private void put(byte[] next, int end, int child) {
      start -= end;
      System.arraycopy(next, 0, page, start, end);
      if (height > 0) {
        start -= 4;
        number(start, 4, child);
      }
      number(headSize + 2 * cells, 2, start);
      cells++;
    }

    private int flush() throws IOException {
      int number = file.append(finished());
      Arrays.fill(page, (byte) 0);
      cells = 0;
      start = SqliteFile.PAGE;
      return number;
    }

    /** With its head (§1.5). */
    byte[] finished() {
      page[0] = (byte) (height == 0 ? kind.leaf : kind.interior);
      number(3, 2, cells);
      number(5, 2, start);
      if (height > 0) {
        number(8, 4, rightmost);
      }
      return page;
    }

    private void number(int at, int octets, int value) {
      for (int i = 0; i < octets; i++) {
        page[at + i] = (byte) (value >> (8 * (octets - 1 - i)));
      }
    }
  }
}
