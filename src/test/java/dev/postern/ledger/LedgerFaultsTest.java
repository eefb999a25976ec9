package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static dev.postern.ledger.LedgerFixture.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.authority.Ledger.LedgerUnavailable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerFaultsTest {
  @TempDir Path folder;

  private SqlLedger open(Path file) {
    return SqlLedger.open(file, () -> NOW);
  }

  private Path file() {
    return folder.resolve("postern.db");
  }

  private Path filled() {
    try (SqlLedger ledger = open(file())) {
      issue(ledger, draft("alice"));
    }
    return file();
  }

  private void assertRefused(Path file, String sentence) {
    assertThatThrownBy(() -> open(file).close())
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageStartingWith("the ledger " + file + " " + sentence)
        .message()
        .hasLineCount(1);
  }

  @Test
  void file_and_folder_and_SQLites_own_files_are_the_owners_alone() throws Exception {
    Path file = folder.resolve("new/data/postern.db");
    try (SqlLedger ledger = open(file)) {
      issue(ledger, draft("alice"));
      assertThat(mode(folder.resolve("new"))).isEqualTo("rwx------");
      for (String name : List.of("postern.db", "postern.db-wal", "postern.db-shm")) {
        assertThat(mode(file.resolveSibling(name))).as(name).isEqualTo("rw-------");
      }
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void writes_are_durable_by_setting() throws Exception {
    Path file = filled();
    try (SqlLedger ledger = open(file);
        Database database = Database.open(file);
        Connection connection = database.dedicated();
        var statement = connection.createStatement()) {
      assertThat(ledger.file()).isEqualTo(file);
      assertThat(text(statement, "pragma journal_mode")).isEqualTo("wal");
      assertThat(text(statement, "pragma synchronous")).isEqualTo("2");
      assertThat(text(statement, "pragma foreign_keys")).isEqualTo("1");
    }
  }

  private static String text(java.sql.Statement statement, String query) throws SQLException {
    try (var result = statement.executeQuery(query)) {
      return result.next() ? result.getString(1) : "";
    }
  }

  @Test
  void a_new_ledger_has_the_version_we_call_the_newest() {
    try (SqlLedger ledger = open(file())) {
      assertThat(ledger.file()).exists();
    }
    assertThat(version(file())).isEqualTo(Schema.NEWEST);
  }

  private static int version(Path file) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      return Integer.parseInt(
          text(statement, "select max(cast(version as integer)) from flyway_schema_history"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_ledger_of_a_newer_version_is_left_alone() throws Exception {
    Path file = filled();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("update flyway_schema_history set version = '99'");
    }
    byte[] before = Files.readAllBytes(file);
    assertRefused(file, "was written by a newer Postern");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_database_of_another_program_is_left_alone() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("create table recipes (name text)");
    }
    assertRefused(file(), "belongs to another program");
  }

  @Test
  void a_file_that_is_not_SQLite_is_left_alone() throws Exception {
    Files.writeString(file(), "dear diary");
    assertRefused(file(), "is not an SQLite file");
    assertThat(file()).hasContent("dear diary");
  }

  @Test
  void a_truncated_and_a_scribbled_file_are_called_damaged() throws Exception {
    Path file = filled();
    byte[] good = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(good, 4096 + 100));
    assertThatThrownBy(() -> open(file).users().all())
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageContaining(file + " is damaged; restore it from a backup");
    Files.write(file, good);
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(100);
      raw.write(new byte[4000]);
    }
    assertThatThrownBy(() -> open(file).close())
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageContaining(file + " is damaged");
    Files.write(file, good);
    open(file).close();
  }

  @Test
  void a_file_that_is_gone_is_missed_and_not_made_anew_and_put_back_it_is_whole() throws Exception {
    Path file = filled();
    Path aside = folder.resolve("aside.db");
    try (Database database = Database.open(file)) {
      Files.move(file, aside);
      assertThatThrownBy(() -> new Users(database, () -> NOW).all())
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessage("the ledger " + file + " is gone; put it back");
      assertThat(file).doesNotExist();
      Files.move(aside, file);
      assertThat(new Certificates(database).list(CertificateQuery.ALL).entries()).hasSize(1);
    }
  }

  @Test
  void a_folder_and_a_path_through_a_file_are_refused() throws Exception {
    assertRefused(folder, "is a folder, not a file");
    Files.writeString(folder.resolve("plain"), "x");
    assertRefused(folder.resolve("plain/postern.db"), "cannot be opened: ");
  }

  @Test
  void many_threads_and_two_openings_write_without_losing_anything() throws Exception {
    try (SqlLedger one = open(file());
        SqlLedger two = open(file());
        var executor = Executors.newFixedThreadPool(6)) {
      List<Callable<Boolean>> tasks =
          IntStream.range(0, 60)
              .<Callable<Boolean>>mapToObj(i ->
                  () -> {
                    issue(i % 2 == 0 ? one : two, draft("user" + i));
                    return true;
                  })
              .toList();
      assertThat(executor.invokeAll(tasks)).allMatch(task -> task.resultNow());
      assertThat(one.list(CertificateQuery.ALL.limit(100)).entries()).hasSize(60);
      assertThat(one.events().after(0, 1000))
          .extracting(Event::position)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 120).mapToObj(Long::valueOf).toList());
    }
  }

  @Test
  void two_first_openings_at_once_make_one_ledger() throws Exception {
    try (var executor = Executors.newFixedThreadPool(4)) {
      Callable<Boolean> task =
          () -> {
            open(file()).close();
            return true;
          };
      assertThat(executor.invokeAll(java.util.Collections.nCopies(4, task)))
          .allMatch(opening -> opening.resultNow());
    }
    assertThat(version(file())).isEqualTo(Schema.NEWEST);
  }

  @Test
  void while_another_holds_the_file_reading_goes_on_and_writing_gives_up_in_time()
      throws Exception {
    Path file = filled();
    try (SqlLedger ledger = open(file);
        Connection holder = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = holder.createStatement()) {
      statement.execute("begin immediate");
      assertThat(ledger.list(CertificateQuery.ALL).entries()).hasSize(1);
      long start = System.nanoTime();
      assertThatThrownBy(() -> ledger.users().add(UsersTest.user("alice"), ADMIN))
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessage("the ledger " + file + " is locked by another process");
      assertThat((System.nanoTime() - start) / 1_000_000_000).isBetween(3L, 9L);
      statement.execute("rollback");
      assertThat(ledger.users().add(UsersTest.user("alice"), ADMIN))
          .isInstanceOf(UserChange.Done.class);
    }
  }
}
