package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BytesTest {
  private static final Bytes ABC = Bytes.of("abc".getBytes(StandardCharsets.US_ASCII));

  @Test
  void neither_the_array_given_nor_the_array_returned_changes_it() {
    byte[] given = {1, 2};
    Bytes bytes = Bytes.of(given);
    given[0] = 9;
    bytes.toArray()[1] = 9;
    assertThat(bytes).isEqualTo(Bytes.ofHex("0102")).hasSameHashCodeAs(Bytes.ofHex("0102"));
    assertThat(bytes).isNotEqualTo(Bytes.ofHex("0902"));
  }

  @Test
  void it_is_written_as_hexadecimal_and_base64() {
    assertThat(ABC.hex()).isEqualTo("616263");
    assertThat(ABC.colonHex()).isEqualTo("61:62:63");
    assertThat(ABC.base64()).isEqualTo("YWJj");
    assertThat(ABC.sha256().hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(ABC.sha1().hex()).isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
  }

  @Test
  void base64_may_be_broken_into_lines() {
    assertThat(Bytes.ofBase64(" YW\r\nJj\t")).isEqualTo(ABC);
  }

  @ParameterizedTest
  @ValueSource(strings = {"!!!!", "YW.Jj", "YWJj=", "Y", "ＹＷＪj"})
  void what_is_not_base64_is_refused(String text) {
    assertThatThrownBy(() -> Bytes.ofBase64(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0g", "00:11"})
  void what_is_not_hexadecimal_is_refused(String text) {
    assertThatThrownBy(() -> Bytes.ofHex(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void long_values_are_shortened_in_logs() {
    assertThat(Bytes.of(new byte[33]).toString()).endsWith("…[33]").hasSizeLessThan(64);
    assertThat(Bytes.of(new byte[2]).toString()).isEqualTo("0000");
  }
}
