package dev.postern.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FormatsTest {
  private static final Value.Format<Duration> DURATION =
      Formats.duration(Duration.ofMillis(1), Duration.ofDays(1000));
  private static final Value.Format<Long> SIZE = Formats.size(1, 1L << 50);

  @ParameterizedTest
  @CsvSource({"1ms, PT0.001S", "30s, PT30S", "5m, PT5M", "24h, PT24H", "90d, PT2160H"})
  void durations_are_a_number_and_a_unit(String text, Duration duration) {
    assertThat(DURATION.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "s", "-5s", "5 s", "1.5h", "5S", "5M", "1h30m", "9999999999s", "0s"})
  void other_durations_are_refused(String text) {
    assertThatThrownBy(() -> DURATION.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"1B, 1", "64KiB, 65536", "10MiB, 10485760", "1GiB, 1073741824"})
  void sizes_are_a_number_and_a_unit(String text, long size) {
    assertThat(SIZE.parse(text)).isEqualTo(size);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "MiB", "-5B", "5MB", "5mib", "0B", "999999999GiB", "9999999999B"})
  void other_sizes_are_refused(String text) {
    assertThatThrownBy(() -> SIZE.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    ":8443, 0.0.0.0, 8443",
    "127.0.0.1:80, 127.0.0.1, 80",
    "[::1]:8443, 0:0:0:0:0:0:0:1, 8443",
    "localhost:0, 127.0.0.1, 0"
  })
  void addresses_to_listen_on_have_a_port(String text, String host, int port) {
    var socket = ListenAddress.parse(text).socket();
    assertThat(socket.getPort()).isEqualTo(port);
    if (!text.startsWith(":")) {
      assertThat(socket.getAddress().getHostAddress()).isEqualTo(host);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8443",
        ":",
        ":70000",
        "::1:80",
        "[::1]",
        "example.com:80",
        "*:80",
        ":-1",
        "1.2.3:80x",
        "1.2.3.4.5:80",
        "[1.2.3]:80",
        "999.1.1.1:80",
        "[::g]:1"
      })
  void other_addresses_are_refused(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "a.example", "xn--bcher-kva.example", "1a.b2"})
  void host_names_are_labels_of_letters_digits_and_hyphens(String text) {
    assertThat(Formats.hostName(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "a.", ".a", "a..b", "-a.b", "a-.b", "a b", "a_b", "1.2.3.4", "a/b", "a:1"
      })
  void other_host_names_are_refused(String text) {
    assertThatThrownBy(() -> Formats.hostName(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Formats.hostName("a".repeat(64) + ".b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"a, a, 0", "ab, ba, 1", "upsteam, upstream, 1", "abc, '', 3", "kitten, sitting, 3"})
  void distance_counts_typing_mistakes(String from, String to, int distance) {
    assertThat(Nearest.distance(from, to)).isEqualTo(distance);
    assertThat(Nearest.distance(to, from)).isEqualTo(distance);
  }

  @Test
  void the_nearest_word_is_suggested_when_it_is_near() {
    List<String> known = List.of("host", "upstream", "upstream-ca", "max-body");
    assertThat(Nearest.to("maxBody", known)).contains("max-body");
    assertThat(Nearest.to("upstream_ca", known)).contains("upstream-ca");
    assertThat(Nearest.to("Host", known)).contains("host");
    assertThat(Nearest.to("ost", known)).contains("host");
    assertThat(Nearest.to("proxy", known)).isEmpty();
    assertThat(Nearest.to("h".repeat(100_000), known)).isEmpty();
  }
}
