package dev.postern.bench.ledgers;

import dev.postern.bench.sqlite.Row;
import dev.postern.bench.sqlite.SqliteFile;
import dev.postern.bench.sqlite.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Writes {@link People} into a ledger: certificates, terms, revocations, events, last uses. */
public final class Filling {
  private static final String WHO = "cli:bench";
  private static final String INTENDED = "certificate.intended";
  private static final String ISSUED = "certificate.issued";
  private static final String REVOKED = "certificate.revoked";
  private static final int SUPERSEDED = 4;

  /** Tables this writes; what they had is gone. */
  private static final String[] TABLES = {
    "certificate_terms", "revocations", "last_uses", "events", "certificates"
  };

  private final People people;
  private final int revokedEvery;
  private final Row row = new Row();

  private Filling(People people, int revokedEvery) {
    this.people = people;
    this.revokedEvery = revokedEvery;
  }

  /** Into a file with empty tables that nobody has open. Every so many certificates are revoked. */
  public static void fill(Path ledger, People people, int revokedEvery)
      throws IOException, SQLException {
    Filling filling = new Filling(people, revokedEvery);
    filling.sql(ledger, filling::empty);
    try (SqliteFile file = new SqliteFile(ledger)) {
      filling.certificates(file);
      filling.terms(file);
      filling.revocations(file);
      filling.lastUses(file);
      filling.events(file);
      filling.eventIndexes(file);
      file.requireEveryIndexOf(TABLES);
    }
    filling.sql(ledger, filling::count);
  }

  private interface Work {
    void in(Statement statement) throws SQLException;
  }

