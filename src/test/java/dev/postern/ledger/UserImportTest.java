package dev.postern.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.User;
import dev.postern.authority.Requester;
import dev.postern.ledger.UserImport.Existing;
import dev.postern.ledger.UserImport.Outcome;
import dev.postern.ledger.UserImport.Row;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UserImportTest {
  private static final Requester CLI = new Requester("cli:test");

  @TempDir private Path folder;
  private SqlLedger ledger;

  @BeforeEach
  void setUp() {
    ledger =
        SqlLedger.open(
            folder.resolve("ledger.db"),
            InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z")));
  }

  @AfterEach
  void tearDown() {
    ledger.close();
  }

  private static Row row(int line, String name, String email, String... groups) {
    return new Row(
        line,
        name,
        Optional.empty(),
        Optional.of(email).filter(text -> !text.isEmpty()),
        Set.of(groups));
  }

  private Outcome add(Existing existing, Row... rows) {
    return ledger.users().addAll(List.of(rows), existing, CLI, _ -> {});
  }

  @Test
  void many_are_written_as_one_and_each_leaves_its_event() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      rows.add(row(i + 2, "user" + i, "user" + i + "@example.com", "g" + i % 7, "all"));
    }
    List<Integer> heard = new ArrayList<>();
    assertThat(ledger.users().addAll(rows, Existing.REFUSE, CLI, heard::add))
        .isEqualTo(new Outcome.Done(2500, 0, 0));
    assertThat(heard).containsExactly(1000, 2000, 2500);
    assertThat(ledger.users().all()).hasSize(2500);
    assertThat(ledger.users().groups().get("all")).hasSize(2500);
    assertThat(ledger.events().position()).isEqualTo(2500);
    ledger.users().disable("user7", CLI);
    assertThat(ledger.events().position()).isEqualTo(2501);
  }

  @Test
  void one_bad_row_among_many_writes_none() {
    assertThat(add(Existing.REFUSE, row(2, "alice", ""), row(3, "b o b", "")))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(ledger.users().all()).isEmpty();
    assertThat(ledger.events().position()).isZero();
  }

  @Test
  void trying_writes_nothing_and_says_the_same() {
    List<Row> rows = List.of(row(2, "alice", "a@example.com", "staff"));
    assertThat(ledger.users().tryAll(rows, Existing.REFUSE)).isEqualTo(new Outcome.Done(1, 0, 0));
    assertThat(ledger.users().all()).isEmpty();
    assertThat(ledger.users().addAll(rows, Existing.REFUSE, CLI, _ -> {}))
        .isEqualTo(new Outcome.Done(1, 0, 0));
  }

  @Test
  void two_users_may_swap_their_addresses_but_not_share_one() {
    add(Existing.REFUSE, row(2, "alice", "a@example.com"), row(3, "bob", "b@example.com"));
    assertThat(
            add(Existing.UPDATE, row(2, "alice", "b@example.com"), row(3, "bob", "a@example.com")))
        .isEqualTo(new Outcome.Done(0, 2, 0));
    assertThat(ledger.users().withEmail("a@example.com").map(User::name)).contains("bob");
    assertThat(add(Existing.UPDATE, row(2, "alice", "A@example.com")))
        .isEqualTo(
            new Outcome.Refused(
                List.of(
                    new UserImport.Problem(
                        2, "the e-mail address A@example.com is bob's already"))));
  }

  @Test
  void groups_and_names_keep_the_spelling_they_have() {
    add(Existing.REFUSE, row(2, "Alice", "", "Staff"));
    assertThat(add(Existing.UPDATE, row(2, "alice", "", "STAFF", "admins")))
        .isEqualTo(new Outcome.Done(0, 1, 0));
    assertThat(ledger.users().named("alice").orElseThrow())
        .isEqualTo(
            new User(
                "Alice", "Alice", Optional.empty(), Set.of("Staff", "admins"), User.State.ENABLED));
    assertThat(add(Existing.UPDATE, row(2, "ALICE", "", "staff")))
        .isEqualTo(new Outcome.Done(0, 0, 1));
  }
}
