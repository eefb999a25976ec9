package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ledger.LedgerFixture.Draft;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MigrationTest {
  @TempDir private Path folder;

  @Test
  void what_an_older_program_issued_is_found_in_its_order_and_state() throws SQLException {
    Path file = folder.resolve("postern.db");
    String url = "jdbc:sqlite:" + file;
    Flyway.configure()
        .dataSource(url, null, null)
        .locations("classpath:db/migration")
        .placeholders(Map.of("bytes", "blob", "clustered", "without rowid"))
        .target("2")
        .load()
        .migrate();
    List<Certificate> issued = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url)) {
      for (String user : List.of("alice", "bob", "carol")) {
        issued.addFirst(insert(connection, draft(user), issued.size()));
      }
      execute(
          connection,
          "insert into certificates (serial, state, issuer_key_id, profile, tbs_digest, requester,"
              + " intended_at) values ('00', 'INTENDED', '', 'client', '', 'cli', 0)");
      execute(
          connection,
          "insert into revocations values (?, 'REVOKED', 1, 0, 'cli', 1)",
          Certificates.text(issued.getFirst().serialNumber()));
      execute(
          connection,
          "insert into revocations values (?, 'RELEASED', 6, 0, 'cli', 2)",
          Certificates.text(issued.get(1).serialNumber()));
    }
    try (SqlLedger ledger = SqlLedger.open(file, () -> NOW)) {
      var all = CertificateQuery.ALL;
      assertThat(listed(ledger, all)).isEqualTo(issued);
      assertThat(listed(ledger, all.text("ali lap"))).containsExactly(issued.getLast());
      assertThat(listed(ledger, all.standing(Standing.REVOKED))).containsExactly(issued.getFirst());
      assertThat(listed(ledger, all.standing(Standing.GOOD))).isEqualTo(issued.subList(1, 3));
      Certificate next = LedgerFixture.issue(ledger, draft("dave"));
      assertThat(listed(ledger, all).getFirst()).isEqualTo(next);
      assertThat(listed(ledger, all)).hasSize(4);
    }
  }

  private static List<Certificate> listed(SqlLedger ledger, CertificateQuery query) {
    return ledger.list(query).entries().stream().map(entry -> entry.certificate()).toList();
  }

  private static Certificate insert(Connection connection, Draft draft, int at)
      throws SQLException {
    Certificate certificate = draft.signed();
    execute(
        connection,
        "insert into certificates (serial, state, issuer_key_id, profile, user_name, user_key,"
            + " tbs_digest, requester, intended_at, issued_at, subject, names, not_before,"
            + " not_after, fingerprint, der) values (?, 'ISSUED', '', 'client', ?, ?, '', 'cli',"
            + " 0, ?, ?, '', 0, ?, ?, ?)",
        Certificates.text(certificate.serialNumber()),
        draft.intent().user().orElseThrow(),
        draft.intent().user().orElseThrow(),
        (long) at,
        certificate.subject().toString(),
        certificate.notAfter().toEpochMilli(),
        certificate.fingerprint().hex(),
        certificate.der().toArray());
    return certificate;
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
