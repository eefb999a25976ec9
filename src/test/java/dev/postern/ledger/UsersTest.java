package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.User;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UsersTest {
  @TempDir Path folder;

  private SqlLedger ledger;
  private Users users;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> NOW);
    users = ledger.users();
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  static User user(String name, String... groups) {
    return new User(
        name,
        name + " Example",
        Optional.of(name + "@example.com"),
        Set.of(groups),
        User.State.ENABLED);
  }

  @Test
  void a_new_user_is_there_with_groups_and_event() {
    User alice = user("alice", "staff", "admins");
    assertThat(users.add(alice, ADMIN)).isEqualTo(new UserChange.Done(alice));
    assertThat(users.all()).containsExactly(alice);
    assertThat(users.named("alice")).contains(alice);
    assertThat(users.withEmail("ALICE@example.com")).contains(alice);
    assertThat(ledger.events().after(0, 10))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.kind()).isEqualTo("user.added");
          assertThat(event.detail()).contains("\"groups\":\"admins,staff\"");
        });
  }

  @Test
  void nobody_is_found_by_another_name_or_address() {
    users.add(user("alice"), ADMIN);
    assertThat(users.named("alic")).isEmpty();
    assertThat(users.named("al%")).isEmpty();
    assertThat(users.withEmail("alice@example.org")).isEmpty();
  }

  @Test
  void a_name_differing_in_case_only_is_taken() {
    users.add(user("alice"), ADMIN);
    User twin = new User("Alice", "Other", Optional.empty(), Set.of(), User.State.ENABLED);
    assertThat(users.add(twin, ADMIN))
        .isEqualTo(new UserChange.Refused("there is a user alice already"));
    assertThat(users.all()).hasSize(1);
    assertThat(ledger.events().position()).isEqualTo(1);
  }

  @Test
  void a_mail_address_differing_in_case_only_is_taken() {
    users.add(user("alice"), ADMIN);
    User other =
        new User("bob", "Bob", Optional.of("Alice@Example.com"), Set.of(), User.State.ENABLED);
    assertThat(users.add(other, ADMIN))
        .isEqualTo(new UserChange.Refused("the e-mail address Alice@Example.com is alice's"));
    users.add(user("bob"), ADMIN);
    assertThat(users.describe("bob", "Bob", Optional.of("ALICE@example.com"), ADMIN))
        .isInstanceOf(UserChange.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "Alice.B_c-d@host", "0123456789"})
  void names_of_the_allowed_characters_are_taken(String name) {
    User user = new User(name, "X", Optional.empty(), Set.of(), User.State.ENABLED);
    assertThat(users.add(user, ADMIN)).isEqualTo(new UserChange.Done(user));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "al ice",
        "al/ice",
        "älice",
        "\u212Aim",
        "alice\n",
        "a'b",
        "x\u0000",
        "-x",
        ".."
      })
  void other_names_are_refused_with_the_rule(String name) {
    User user = new User(name, "X", Optional.empty(), Set.of(), User.State.ENABLED);
    assertThat(users.add(user, ADMIN))
        .isInstanceOfSatisfying(
            UserChange.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .startsWith(
                        "a user's name is 1 to 64 letters, digits and . _ - @, and begins with a"
                            + " letter or digit, not ")
                    .hasLineCount(1));
    assertThat(users.all()).isEmpty();
  }

  @Test
  void a_name_of_64_characters_fits_and_of_65_does_not() {
    User fits = new User("a".repeat(64), "X", Optional.empty(), Set.of(), User.State.ENABLED);
    User tooLong = new User("b".repeat(65), "X", Optional.empty(), Set.of(), User.State.ENABLED);
    assertThat(users.add(fits, ADMIN)).isInstanceOf(UserChange.Done.class);
    assertThat(users.add(tooLong, ADMIN)).isInstanceOf(UserChange.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "a@b@c", "a b@example.com", "<a@example.com>", "a@"})
  void what_is_no_mail_address_is_refused(String address) {
    User user = new User("alice", "A", Optional.of(address), Set.of(), User.State.ENABLED);
    assertThat(users.add(user, ADMIN)).isInstanceOf(UserChange.Refused.class);
  }

  @Test
  void disabling_and_enabling_change_the_state_and_a_second_time_nothing() {
    users.add(user("alice"), ADMIN);
    users.disable("Alice", ADMIN);
    users.disable("alice", ADMIN);
    assertThat(users.named("alice").orElseThrow().state()).isEqualTo(User.State.DISABLED);
    assertThat(ledger.events().position()).isEqualTo(2);
    users.enable("alice", ADMIN);
    assertThat(users.named("alice").orElseThrow().state()).isEqualTo(User.State.ENABLED);
  }

  @Test
  void a_change_to_nobody_is_refused() {
    assertThat(users.disable("nobody", ADMIN))
        .isEqualTo(new UserChange.Refused("there is no user nobody"));
  }

  @Test
  void groups_are_set_added_and_removed_without_case() {
    users.add(user("alice", "staff"), ADMIN);
    users.addToGroup("alice", "Admins", ADMIN);
    users.add(user("bob", "ADMINS"), ADMIN);
    assertThat(users.groups())
        .isEqualTo(Map.of("staff", Set.of("alice"), "Admins", Set.of("alice", "bob")));
    users.removeFromGroup("alice", "admins", ADMIN);
    users.setGroups("bob", Set.of("staff"), ADMIN);
    assertThat(users.groups())
        .isEqualTo(Map.of("staff", Set.of("alice", "bob"), "Admins", Set.of()));
  }

  @Test
  void a_group_with_a_bad_name_is_refused_and_nothing_changes() {
    users.add(user("alice", "staff"), ADMIN);
    assertThat(users.addToGroup("alice", "a,b", ADMIN)).isInstanceOf(UserChange.Refused.class);
    assertThat(users.named("alice").orElseThrow().groups()).containsExactly("staff");
  }

  @Test
  void the_directory_answers_from_memory_until_it_follows() {
    UserDirectory directory = new UserDirectory(users, ledger.events());
    users.add(user("alice"), ADMIN);
    assertThat(directory.named("alice")).isEmpty();
    assertThat(directory.follow()).isTrue();
    assertThat(directory.follow()).isFalse();
    assertThat(directory.named("ALICE")).isPresent();
    assertThat(directory.withEmail("Alice@EXAMPLE.com")).isPresent();
    assertThat(directory.named("\u212Aim")).isEmpty();
  }

  @Test
  void a_kelvin_sign_is_not_a_k() {
    users.add(user("kim"), ADMIN);
    UserDirectory directory = new UserDirectory(users, ledger.events());
    assertThat(directory.named("KIM")).isPresent();
    assertThat(directory.named("\u212Aim")).isEmpty();
    assertThat(directory.withEmail("\u212Aim@example.com")).isEmpty();
  }

  @Test
  void a_watch_tells_of_another_opening_s_write_and_stops_when_closed() throws Exception {
    UserDirectory directory = new UserDirectory(users, ledger.events());
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    try (SqlLedger other = SqlLedger.open(ledger.file(), () -> NOW)) {
      try (LedgerWatch _ =
          ledger.watch(() -> {
            directory.follow();
            first.countDown();
            if (directory.named("alice").isPresent()) {
              seen.countDown();
            }
          })) {
        assertThat(first.await(5, TimeUnit.SECONDS)).isTrue();
        other.users().add(user("alice"), ADMIN);
        assertThat(seen.await(2, TimeUnit.SECONDS)).isTrue();
      }
      other.users().add(user("bob"), ADMIN);
      assertThat(directory.named("bob")).isEmpty();
    }
  }

  @Test
  void a_listener_that_fails_is_called_again() throws Exception {
    CountDownLatch calls = new CountDownLatch(2);
    try (LedgerWatch _ =
        ledger.watch(() -> {
          calls.countDown();
          if (calls.getCount() == 1) {
            throw new IllegalStateException("the first time fails");
          }
        })) {
      assertThat(calls.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }
}
