package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HostNameTest {
  @ParameterizedTest
  @CsvSource({
    "wiki.example.com,wiki.example.com",
    "Wiki.Example.COM:8443,wiki.example.com",
    "127.0.0.1:1,127.0.0.1",
    "[::1]:443,[::1]",
    "[::FFFF:1.2.3.4],[::ffff:1.2.3.4]",
    "a:,a"
  })
  void a_host_is_read_without_its_port(String authority, String host) {
    assertThat(HostName.parse(authority)).hasValue(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":443",
        "a b",
        "a@b",
        "a/b",
        "a%41",
        "[::1",
        "[]",
        "[]x",
        "a:b",
        "a:123456",
        "a,b"
      })
  void what_is_no_host_is_nothing(String authority) {
    assertThat(HostName.parse(authority)).isEmpty();
  }
}
