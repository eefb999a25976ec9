package dev.postern.peers;

import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reminders, handed by {@code postern serve} to Debian's Exim. Certificates were issued four days
 * ago for five days.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MailIT {
  private static final Duration DELIVERY = Duration.ofSeconds(60);
  private static final String SERVE = "serve --passphrase-file passphrase";
  private static final String SERVING = "Serving. Ctrl-C ends it.";

  @TempDir private static Path folder;

  private Installation installation;
  private Exim exim;
  private String config;

  @BeforeAll
  void install() throws IOException {
    installation = Installation.old(folder);
    server("own", "localhost");
    server("other", "other.example.test");
    exim = Exim.with(folder.resolve("own"), folder.resolve("other")).start();
    Files.writeString(folder.resolve("smtp-password"), Exim.PASSWORD + "\n");
    Files.writeString(folder.resolve("wrong-password"), "geheimnis\n");
    installation.configureWithPages("http://127.0.0.1:9", "http://127.0.0.1:9", SITE_RULES);
    config = Files.readString(installation.config());
    for (String person :
        List.of("ann", "carol", "dave", "erin", "nobody", "later", "slow", "two", "down")) {
      user(person, person + "@example.test");
    }
    user("ben", null);
  }

  @AfterAll
  void end() {
    exim.close();
  }

  /** A certificate of ours with an open key, for the mail server. */
  private void server(String file, String name) {
    Program.in(folder)
        .shell(
            ("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=%2$s"
                    + " -keyout %1$s.key -out %1$s.csr")
                .formatted(file, name))
        .succeeded();
    installation.postern.succeeds(
        "sign %1$s.csr --profile server --name dns:%2$s --out %1$s.pem --passphrase-file passphrase"
            .formatted(file, name));
  }

  private void user(String name, @Nullable String email) {
    installation.postern.succeeds("user add " + name + (email == null ? "" : " --email " + email));
  }

  /** Ends tomorrow; its serial number. */
  private String issue(String user) {
    return PastAuthority.issue(
        folder.resolve("postern-data"), user, Duration.ofDays(4), Duration.ofDays(5));
  }

  private void mail(String lines) {
    installation.replaceConfig(
        config + "mail:\n  from: \"Postern <ca@example.test>\"\n" + lines.indent(2));
  }

  private String login(String scheme, int port) {
    return "server: %s://localhost:%d\ntrust: postern-data/ca/root.pem\nuser: postern\npassword-file: smtp-password\nreminders: [2d]\n"
        .formatted(scheme, port);
  }

  private void awaitMail(String to) {
    Soon.within(DELIVERY, "mail to " + to + "\n" + exim.log(), () -> !exim.raw(to).isEmpty());
  }

  @Test
  @Order(1)
  void without_mail_in_the_file_there_is_none() {
    installation.replaceConfig(config);
    Program.Outcome outcome = installation.postern.run("mail test ann@example.test");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err()).contains("has no mail: in it").hasLineCount(1);
  }

  Stream<Arguments> waysIn() {
    return Stream.of(
        argumentSet("STARTTLS", login("smtp", exim.starttls)),
        argumentSet("TLS from the start", login("smtps", exim.tls)),
        argumentSet(
            "in the clear, on this machine", "server: smtp+plain://127.0.0.1:" + exim.plain));
  }

  @ParameterizedTest
  @MethodSource("waysIn")
  @Order(2)
  void a_test_mail_arrives(String lines) {
    mail(lines);
    int before = exim.raw("test@example.test").size();
    Program.Outcome sent = installation.postern.succeeds("mail test test@example.test");
    assertThat(sent.out()).startsWith("Sent to test@example.test by smtp").contains(": 250 OK id=");
    Soon.within(DELIVERY, "mail", () -> exim.raw("test@example.test").size() == before + 1);
    assertThat(exim.raw("test@example.test"))
        .allSatisfy(mail ->
            assertThat(mail)
                .contains(
                    "\nFrom: Postern <ca@example.test>\n",
                    "\nAuto-Submitted: auto-generated\n",
                    "\nSubject: Test: mail from Postern arrives\n"));
  }

  Stream<Arguments> waysOut() {
    String starttls = login("smtp", exim.starttls);
    String tls = login("smtps", exim.tls);
    return Stream.of(
        argumentSet(
            "no STARTTLS",
            login("smtp", exim.plain),
            "localhost port " + exim.plain + " offers no STARTTLS, so nothing was sent"),
        argumentSet(
            "another name",
            login("smtp", exim.otherName),
            "the certificate of the mail server localhost is for another name"),
        argumentSet(
            "another CA",
            starttls.replaceFirst("trust: .*\n", ""),
            "is of a CA that is not trusted"),
        argumentSet(
            "another CA, TLS from the start",
            tls.replaceFirst("trust: .*\n", ""),
            "is of a CA that is not trusted"),
        argumentSet(
            "wrong password",
            starttls.replace("smtp-password", "wrong-password"),
            "the mail server localhost does not accept user and password"),
        argumentSet(
            "no login where one is wanted",
            starttls.replaceAll("user: .*\npassword-file: .*\n", ""),
            "550 who are you?"),
        argumentSet(
            "login where nobody asks",
            login("smtp+plain", exim.plain),
            "does not ask for a user and password"),
        argumentSet(
            "TLS where there is none", login("smtps", exim.plain), "the mail server localhost"),
        argumentSet("nobody listens", login("smtp", Postern.freePort()), "cannot be reached"),
        argumentSet(
            "no host", "server: smtp://nowhere.invalid", "there is no host nowhere.invalid"),
        argumentSet(
            "no password file",
            login("smtp", exim.starttls).replace("smtp-p", "p"),
            "there is no file"),
        argumentSet("no CA file", starttls.replace("root.pem", "none.pem"), "there is no file"));
  }

  @ParameterizedTest
  @MethodSource("waysOut")
  @Order(3)
  void a_mail_that_cannot_be_sent_says_why_in_one_line(String lines, String reason) {
    mail(lines);
    Program.Outcome outcome = installation.postern.run("mail test refused@example.test").failed();
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .startsWith("postern: ")
        .contains(reason)
        .doesNotContain("geheimnis", Exim.PASSWORD, "Exception", "\tat ")
        .hasLineCount(1);
    assertThat(exim.raw("refused@example.test")).isEmpty();
  }

  @Test
  @Order(4)
  void a_recipient_who_is_refused_is_told_by_the_command() {
    mail(login("smtp", exim.starttls));
    Program.Outcome never = installation.postern.run("mail test nobody@example.test");
    assertThat(never.exit()).isEqualTo(1);
    assertThat(never.err()).contains("550 no such person here").hasLineCount(1);
    Program.Outcome now = installation.postern.run("mail test later@example.test");
    assertThat(now.exit()).isEqualTo(1);
    assertThat(now.err()).contains("451 try again later", "for now").hasLineCount(1);
    Program.Outcome us = installation.postern.run("mail test elsewhere@example.test");
    assertThat(us.exit()).isEqualTo(1);
    assertThat(us.err()).contains("550 relay not permitted", "for now").hasLineCount(1);
    Program.Outcome bad = installation.postern.run("mail test a..b@example.test");
    assertThat(bad.exit()).isEqualTo(2);
  }

  @Test
  @Order(5)
  void who_has_a_certificate_that_ends_is_reminded_once_and_nobody_else() throws IOException {
    installation.postern.succeeds(
        "user",
        "add",
        "zoe",
        "--display-name",
        "Zoë \"Z\" Ångström, Ph.D.",
        "--email",
        "zoe@example.test");
    String ann = issue("ann");
    issue("zoe");
    issue("ben");
    issue("carol");
    String dave = issue("dave");
    issue("erin");
    issue("erin");
    installation.postern.succeeds(
        "issue client erin --out erin3.p12 --passphrase-file passphrase --password-file passphrase");
    String nobody = issue("nobody");
    issue("later");
    installation.postern.succeeds("user disable carol");
    installation.postern.succeeds("revoke " + dave);
    mail(login("smtp", exim.starttls));
    int before = exim.log().length(); // other tests have been here
    try (var served = installation.postern.start(SERVING, SERVE)) {
      awaitMail("ann@example.test");
      awaitMail("zoe@example.test");
      Soon.within(
          DELIVERY, "a refusal", () -> exim.log().substring(before).contains("no such person"));
      Soon.within(
          DELIVERY, "a delay", () -> exim.log().substring(before).contains("later@example.test"));
      assertThat(served.output())
          .contains(
              "Reminders by e-mail: smtp://localhost:"
                  + exim.starttls
                  + ", 2d before a certificate ends")
          .doesNotContain(Exim.PASSWORD);
      assertThat(served.stop()).isZero();
    }
    try (var again = installation.postern.start(SERVING, SERVE)) {
      assertThat(again.stop()).isZero();
    }
    for (String nobodyElse : List.of("ben", "carol", "dave", "erin", "nobody", "later")) {
      assertThat(exim.raw(nobodyElse + "@example.test")).as(nobodyElse).isEmpty();
    }
    says_what_it_should(exim.raw("ann@example.test"), exim.raw("zoe@example.test"));
    history(ann, nobody);
  }

  private void says_what_it_should(List<String> ann, List<String> zoe) throws IOException {
    assertThat(ann).hasSize(1);
    assertThat(ann.getFirst())
        .contains(
            "\nTo: Ann <ann@example.test>\n",
            "\nAuto-Submitted: auto-generated\n",
            "\nMIME-Version: 1.0\n",
            "Hello Ann,\n",
            "\n    https://me.example.test:")
        .containsPattern("\nMessage-ID: <reminder\\.[0-9a-f]+\\.2d@example\\.test>\n")
        .containsPattern("\nDate: \\w{3}, \\d{1,2} \\w{3} \\d{4} ")
        .containsPattern("    Good until:  \\d{1,2} \\w+ \\d{4}, \\d\\d:\\d\\d UTC\n")
        .containsPattern("\nSubject: Ann: signing in ends on \\d{1,2} \\w+ \\d{4}\n");
    assertThat(zoe).hasSize(1);
    assertThat(zoe.getFirst().chars())
        .allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f) || c == '\t');
    MimeMessage read = Exim.parsed(zoe.getFirst());
    try {
      assertThat(read.getSubject()).startsWith("Zoë \"Z\" Ångström, Ph.D.: signing in ends");
      assertThat(read.getAllRecipients()).hasSize(1);
      assertThat(read.getAllRecipients()[0].toString()).contains("zoe@example.test");
      assertThat((String) read.getContent()).contains("Hello Zoë \"Z\" Ångström, Ph.D.,");
      assertThat(read.getContentType()).startsWith("text/plain; charset=UTF-8");
    } catch (MessagingException e) {
      throw new AssertionError(zoe.getFirst(), e);
    }
  }

  /** As the console's API tells it. */
  private void history(String ann, String nobody) {
    installation.user("root", " --group postern-admins");
    try (var served = installation.serve()) {
      assertThat(api(served, ann))
          .contains("\"certificate.reminded\"", "\"ann@example.test\"", "250 OK id=", "\"2d\"");
      assertThat(api(served, nobody))
          .contains("\"certificate.not-reminded\"", "550 no such person here");
    }
  }

  private String api(Installation.Served served, String serial) {
    return Program.in(folder)
        .run(
            Stream.concat(
                    Stream.of("curl", "-sS", "--cacert", installation.root().toString()),
                    Stream.concat(
                        Installation.Served.p12("root").stream(),
                        Stream.of(
                            "--resolve",
                            "admin.example.test:" + served.port() + ":127.0.0.1",
                            served.own("admin", "/api/v1/certificates/" + serial))))
                .toArray(String[]::new))
        .succeeded()
        .out();
  }

  @Test
  @Order(6)
  void the_preview_lists_what_is_due_and_sends_nothing() {
    issue("two");
    mail(login("smtp", exim.starttls).replace("[2d]", "[2h]"));
    assertThat(preview("mail preview")).isEqualTo("No reminder is due.\n");
    mail(login("smtp", exim.starttls));
    assertThat(preview("mail preview --json"))
        .contains("\"to\" : \"two@example.test\"", "\"before\" : \"2d\"");
    assertThat(preview("mail preview")).startsWith("TO ").contains("two@example.test");
    assertThat(exim.raw("two@example.test")).isEmpty();
  }

  private String preview(String line) {
    return installation.postern.succeeds(line).out();
  }

  @Test
  @Order(7)
  void two_servers_send_one_mail() throws IOException {
    mail(login("smtp", exim.starttls));
    String second =
        Files.readString(installation.config())
            .replaceFirst("https: \"127.0.0.1:\\d+\"", "https: \"127.0.0.1:0\"");
    Files.writeString(folder.resolve("second.yaml"), second);
    try (var one = installation.postern.start(SERVING, SERVE);
        var other = installation.postern.start(SERVING, SERVE + " --config second.yaml")) {
      awaitMail("two@example.test");
      assertThat(other.stop()).isZero();
      assertThat(one.stop()).isZero();
    }
    assertThat(exim.raw("two@example.test")).hasSize(1);
  }

  @Test
  @Order(8)
  void a_mail_server_that_was_down_gets_the_mail_when_it_is_up() {
    exim.stop();
    issue("down");
    mail(login("smtp", exim.starttls));
    try (var served = installation.postern.start(SERVING, SERVE)) {
      served.awaitOutput("no reminders are sent, tried again in a while");
      assertThat(served.output())
          .contains("localhost port " + exim.starttls + " cannot be reached");
      exim.start();
      served.signal("HUP"); // looks at once
      awaitMail("down@example.test");
      served.awaitOutput("reminders are sent again");
      assertThat(served.stop()).isZero();
    }
    assertThat(exim.raw("down@example.test")).hasSize(1);
  }

  @Test
  @Order(9)
  void a_claim_whose_process_was_killed_is_taken_again_after_a_while() throws SQLException {
    issue("slow");
    mail(login("smtp", exim.starttls));
    exim.slow(true);
    assertThat(preview("mail preview")).contains("slow@example.test");
    try (var _ = installation.postern.start(SERVING, SERVE)) {
      Soon.within(DELIVERY, "a claim", () -> !preview("mail preview").contains("slow@"));
    } // which kills it, before the mail server has answered
    exim.slow(false);
    try (var again = installation.postern.start(SERVING, SERVE)) {
      assertThat(again.stop()).isZero();
    }
    assertThat(preview("mail preview")).doesNotContain("slow@");
    assertThat(exim.raw("slow@example.test")).isEmpty();
    elevenMinutesPass();
    assertThat(preview("mail preview")).contains("slow@");
    try (var served = installation.postern.start(SERVING, SERVE)) {
      awaitMail("slow@example.test");
      assertThat(served.stop()).isZero();
    }
    assertThat(exim.raw("slow@example.test")).hasSize(1);
  }

  /** For claims, which are all that is put off. */
  private void elevenMinutesPass() throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("postern-data/ledger.db"));
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "update reminders set again_at = again_at - 660000 where state = 'OPEN'");
    }
  }
}
