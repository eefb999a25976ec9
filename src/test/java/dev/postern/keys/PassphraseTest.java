package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PassphraseTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void a_generated_one_is_twenty_characters_in_four_groups_without_look_alikes() {
    assertThat(Passphrase.generate(random).reveal())
        .matches("[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}");
  }

  @Test
  void two_generated_ones_differ() {
    assertThat(Passphrase.generate(random).sameAs(Passphrase.generate(random))).isFalse();
  }

  @Test
  void a_generated_one_is_strong() {
    assertThat(Passphrase.generate(random).weakness()).isEmpty();
  }

  @Test
  void eight_characters_are_enough() {
    assertThat(Passphrase.of("12345678".toCharArray()).weakness()).isEmpty();
  }

  @Test
  void seven_characters_are_too_few_and_the_reason_says_so() {
    assertThat(Passphrase.of("1234567".toCharArray()).weakness())
        .contains("a passphrase needs at least 8 characters, and this one has 7");
  }

  @Test
  void characters_outside_the_basic_plane_count_once() {
    assertThat(Passphrase.of("🔑🔑🔑🔑🔑🔑🔑".toCharArray()).weakness()).isPresent();
    assertThat(Passphrase.of("🔑🔑🔑🔑🔑🔑🔑🔑".toCharArray()).weakness()).isEmpty();
  }

  @Test
  void an_empty_one_does_not_exist() {
    assertThatThrownBy(() -> Passphrase.of(new char[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a passphrase cannot be empty");
  }

  @Test
  void overwriting_the_array_it_was_made_of_does_not_change_it() {
    char[] typed = "correct horse".toCharArray();
    Passphrase passphrase = Passphrase.of(typed);
    java.util.Arrays.fill(typed, 'x');
    assertThat(passphrase.reveal()).isEqualTo("correct horse");
  }

  @Test
  void its_text_form_does_not_show_it() {
    assertThat(Passphrase.of("correct horse".toCharArray())).hasToString("Passphrase[not shown]");
  }

  @Test
  void a_closed_one_cannot_be_used() {
    Passphrase passphrase = Passphrase.of("correct horse".toCharArray());
    passphrase.close();
    assertThatThrownBy(passphrase::reveal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void equal_characters_are_the_same_and_others_are_not() {
    Passphrase one = Passphrase.of("correct horse".toCharArray());
    assertThat(one.sameAs(Passphrase.of("correct horse".toCharArray()))).isTrue();
    assertThat(one.sameAs(Passphrase.of("correct house".toCharArray()))).isFalse();
  }
}
