package dev.postern.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.mail.MailServer;
import dev.postern.mail.Mailbox;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MailConfigTest {
  private static final Path FOLDER = Path.of("/etc/postern");
  private static final String BEFORE = "name: Example\ndomain: example.com\n";
  private static final String SHORTEST =
      "mail:\n  server: smtp://mail.example.com\n  from: postern@example.com\n";

  private static ConfigFile parsed(String mail) {
    return ConfigFile.parse((BEFORE + mail).getBytes(StandardCharsets.UTF_8), FOLDER);
  }

  private static Optional<MailConfig> accepted(String mail) {
    assertThat(parsed(mail)).isInstanceOf(ConfigFile.Accepted.class);
    return ((ConfigFile.Accepted) parsed(mail)).config().mail();
  }

  private static List<String> problems(String mail) {
    assertThat(parsed(mail)).isInstanceOf(ConfigFile.Refused.class);
    return ((ConfigFile.Refused) parsed(mail))
        .problems().stream().map(ConfigProblem::text).toList();
  }

  @Test
  void without_it_there_is_no_mail() {
    assertThat(accepted("")).isEmpty();
  }

  @Test
  void two_keys_are_enough() {
    assertThat(accepted(SHORTEST))
        .contains(
            new MailConfig(
                new MailServer(MailServer.Security.STARTTLS, "mail.example.com", 587),
                Mailbox.parse("postern@example.com"),
                Optional.empty(),
                Optional.empty(),
                List.of(Duration.ofDays(30), Duration.ofDays(7), Duration.ofDays(1))));
  }

  @Test
  void every_key_is_mapped() {
    assertThat(
            accepted(
                """
                mail:
                  server: smtps://mail.example.com
                  from: "Postern <postern@example.com>"
                  user: postern
                  password-file: ./smtp-password
                  trust: mail-ca.pem
                  reminders: [12h, 14d]
                """))
        .contains(
            new MailConfig(
                new MailServer(MailServer.Security.TLS, "mail.example.com", 465),
                new Mailbox(Optional.of("Postern"), "postern@example.com"),
                Optional.of(new MailConfig.Login("postern", FOLDER.resolve("smtp-password"))),
                Optional.of(FOLDER.resolve("mail-ca.pem")),
                List.of(Duration.ofDays(14), Duration.ofHours(12))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "user: postern | line 6: mail.user: user and password-file go together",
        "password-file: a | line 6: mail.password-file: user and password-file go together",
        "password: secret | line 6: mail.password: is not a key here; known are",
        "reminders: [] | line 6: mail.reminders: name one at least",
        "reminders: [1d, 24h] | line 6: mail.reminders: one of them stands there twice",
        "reminders: [1s] | line 6: mail.reminders[0]: 1s is not between 10m and 365d",
        "reminders: soon | line 6: mail.reminders: a duration is a number",
        "trust: ~/ca.pem | line 6: mail.trust: a path is written out",
      })
  void a_mistake_is_named_with_its_line(String line, String expected) {
    assertThat(problems(SHORTEST + "  " + line + "\n"))
        .singleElement()
        .asString()
        .startsWith(expected);
  }

  @Test
  void all_mistakes_are_told_at_once() {
    assertThat(
            problems(
                """
                mail:
                  server: smtp+plain://mail.example.com
                  from: "Postern"
                  user: postern
                  reminder: 30d
                """))
        .satisfiesExactly(
            each -> assertThat(each).startsWith("line 4: mail.server: smtp+plain:// is for"),
            each -> assertThat(each).startsWith("line 5: mail.from: not an address"),
            each -> assertThat(each).startsWith("line 6: mail.user: "),
            each -> assertThat(each).startsWith("line 7: mail.reminder: is not a key here"));
    assertThat(problems("mail:\n"))
        .containsExactly("line 3: mail: expected keys and values, nothing is there");
    assertThat(problems("mail: {}\n")).hasSize(2);
  }
}
