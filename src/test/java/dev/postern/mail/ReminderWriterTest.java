package dev.postern.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.TestAuthority;
import dev.postern.ledger.Reminder;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReminderWriterTest {
  private static final Mailbox FROM = Mailbox.parse("Postern <postern@example.com>");
  private static final Optional<String> ME = Optional.of("https://me.example.com/");
  private static final Optional<String> HELP = Optional.of("mailto:help@example.com");
  private static final Instant END = Instant.parse("2026-12-05T12:34:56Z");

  private static ReminderWriter writer(Optional<String> me, Optional<String> contact) {
    return new ReminderWriter("Example", FROM, me, contact);
  }

  private static Reminder reminder(String person, String commonName, String email) {
    Certificate certificate =
        TestAuthority.root("Root")
            .client(DistinguishedName.builder().commonName(commonName).userId("alice").build())
            .between(TestAuthority.NOW.minus(Duration.ofDays(365)), END)
            .sign();
    return new Reminder(1, certificate, "alice", person, email, Duration.ofDays(30));
  }

  private static Reminder alice() {
    return reminder("Alice", "Alice (laptop)", "alice@example.com");
  }

  @Test
  void it_says_which_device_of_whom_until_when_and_what_to_do() {
    Letter letter = writer(ME, HELP).reminder(alice());
    assertThat(letter.subject()).isEqualTo("Alice (laptop): signing in ends on 5 December 2026");
    assertThat(letter.text())
        .startsWith("Hello Alice,\n\n")
        .contains(
            "at Example without",
            "Device:      Alice (laptop)\n",
            "Belongs to:  Alice (alice)\n",
            "Good until:  5 December 2026, 12:34 UTC\n",
            "\"Renew the certificate of this device\"",
            "    https://me.example.com/\n",
            "Questions? Ask here: help@example.com\n")
        .doesNotContain("{", "}", "mailto:")
        .endsWith("\n");
    assertThat(letter.text().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(79));
    assertThat(letter.to().toString()).isEqualTo("Alice <alice@example.com>");
    assertThat(letter.id()).matches("reminder\\.[0-9a-f]+\\.30d@example\\.com");
  }

  @Test
  void the_button_is_called_as_it_is_on_the_page() {
    String button = dev.postern.web.Texts.of("dev.postern.enrol.me").in("").text("me.renew");
    assertThat(writer(ME, HELP).reminder(alice()).text()).contains('"' + button + '"');
  }

  @Test
  void without_a_page_of_their_own_people_ask() {
    Letter letter = writer(Optional.empty(), Optional.empty()).reminder(alice());
    assertThat(letter.text())
        .contains("ask the administrator of Example for a new one")
        .doesNotContain("https://", "page", "Questions", "{");
    assertThat(writer(ME, Optional.empty()).reminder(alice()).text())
        .contains("Questions? Ask the administrator of Example.");
  }

  @Test
  void the_same_mail_has_the_same_message_id() {
    var writer = writer(ME, HELP);
    Reminder alice = alice();
    assertThat(writer.reminder(alice).id()).isEqualTo(writer.reminder(alice).id());
    assertThat(writer.reminder(alice).id()).isNotEqualTo(writer.reminder(alice()).id());
  }

  @Test
  void names_begin_no_line_of_their_own_and_fill_no_places() {
    Letter letter =
        writer(ME, HELP)
            .reminder(
                reminder(
                    "Eve\r\nBcc: all@example.com\n\nBuy {contact} $1\\",
                    "Eve\n\u2028(\u202eevil) {me}",
                    "eve@example.com"));
    assertThat(letter.subject()).startsWith("Eve ( evil) {me}: ");
    assertThat(letter.text())
        .contains(
            "Hello Eve Bcc: all@example.com Buy {contact} $1\\,\n",
            "Device:      Eve ( evil) {me}\n")
        .doesNotContain("\r", "\u2028", "\u202e", "\nBcc", "\nBuy");
    assertThat(letter.to().name()).contains("Eve Bcc: all@example.com Buy {contact} $1\\");
  }

  @Test
  void an_address_that_mail_does_not_reach_is_refused() {
    assertThatThrownBy(() -> writer(ME, HELP).reminder(reminder("Eve", "Eve", "a..b@example.com")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not an address that mail can be sent to: a..b@example.com");
  }

  @Test
  void a_letter_cannot_hold_a_header_of_somebody_else_s() {
    var to = Mailbox.parse("a@example.com");
    assertThatThrownBy(() -> new Letter(FROM, to, "a\r\nBcc: b@example.com", "", "x@example.com"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Letter(FROM, to, "a", "", "x>\r\nBcc: b@example.com"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Letter(FROM, to, "ä", "", "x@example.com").subject()).isEqualTo("ä");
  }

  @Test
  void a_password_is_shown_to_nobody() {
    assertThat(new Login("postern", "secret").toString()).isEqualTo("postern");
  }

  @Test
  void tries_come_less_and_less_often() {
    assertThat(ReminderRound.retry(1)).isEqualTo(Duration.ofMinutes(5));
    assertThat(ReminderRound.retry(3)).isEqualTo(Duration.ofMinutes(20));
    assertThat(ReminderRound.retry(1000)).isEqualTo(Duration.ofHours(6));
  }
}
