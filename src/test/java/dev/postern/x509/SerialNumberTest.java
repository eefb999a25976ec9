package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SerialNumberTest {
  @ParameterizedTest
  @CsvSource({"0, 00", "1, 01", "255, ff", "256, 0100", "-1, -01"})
  void it_is_written_in_whole_bytes(BigInteger value, String hex) {
    assertThat(new SerialNumber(value).hex()).isEqualTo(hex);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0aff", "AFF", "0x0aff", "0A:FF", " aff "})
  void it_is_read_in_the_ways_other_programs_print_it(String text) {
    assertThat(SerialNumber.ofHex(text)).isEqualTo(new SerialNumber(BigInteger.valueOf(0xaff)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "xyz", "-1", "12 34", "1.5"})
  void what_is_no_number_is_refused(String text) {
    assertThatThrownBy(() -> SerialNumber.ofHex(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hexadecimal");
  }

  @Test
  void a_number_longer_than_any_serial_is_refused() {
    assertThat(SerialNumber.ofHex("f".repeat(64)).hex()).hasSize(64);
    assertThatThrownBy(() -> SerialNumber.ofHex("f".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void its_tail_is_eight_digits_at_most() {
    assertThat(SerialNumber.ofHex("112233445566").tail()).isEqualTo("33445566");
    assertThat(SerialNumber.ofHex("11").tail()).isEqualTo("11");
  }
}
