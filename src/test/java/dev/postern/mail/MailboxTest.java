package dev.postern.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MailboxTest {
  @Test
  void a_name_may_stand_before_the_address() {
    var postern = new Mailbox(Optional.of("Postern"), "postern@example.com");
    assertThat(Mailbox.parse("Postern <postern@example.com>")).isEqualTo(postern);
    assertThat(Mailbox.parse("\"Postern\" <postern@example.com>")).isEqualTo(postern);
    assertThat(Mailbox.parse("postern@example.com").name()).isEmpty();
    assertThat(Mailbox.parse("<postern@example.com>").name()).isEmpty();
    assertThat(postern.domain()).isEqualTo("example.com");
  }

  @Test
  void a_domain_with_other_letters_is_written_in_ascii() {
    assertThat(Mailbox.parse("alice@Bücher.example").address())
        .isEqualTo("alice@xn--bcher-kva.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@b.c", "root@localhost", "a+b_c-d!#$%&'*/=?^`{|}~@x-y.example"})
  void what_smtp_takes_is_taken(String address) {
    assertThat(Mailbox.parse(address).address()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alice",
        "@example.com",
        "alice@",
        "a@b@example.com",
        "alice smith@example.com",
        "alice@example.com\r\nBcc: eve@example.com",
        "alice@example.com\nRCPT TO:<eve@example.com>",
        "<alice@example.com> <eve@example.com>",
        "alice@example.com, eve@example.com",
        "\"alice\"@example.com",
        "alice.@example.com",
        "a..b@example.com",
        "älice@example.com",
        "alice@-example.com",
        "alice@exa_mple.com",
        "alice@example..com",
        "alice@[127.0.0.1]",
        "alice(comment)@example.com",
      })
  void what_smtp_does_not_take_is_refused_in_one_line(String text) {
    assertThatThrownBy(() -> Mailbox.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .startsWith("not an address that mail can be sent to")
        .doesNotContain("\r", "\n");
  }

  @Test
  void a_name_is_one_line_of_what_can_be_seen() {
    assertThat(new Mailbox(Optional.of("A\r\nBcc: eve@x.y\u202e \u2028 B\u0000"), "a@b.c").name())
        .contains("A Bcc: eve@x.y B");
    assertThat(new Mailbox(Optional.of("\r\n"), "a@b.c").name()).isEmpty();
  }
}
