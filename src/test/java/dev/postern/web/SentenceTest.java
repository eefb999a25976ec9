package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SentenceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "look for a typing error in the address | Look for a typing error in the address.",
        "you would lock yourself out; another can | You would lock yourself out; another can.",
        "It was so. | It was so.",
        "reason: is unspecified or superseded | reason: is unspecified or superseded.",
        "pages.enrol is off | pages.enrol is off.",
        "expiresAfter is a day | expiresAfter is a day.",
        "was it (by mistake) | Was it (by mistake)",
        "'' | ''"
      })
  void what_programs_read_becomes_a_sentence_and_names_stay(String told, String shown) {
    assertThat(Sentence.of(told)).isEqualTo(shown);
  }
}