  private void sql(Path ledger, Work work) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma synchronous = off");
      work.in(statement);
      statement.execute("pragma wal_checkpoint(truncate)");
    }
  }

  private void empty(Statement statement) throws SQLException {
    for (String table : TABLES) {
      statement.execute("delete from " + table);
    }
  }

  private void count(Statement statement) throws SQLException {
    statement.execute(
        "update counters set value = " + people.count() + " where name = 'certificate'");
    statement.execute(
        "update counters set value = "
            + (2L * people.count() + people.count() / revokedEvery)
            + " where name = 'event'");
    try (ResultSet found =
        statement.executeQuery(
            "select count(*) from certificates where serial = '"
                + serial(1)
                + "' and fingerprint = '"
                + people.fingerprint(1)
                + "' and ordinal in (select ordinal from certificate_terms where term = '"
                + "=user:"
                + people.user(1)
                + "')")) {
      if (found.getInt(1) != 1) {
        throw new IllegalStateException("the ledger is not what was written");
      }
    }
  }

  private boolean isRevoked(int certificate) {
    return certificate % revokedEvery == 0;
  }

  private String serial(int certificate) {
    return "00000000" + people.serialHex(certificate);
  }

  private void certificates(SqliteFile file) throws IOException {
    String issuer = people.issuerKey();
    try (Tree table = file.table("certificates")) {
      for (int i = 1; i <= people.count(); i++) {
        row.start().text(serial(i)).text("ISSUED").text(issuer).text("client");
        row.text(people.user(i)).text(people.user(i)).text(people.fingerprint(i)).text(WHO);
        row.number(people.issuedAt(i)).number(people.issuedAt(i));
        row.text(people.subject(i)).text("");
        row.number(people.issuedAt(i)).number(people.notAfter(i)).text(people.fingerprint(i));
        table.add(row.blob(people.der(i)).nothing().number(i));
      }
    }
    int[] bySerial = bySerial();
    try (Tree index = file.index("sqlite_autoindex_certificates_1", Tree.RANDOM)) {
      for (int i : bySerial) {
        index.add(row.start().text(serial(i)).number(i));
      }
    }
    int mask = (1 << 24) - 1;
    int[] byFingerprint =
        IntStream.rangeClosed(1, people.count())
            .mapToLong(i -> people.fingerprintHead(i) ^ Long.MIN_VALUE)
            .sorted()
            .mapToInt(head -> (int) (head & mask))
            .toArray();
    try (Tree index = file.index("sqlite_autoindex_certificates_2", Tree.RANDOM)) {
      for (int i : byFingerprint) {
        index.add(row.start().text(people.fingerprint(i)).number(i));
      }
    }
    try (Tree index = file.index("certificates_state", Tree.FULL)) {
      for (int i = 1; i <= people.count(); i++) {
        index.add(row.start().text("ISSUED").number(people.issuedAt(i)).number(i));
      }
    }
    try (Tree index = file.index("certificates_crl_shard", Tree.FULL)) {
      for (int i = 1; i <= people.count(); i++) {
        index.add(row.start().text(issuer).nothing().number(i));
      }
    }
    try (Tree index = file.index("certificates_ordinal", Tree.FULL)) {
      for (int i = 1; i <= people.count(); i++) {
        index.add(row.start().number(i).number(people.notAfter(i)).number(i));
      }
    }
  }

  private int[] bySerial() {
    return IntStream.rangeClosed(1, people.count())
        .mapToLong(people::serialHead)
        .sorted()
        .mapToInt(People::ofSerialHead)
        .toArray();
  }

  private void terms(SqliteFile file) throws IOException {
    IntPredicate revoked = this::isRevoked;
    Iterator<Words.Term> terms = new Words(people, revoked).terms();
    try (Tree table = file.index("certificate_terms", Tree.RANDOM)) {
      while (terms.hasNext()) {
        Words.Term term = terms.next();
        byte[] text = term.text().getBytes(StandardCharsets.US_ASCII);
        term.certificates()
            .each(i -> add(table, row.start().text(text).number(i).number(people.notAfter(i))));
      }
    }
  }

  private static void add(Tree tree, Row row) {
    try {
      tree.add(row);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Of the event in which it was revoked: those come after all others. */
  private long revokedIn(int certificate) {
    return 2L * people.count() + certificate / revokedEvery;
  }

  private long revokedAt() {
    return people.issuedAt(people.count());
  }

  private void revocations(SqliteFile file) throws IOException {
    int[] bySerial = IntStream.of(bySerial()).filter(this::isRevoked).toArray();
    try (Tree table = file.table("revocations")) {
      for (int i = revokedEvery; i <= people.count(); i += revokedEvery) {
        row.start().text(serial(i)).text("REVOKED").number(SUPERSEDED).number(revokedAt());
        table.add(row.text(WHO).number(revokedIn(i)));
      }
    }
    try (Tree index = file.index("sqlite_autoindex_revocations_1", Tree.RANDOM)) {
      for (int i : bySerial) {
        index.add(row.start().text(serial(i)).number(i / revokedEvery));
      }
    }
    try (Tree index = file.index("revocations_position", Tree.FULL)) {
      for (int i = revokedEvery; i <= people.count(); i += revokedEvery) {
        index.add(row.start().number(revokedIn(i)).number(i / revokedEvery));
      }
    }
  }

  /** Everybody was here once. */
  private void lastUses(SqliteFile file) throws IOException {
    try (Tree table = file.table("last_uses")) {
      for (int i = 1; i <= people.count(); i++) {
        row.start().text(people.serialHex(i)).number(people.issuedAt(i));
        table.add(row.text("192.0.2." + i % 256));
      }
    }
    try (Tree index = file.index("sqlite_autoindex_last_uses_1", Tree.RANDOM)) {
      for (int i : bySerial()) {
        index.add(row.start().text(people.serialHex(i)).number(i));
      }
    }
  }

  private void events(SqliteFile file) throws IOException {
    try (Tree table = file.table("events")) {
      for (int i = 1; i <= people.count(); i++) {
        String serial = people.serialHex(i);
        String user = people.user(i);
        long at = people.issuedAt(i);
        String intent = "{\"profile\":\"client\",\"user\":\"%s\"}".replace("%s", user);
        row.start().number(2L * i - 1).text(INTENDED).text(serial).text(intent);
        table.add(row.text(WHO).number(at));
        String detail =
            "{\"fingerprint\":\""
                + people.fingerprint(i)
                + "\",\"subject\":\""
                + people.subject(i)
                + "\"}";
        row.start().number(2L * i).text(ISSUED).text(serial).text(detail);
        table.add(row.text(WHO).number(at));
      }
      for (int i = revokedEvery; i <= people.count(); i += revokedEvery) {
        String detail =
            "{\"reason\":\"superseded\",\"subject\":\""
                + people.subject(i)
                + "\",\"user\":\""
                + people.user(i)
                + "\"}";
        row.start().number(revokedIn(i)).text(REVOKED).text(people.serialHex(i)).text(detail);
        table.add(row.text(WHO).number(revokedAt()));
      }
    }
  }

  /** An event's row number is its position. */
  private void eventIndexes(SqliteFile file) throws IOException {
    long last = 2L * people.count() + people.count() / revokedEvery;
    try (Tree index = file.index("sqlite_autoindex_events_1", Tree.FULL)) {
      for (long position = 1; position <= last; position++) {
        index.add(row.start().number(position).number(position));
      }
    }
    try (Tree index = file.index("events_at", Tree.FULL)) {
      for (long position = 1; position <= last; position++) {
        int certificate = (int) Math.min((position + 1) / 2, people.count());
        index.add(row.start().number(people.issuedAt(certificate)).number(position));
      }
    }
    try (Tree index = file.index("events_subject", Tree.RANDOM)) {
      for (int i : bySerial()) {
        String serial = people.serialHex(i);
        index.add(row.start().text(serial).number(2L * i - 1).number(2L * i - 1));
        index.add(row.start().text(serial).number(2L * i).number(2L * i));
        if (isRevoked(i)) {
          index.add(row.start().text(serial).number(revokedIn(i)).number(revokedIn(i)));
        }
      }
    }
    try (Tree index = file.index("events_kind", Tree.FULL)) {
      for (long i = 1; i <= people.count(); i++) {
        index.add(row.start().text(INTENDED).number(2 * i - 1).number(2 * i - 1));
      }
      for (long i = 1; i <= people.count(); i++) {
        index.add(row.start().text(ISSUED).number(2 * i).number(2 * i));
      }
      for (long position = 2L * people.count() + 1; position <= last; position++) {
        index.add(row.start().text(REVOKED).number(position).number(position));
      }
    }
    try (Tree index = file.index("events_who", Tree.FULL)) {
      for (long position = 1; position <= last; position++) {
        index.add(row.start().text(WHO).number(position).number(position));
      }
    }
  }
}
