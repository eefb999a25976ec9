package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.keys.KeyFile;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CommandsTest {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void setUp() throws IOException {
    shell = Shell.initialised(folder);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void init_keeps_every_key_in_a_file_of_its_own_for_its_owner_alone() throws Exception {
    for (String file :
        List.of(
            "postern-data/keys/issuing.key",
            "postern-data/keys/server.key",
            "postern-root/root.key")) {
      assertThat(mode(shell.path(file))).as(file).isEqualTo("rw-------");
      assertThat(mode(shell.path(file).resolveSibling(""))).as(file).isEqualTo("rwx------");
      assertThat(Files.readString(shell.path(file)))
          .startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }
    assertThat(mode(shell.path("postern-data/ledger.db"))).isEqualTo("rw-------");
  }

  @Test
  void init_says_what_to_take_offline() throws Exception {
    var outcome =
        Shell.exactly(
            "init",
            "--name",
            "Two",
            "--config",
            shell.path("two/postern.yaml").toString(),
            "--passphrase-file",
            Files.createDirectory(shell.path("two")).resolveSibling("passphrase").toString());
    assertThat(outcome.succeeded().out())
        .contains("Take " + shell.path("two/postern-root") + "/ offline");
    assertThat(shell.path("two/postern-data")).isDirectoryNotContaining("glob:**root.key");
  }

  @Test
  void a_second_init_changes_nothing() throws Exception {
    byte[] before = Files.readAllBytes(shell.path("postern-data/keys/issuing.key"));
    assertThat(shell.run("init", "--name", "Again").failedInOneLine(2)).contains("exists already");
    assertThat(shell.path("postern-data/keys/issuing.key")).hasBinaryContent(before);
  }

  @Test
  void the_written_configuration_is_good() {
    assertThat(shell.run("config", "check", shell.config().toString()).succeeded().out())
        .contains("is good: 1 site");
  }

  @Test
  void the_files_that_a_configuration_names_are_looked_at_too() throws Exception {
    Path config = shell.path("with-trust.yaml");
    Path rubbish = Files.writeString(shell.path("rubbish.pem"), "<html>");
    Files.writeString(
        config,
        Files.readString(shell.config())
            + "trust:\n"
            + "  - { name: partner, roots: [nothere.pem, rubbish.pem], identity: subject.cn }\n"
            + "colour: blue\n");
    int line = (int) Files.readString(config).lines().count() - 1;
    var outcome = shell.run("config", "check", config.toString());
    assertThat(outcome.failed(2).err())
        .as("beside what else is wrong")
        .contains(
            "%s: line %d: trust[0].roots[0]: there is no file %s"
                .formatted(config, line, shell.path("nothere.pem")),
            "%s: line %d: trust[0].roots[1]: %s is no certificate file"
                .formatted(config, line, rubbish),
            "line %d: colour: is not a key here".formatted(line + 1));
    Files.writeString(config, Files.readString(config).replace("colour: blue\n", ""));
    assertThat(
            Shell.exactly(
                    "serve",
                    "--config",
                    config.toString(),
                    "--passphrase-file",
                    shell.passphraseFile().toString())
                .failed(2)
                .err())
        .contains("trust[0].roots[0]: there is no file");
  }

  @Test
  void an_address_that_leads_nowhere_is_doubted_but_not_refused() throws Exception {
    String file = shell.config().toString();
    assertThat(shell.run("config", "check", file).succeeded().err()).isEmpty();
    String text = Files.readString(shell.config());
    Files.writeString(shell.config(), text.replace("http: \":8080\"", "http: \":80\""));
    assertThat(shell.run("config", "check", file).succeeded().err())
        .contains("publish.url is http://pki.", ":8080, but listen.http is port 80");
    Files.writeString(shell.config(), text.replace("http: \":8080\"", "http: off"));
    assertThat(shell.run("config", "check", file, "--json").succeeded().out())
        .contains("\"warnings\"", "but listen.http is off");
  }

  @Test
  void init_is_told_where_it_will_listen_before_the_first_certificate_is_made() throws Exception {
    Path config = shell.path("ports/postern.yaml");
    Files.createDirectories(shell.path("ports"));
    Shell.exactly(
            "init",
            "--name",
            "Ports",
            "--domain",
            "example.org",
            "--https",
            ":443",
            "--http",
            ":80",
            "--config",
            config.toString(),
            "--passphrase-file",
            shell.passphraseFile().toString())
        .succeeded();
    assertThat(Files.readString(config))
        .contains("https: \":443\"", "http: \":80\"", "url: http://pki.example.org\n");
    assertThat(Shell.exactly("config", "check", config.toString()).succeeded().err()).isEmpty();
    assertThat(
            Shell.exactly("init", "--name", "X", "--https", "here", "--config", config + "2")
                .failedInOneLine(2))
        .contains("--https: an address to listen on is");
  }

  @Test
  void a_mistyped_name_is_met_with_the_one_that_was_meant() {
    assertThat(shell.run("user", "show", "alcie").failedInOneLine(1))
        .endsWith("there is no user alcie; did you mean alice?");
    assertThat(shell.run("user", "show", "zebedee").failedInOneLine(1))
        .endsWith("there is no user zebedee; postern user add zebedee makes one");
    assertThat(shell.run("revoke", "alcie").failedInOneLine(1))
        .endsWith("there is no user, serial number or file alcie; did you mean alice?");
    assertThat(shell.run("revoke", "zebedee").failedInOneLine(1))
        .endsWith("there is no user, serial number or file zebedee");
  }

  @Test
  void a_user_is_described_anew_and_a_new_group_is_said() {
    shell.run("user", "add", "dora", "--group", "first-shift").succeeded();
    assertThat(shell.run("user", "add", "dolf", "--group", "frist-shift").succeeded().err())
        .contains("Group frist-shift is new; did you mean first-shift?");
    assertThat(shell.run("user", "add", "doug", "--group", "FIRST-shift").succeeded().err())
        .doesNotContain("is new");
    assertThat(
            shell
                .run("user", "set", "dora", "--display-name", "Dora X", "--email", "d@example.com")
                .succeeded()
                .out())
        .startsWith("Changed dora (Dora X), d@example.com, groups first-shift");
    assertThat(shell.run("user", "set", "dora", "--email", "-").succeeded().out())
        .startsWith("Changed dora (Dora X), groups");
    assertThat(shell.run("user", "set", "dora", "--email", "d").failedInOneLine(1))
        .contains("not an e-mail address");
    assertThat(shell.run("user", "set", "dora").failedInOneLine(2)).contains("say what to change");
  }

  @Test
  void whoever_shuts_the_console_s_only_door_is_told() {
    shell.run("user", "add", "root1", "--group", "postern-admins").succeeded();
    shell.run("issue", "client", "root1", "--out", shell.path("root1.p12").toString()).succeeded();
    assertThat(shell.run("user", "disable", "root1").succeeded().err())
        .contains("no member of postern-admins can sign in to the console now");
    assertThat(shell.run("user", "enable", "root1").succeeded().err())
        .doesNotContain("can sign in");
    assertThat(shell.run("revoke", "root1").succeeded().err()).contains("can sign in");
  }

  @Test
  void a_client_certificate_comes_as_pkcs12_under_the_printed_password() throws Exception {
    Path file = shell.path("alice.p12");
    String out =
        shell
            .run("issue", "client", "alice", "--device", "laptop", "--out", file.toString())
            .succeeded()
            .out();
    var password = Pattern.compile("Password: +(\\S+)").matcher(out);
    assertThat(password.find()).isTrue();

    assertThat(mode(file)).isEqualTo("rw-------");
    var opened = open(file, password.group(1));
    Certificate certificate = opened.certificates().getFirst();
    assertThat(opened.keys()).hasSize(1);
    assertThat(opened.certificates()).hasSize(2);
    assertThat(certificate.subject()).hasToString("CN=Alice (laptop),UID=alice,O=Example");
    assertThat(certificate.extendedKeyUsage().orElseThrow())
        .containsExactly(KeyPurpose.CLIENT_AUTH);
    assertThat(Pkcs12.open(Bytes.of(Files.readAllBytes(file))))
        .isInstanceOf(Pkcs12.Opening.WrongPassword.class);
  }

  private static Pkcs12.Opening.Opened open(Path file, String password) throws IOException {
    var opening =
        Pkcs12.open(Bytes.of(Files.readAllBytes(file)), Passphrase.of(password.toCharArray()));
    assertThat(opening).isInstanceOf(Pkcs12.Opening.Opened.class);
    return (Pkcs12.Opening.Opened) opening;
  }

  @Test
  void a_server_certificate_comes_as_pem_with_an_encrypted_key() throws Exception {
    Path file = shell.path("wiki.pem");
    shell
        .run(
            "issue",
            "server",
            "wiki.example.com",
            "--name",
            "ip:192.0.2.1",
            "--out",
            file.toString(),
            "--password-file",
            shell.passphraseFile().toString())
        .succeeded();
    List<Certificate> chain = Pem.certificates(Files.readAllBytes(file));
    assertThat(chain).hasSize(2);
    assertThat(chain.getFirst().subjectAlternativeNames().toString()).contains("wiki.example.com");
    var key = KeyFile.open(shell.path("wiki.key"), Passphrase.of(Shell.PASSPHRASE.toCharArray()));
    assertThat(key.key().matches(chain.getFirst())).isTrue();
    assertThat(key.cautions()).isEmpty();
  }

  @Test
  void an_existing_file_is_not_overwritten_and_nothing_is_issued() throws Exception {
    Files.writeString(shell.path("alice.p12"), "precious");
    String line =
        shell
            .run("issue", "client", "alice", "--out", shell.path("alice.p12").toString())
            .failedInOneLine(2);
    assertThat(line).contains("exists already").contains("--force");
    assertThat(shell.path("alice.p12")).hasContent("precious");
    assertThat(shell.run("list").succeeded().out()).contains("No certificates");
  }

  @Test
  void an_unknown_or_disabled_user_gets_no_certificate() {
    assertThat(
            shell
                .run("issue", "client", "carol", "--out", shell.path("c.p12").toString())
                .failedInOneLine(1))
        .contains("there is no user carol");
    shell.run("user", "disable", "alice").succeeded();
    assertThat(
            shell
                .run("issue", "client", "alice", "--out", shell.path("a.p12").toString())
                .failedInOneLine(1))
        .contains("disabled");
    shell.run("user", "enable", "alice").succeeded();
    shell.run("issue", "client", "alice", "--out", shell.path("a.p12").toString()).succeeded();
    assertThat(shell.path("c.p12")).doesNotExist();
  }

  @Test
  void every_problem_of_a_request_is_said_at_once() {
    var outcome =
        shell.run(
            "issue",
            "server",
            "under_score.example",
            "--name",
            "email:a@example.com",
            "--validity",
            "999d",
            "--out",
            shell.path("x.pem").toString());
    outcome.failed(1);
    assertThat(outcome.err().lines()).hasSize(3);
    assertThat(outcome.err()).contains("under_score", "email:a@example.com", "999 days");
    assertThat(shell.path("x.pem")).doesNotExist();
    assertThat(shell.path("x.key")).doesNotExist();
  }

  @Test
  void a_wrong_passphrase_is_one_line_and_issues_nothing() throws Exception {
    Path wrong = Files.writeString(shell.path("wrong"), "not the passphrase");
    String line =
        Shell.exactly(
                "issue",
                "client",
                "alice",
                "--config",
                shell.config().toString(),
                "--passphrase-file",
                wrong.toString(),
                "--out",
                shell.path("a.p12").toString())
            .failedInOneLine(2);
    assertThat(line).contains("issuing.key").contains("passphrase");
    assertThat(shell.path("a.p12")).doesNotExist();
  }

  @Test
  void renewal_keeps_the_names_and_takes_a_new_key() throws Exception {
    shell
        .run(
            "issue",
            "client",
            "alice",
            "--out",
            shell.path("a.p12").toString(),
            "--password-file",
            shell.passphraseFile().toString())
        .succeeded();
    Certificate old = open(shell.path("a.p12"), Shell.PASSPHRASE).certificates().getFirst();
    shell
        .run(
            "renew",
            old.serialNumber().tail(),
            "--out",
            shell.path("b.p12").toString(),
            "--password-file",
            shell.passphraseFile().toString())
        .succeeded();
    Certificate renewed = open(shell.path("b.p12"), Shell.PASSPHRASE).certificates().getFirst();
    assertThat(renewed.subject()).isEqualTo(old.subject());
    assertThat(renewed.subjectAlternativeNames()).isEqualTo(old.subjectAlternativeNames());
    assertThat(renewed.publicKey()).isNotEqualTo(old.publicKey());
    assertThat(renewed.serialNumber()).isNotEqualTo(old.serialNumber());
  }

  @Test
  void list_and_show_tell_what_was_issued() throws Exception {
    shell.run("issue", "client", "alice", "--out", shell.path("a.p12").toString()).succeeded();
    shell.run("issue", "client", "bob", "--out", shell.path("b.p12").toString()).succeeded();

    JsonNode all = new ObjectMapper().readTree(shell.run("list", "--json").succeeded().out());
    assertThat(all).hasSize(2);
    JsonNode alice =
        new ObjectMapper()
            .readTree(shell.run("list", "--json", "--user", "alice").succeeded().out());
    assertThat(alice).hasSize(1);
    String serial = alice.get(0).get("serial").asText();
    assertThat(shell.run("list").succeeded().out())
        .contains("alice")
        .contains("…" + serial.substring(serial.length() - 8));
    assertThat(shell.run("show", serial).succeeded().out())
        .contains("Client certificate \"Alice\"")
        .contains(serial);
    assertThat(shell.run("show", "--pem", serial).succeeded().out())
        .startsWith("-----BEGIN CERTIFICATE-----");
    assertThat(shell.run("show", "00000000").failedInOneLine(1))
        .contains("no certificate was issued");
    assertThat(shell.run("show", "zz").failedInOneLine(2)).contains("not a serial number");
  }

  @Test
  void users_and_groups_are_kept() throws Exception {
    shell.run("group", "add", "admins", "alice", "bob").succeeded();
    shell.run("group", "remove", "admins", "bob").succeeded();
    JsonNode users =
        new ObjectMapper().readTree(shell.run("user", "list", "--json").succeeded().out());
    assertThat(users.get(0).get("groups").toString()).isEqualTo("[\"admins\",\"staff\"]");
    assertThat(shell.run("group", "list").succeeded().out()).contains("admins  alice");
    assertThat(shell.run("user", "add", "ALICE").failedInOneLine(1)).containsIgnoringCase("alice");
    assertThat(shell.run("user", "add", "no spaces").failedInOneLine(1)).contains("no spaces");
    assertThat(shell.run("user", "disable", "nobody").failedInOneLine(1)).contains("nobody");
  }

  private JsonNode json(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    return new ObjectMapper().readTree(shell.run(all.toArray(String[]::new)).succeeded().out());
  }

  @Test
  void every_command_that_changes_something_tells_programs_what_came_of_it() throws Exception {
    assertThat(json("user", "add", "zoe", "--group", "staff").path("name").asText())
        .isEqualTo("zoe");
    assertThat(json("user", "set", "zoe", "--display-name", "Zoe Z").path("displayName").asText())
        .isEqualTo("Zoe Z");
    assertThat(json("user", "disable", "zoe").path("state").asText()).isEqualTo("disabled");
    assertThat(json("user", "enable", "zoe").path("state").asText()).isEqualTo("enabled");
    assertThat(json("group", "add", "admins", "zoe", "bob").findValuesAsText("name"))
        .containsExactly("zoe", "bob");
    assertThat(json("group", "remove", "admins", "bob").get(0).path("groups")).isEmpty();
    String invitation = json("invite", "zoe").path("id").asText();
    assertThat(json("invitation", "withdraw", invitation).path("state").asText())
        .isEqualTo("withdrawn");
    assertThat(shell.run("invitation", "withdraw", "none", "--json").failedInOneLine(1))
        .contains("there is no invitation none");

    JsonNode issued = json("issue", "client", "zoe", "--out", shell.path("z.p12").toString());
    assertThat(issued.path("user").asText()).isEqualTo("zoe");
    assertThat(issued.path("file").asText()).endsWith("z.p12");
    assertThat(open(shell.path("z.p12"), issued.path("password").asText()).certificates())
        .isNotEmpty();
    String serial = issued.path("serial").asText();
    JsonNode server = json("issue", "server", "x.example.com", "--out", shell.path("x.pem") + "");
    assertThat(server.path("keyFile").asText()).endsWith("x.key");
    JsonNode renewed = json("renew", serial, "--out", shell.path("y.p12").toString());
    assertThat(renewed.path("serial").asText()).isNotEqualTo(serial);
    assertThat(json("show", serial).path("history").findValuesAsText("kind"))
        .contains("certificate.issued");
    assertThat(json("show", serial).path("lastUsedAt").isNull()).isTrue();
  }

  @Test
  void a_configuration_s_problems_are_told_to_programs_too() throws Exception {
    String config = shell.config().toString();
    assertThat(json("config", "check", config).path("good").asBoolean()).isTrue();
    Files.writeString(shell.config(), Files.readString(shell.config()) + "nonsense: 1\n");
    var outcome = shell.run("config", "check", config, "--json");
    assertThat(outcome.exit()).isEqualTo(2);
    JsonNode bad = new ObjectMapper().readTree(outcome.out());
    assertThat(bad.path("good").asBoolean(true)).isFalse();
    assertThat(bad.path("problems").get(0).asText()).contains("nonsense");
  }

  @Test
  void an_invitation_is_withdrawn_once_and_for_all() throws Exception {
    String id = json("invite", "alice").path("id").asText();
    assertThat(shell.run("invitation", "withdraw", id).succeeded().out())
        .contains("Withdrawn: invitation " + id + " of alice");
    assertThat(json("invitation", "list").get(0).path("state").asText()).isEqualTo("withdrawn");
    shell.run("invitation", "withdraw", id).succeeded();
    assertThat(shell.run("invitation", "withdraw", "0000").failedInOneLine(1))
        .contains("there is no invitation 0000");
  }

  @Test
  void control_characters_of_others_never_reach_the_terminal() {
    var outcome = shell.run("user", "show", "alice\u001b[31m");
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).doesNotContain("\u001b");
  }

  @Test
  void help_has_an_example_for_every_command() {
    for (String command :
        List.of(
            "demo",
            "init",
            "serve",
            "user",
            "group",
            "issue",
            "sign",
            "renew",
            "list",
            "show",
            "inspect",
            "config",
            "completion")) {
      assertThat(Shell.exactly(command, "--help").succeeded().out())
          .as(command)
          .contains("Example:");
    }
  }
}
