package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ledger.UserImport;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UsersCsvTest {
  private static UsersCsv.Content read(String text) {
    return UsersCsv.read("users.csv", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void columns_come_in_any_order_and_fields_in_quotes() {
    var content =
        read(
            "email,groups,Name,display_name\r\n"
                + "a@example.com,staff; admins  x,alice,\"Smith, \"\"Al\"\" Ice\"\r\n"
                + "\r\n"
                + ",,bob,\r\n");
    assertThat(content.problems()).isEmpty();
    assertThat(content.rows())
        .containsExactly(
            new UserImport.Row(
                2,
                "alice",
                Optional.of("Smith, \"Al\" Ice"),
                Optional.of("a@example.com"),
                Set.of("staff", "admins", "x")),
            new UserImport.Row(4, "bob", Optional.empty(), Optional.empty(), Set.of()));
  }

  @Test
  void lines_are_counted_through_fields_of_several_lines() {
    var content = read("name,display_name\nalice,\"two\nlines\"\nbob,Bob\n");
    assertThat(content.rows()).extracting(UserImport.Row::line).containsExactly(2, 4);
  }

  @Test
  void a_spreadsheets_mark_and_its_semicolons_are_understood() {
    var content = read("\ufeffname;email\nalice;alice@example.com\n");
    assertThat(content.rows().getFirst().email()).contains("alice@example.com");
  }

  @Test
  void a_line_of_another_length_is_a_problem_and_the_others_are_read() {
    var content = read("name,email\nalice\nbob,b@example.com,x\ncarol,\n");
    assertThat(content.problems())
        .containsExactly(
            new UserImport.Problem(2, "has 1 fields, and the header has 2"),
            new UserImport.Problem(3, "has 3 fields, and the header has 2"));
    assertThat(content.rows()).extracting(UserImport.Row::name).containsExactly("carol");
  }

  @Test
  void a_quote_that_does_not_end_is_a_problem_with_its_line() {
    var content = read("name,display_name\nalice,Alice\nbob,\"Bob\n");
    assertThat(content.problems()).extracting(UserImport.Problem::line).containsExactly(3);
    assertThat(content.rows()).extracting(UserImport.Row::name).containsExactly("alice");
  }

  @Test
  void text_behind_a_closing_quote_is_a_problem() {
    assertThat(read("name,email\n\"alice\"x,a@example.com\n").problems()).hasSize(1);
  }

  @Test
  void a_field_without_end_is_a_problem() {
    assertThat(read("name\n" + "x".repeat(20_000) + "\n").problems()).hasSize(1);
  }

  @Test
  void unknown_and_missing_and_double_columns_are_named() {
    assertThatThrownBy(() -> read("name,phone,mail\n"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("\"phone\"")
        .hasMessageContaining("\"mail\"");
    assertThatThrownBy(() -> read("email\n")).hasMessageContaining("no column name");
    assertThatThrownBy(() -> read("name,NAME\n")).hasMessageContaining("twice");
    assertThatThrownBy(() -> read("")).hasMessageContaining("empty");
    assertThatThrownBy(() -> read("\n\n")).hasMessageContaining("empty");
  }

  @Test
  void what_is_not_utf_8_is_refused() {
    byte[] latin = "name,display_name\nalice,Al\u00efce\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> UsersCsv.read("users.csv", latin))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void there_is_an_end_to_the_lines() {
    String most = "name\n" + "x\n".repeat(UsersCsv.MAX_ROWS);
    assertThat(read(most).rows()).hasSize(UsersCsv.MAX_ROWS);
    assertThatThrownBy(() -> read(most + "x\n")).hasMessageContaining("split it");
  }
}
