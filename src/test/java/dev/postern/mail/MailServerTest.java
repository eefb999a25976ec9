package dev.postern.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.mail.MailServer.Security;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MailServerTest {
  @ParameterizedTest
  @CsvSource({
    "smtp://mail.example.com, STARTTLS, mail.example.com, 587",
    "smtp://mail.example.com:2525/, STARTTLS, mail.example.com, 2525",
    "SMTPS://Mail.Example.COM, TLS, mail.example.com, 465",
    "smtps://[2001:db8::1]:465, TLS, 2001:db8::1, 465",
    "smtp+plain://127.0.0.1, NONE, 127.0.0.1, 25",
    "smtp+plain://localhost:2525, NONE, localhost, 2525",
    "smtp+plain://[::1], NONE, ::1, 25",
  })
  void an_address_says_how_the_line_is_kept_from_others(
      String text, Security security, String host, int port) {
    MailServer server = MailServer.parse(text);
    assertThat(server).isEqualTo(new MailServer(security, host, port));
    assertThat(MailServer.parse(server.text())).isEqualTo(server);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:65536",
        "smtp://user:secret@mail.example.com",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com?tls=off",
        "smtp://mail example.com",
      })
  void what_is_no_mail_server_is_refused(String text) {
    assertThatThrownBy(() -> MailServer.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a mail server is smtp://host:port");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smtp+plain://mail.example.com",
        "smtp+plain://192.0.2.1",
        "smtp+plain://127.0.0.1.example.com",
        "smtp+plain://[2001:db8::1]",
      })
  void in_the_clear_is_for_this_machine_alone(String text) {
    assertThatThrownBy(() -> MailServer.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("others could read along");
  }
}
