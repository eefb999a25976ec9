package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.fakes.MemoryLedger;
import dev.postern.fakes.TestAuthority;
import dev.postern.fakes.TestSigner;
import dev.postern.revocation.CrlDraft;
import dev.postern.revocation.CrlEntries;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VerifyCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String THEN = TestAuthority.NOW.toString();

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void setUp() throws IOException {
    shell = Shell.initialised(folder);
  }

  private String pem(String name, Certificate... chain) throws IOException {
    return Files.writeString(shell.path(name), Pem.write(List.of(chain))).toString();
  }

  private String alice() throws Exception {
    if (Files.exists(shell.path("alice.pem"))) {
      return shell.path("alice.pem").toString();
    }
    shell.run("issue", "client", "alice", "--out", shell.path("a.p12").toString()).succeeded();
    JsonNode list = JSON.readTree(shell.run("list", "--json").succeeded().out());
    String serial = list.findValuesAsText("serial").getFirst();
    String text = shell.run("show", "--pem", serial).succeeded().out();
    return Files.writeString(shell.path("alice.pem"), text).toString();
  }

  @Test
  void without_a_ca_the_trust_of_the_installation_counts() throws Exception {
    var good = shell.run("verify", alice(), "--purpose", "client").succeeded();
    assertThat(good.out())
        .startsWith("Valid as a client's: ")
        .contains("CN=Example Issuing CA", "trusted", "└─ CN=Alice", "Holds until");
    var bad = shell.run("verify", alice(), "--purpose", "server");
    assertThat(bad.exit()).isEqualTo(1);
    assertThat(bad.out()).startsWith("Not valid as a server's: ").contains("wrong-purpose", "→ ");
  }

  @Test
  void what_was_revoked_later_was_good_before() throws Exception {
    String file = alice();
    String before = Instant.now().toString();
    shell.run("suspend", "alice").succeeded();
    var now = shell.run("verify", file, "--json");
    assertThat(now.exit()).isEqualTo(1);
    assertThat(JSON.readTree(now.out()).path("revocation").asText()).isEqualTo("revoked");
    assertThat(shell.run("verify", file, "--at", before).succeeded().out()).startsWith("Valid");
    String after = Instant.now().plusSeconds(60).toString();
    assertThat(shell.run("verify", file, "--at", after).exit()).isEqualTo(1);
  }

  @Test
  void where_nobody_was_asked_about_revocation_that_is_said() throws Exception {
    String file = alice();
    String ca = shell.path("postern-data/ca/issuing.pem").toString();
    assertThat(shell.run("verify", file).succeeded().out()).doesNotContain("not asked");
    assertThat(shell.run("verify", file, "--ca", ca).succeeded().out())
        .endsWith("Revocation   not asked (give --crl or --ocsp)\n");
    String json = shell.run("verify", file, "--ca", ca, "--json").succeeded().out();
    assertThat(JSON.readTree(json).path("revocation").asText()).isEqualTo("not-asked");
    json = shell.run("verify", file, "--json").succeeded().out();
    assertThat(JSON.readTree(json).path("revocation").asText()).isEqualTo("good");
  }

  @Test
  void the_crl_files_of_foreign_authorities_count() throws Exception {
    TestSigner key = TestSigner.p256();
    Instant now = Instant.now();
    var serials = new AtomicLong(4711);
    Certificate root =
        Authority.root(DistinguishedName.parse("CN=Partner"), key, serial(serials), now);
    var partner =
        new Authority(
            new IssuerCertificate(root, List.of(), Optional.empty()),
            key,
            new MemoryLedger(root),
            () -> serial(serials),
            InstantSource.system());
    Certificate good = leaf(partner);
    Certificate revoked = leaf(partner);
    String trust =
        Files.readString(shell.config())
            + "\ntrust:\n  - name: partner\n    identity: subject.cn\n    roots: "
            + pem("partner.pem", root);
    Files.writeString(shell.config(), trust + "\n");
    assertThat(shell.run("verify", pem("revoked.pem", revoked)).succeeded().out())
        .contains("Revocation   not asked");
    var entries = new CrlEntries.Builder().add(revoked.serialNumber(), now, CrlReason.SUPERSEDED);
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    var list =
        CrlDraft.full(
            root.subject(),
            root.publicKey().keyIdentifier(),
            1,
            second,
            second.plusSeconds(3600),
            entries.build());
    Files.write(shell.path("partner.crl"), list.sign(key).toArray());
    Files.writeString(
        shell.config(),
        trust + "\n    revocation:\n      crl: " + shell.path("partner.crl") + "\n");
    var outcome = shell.run("verify", pem("revoked.pem", revoked));
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.out()).contains("(revoked)");
    assertThat(shell.run("verify", pem("good.pem", good)).succeeded().out())
        .doesNotContain("not asked");
  }

  private static SerialNumber serial(AtomicLong serials) {
    return new SerialNumber(
        BigInteger.ONE.shiftLeft(120).add(BigInteger.valueOf(serials.incrementAndGet())));
  }

  private static Certificate leaf(Authority authority) {
    var order =
        new Order(
            TestSigner.p256().publicKey(),
            DistinguishedName.parse("CN=wiki"),
            List.of(new GeneralName.DnsName("wiki.example.com")),
            Optional.empty(),
            Optional.of(Duration.ofDays(30)));
    return ((Issuance.Issued) authority.issue(order, Profile.SERVER, new Requester("test")))
        .certificate();
  }

  @Test
  void a_chain_of_others_is_drawn_from_the_root() throws Exception {
    TestAuthority root = TestAuthority.root("Other Root");
    TestAuthority issuing = root.issuing("Other Issuing");
    Certificate leaf =
        issuing
            .leaf(
                DistinguishedName.builder().commonName("Wiki").build(),
                GeneralName.parse("dns:wiki.test"))
            .sign();
    String file = pem("leaf.pem", leaf, issuing.certificate());
    String ca = pem("ca.pem", root.certificate());
    var good = Shell.exactly("verify", file, "--ca", ca, "--host", "wiki.test", "--at", THEN);
    assertThat(good.succeeded().out())
        .contains("  CN=Other Root  trusted\n  └─ CN=Other Issuing\n     └─ CN=Wiki\n");
    var other = Shell.exactly("verify", file, "--ca", ca, "--host", "mail.test", "--at", THEN);
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.out()).contains("it is not for this name", "CN=Wiki  ✗", "name-mismatch");
    var alone = Shell.exactly("verify", pem("alone.pem", leaf), "--ca", ca, "--at", THEN);
    assertThat(alone.exit()).isEqualTo(1);
    assertThat(alone.out()).contains("untrusted-issuer", "--intermediate");
    String between = pem("between.pem", issuing.certificate());
    Shell.exactly(
            "verify", pem("alone.pem", leaf), "--ca", ca, "--intermediate", between, "--at", THEN)
        .succeeded();
  }

  @Test
  void the_answer_can_be_had_as_json() throws Exception {
    JsonNode good = JSON.readTree(shell.run("verify", "--json", alice()).succeeded().out());
    assertThat(good.path("valid").asBoolean()).isTrue();
    assertThat(good.path("chain")).hasSize(2);
    var outcome = shell.run("verify", "--json", alice(), "--at", "2001-01-01");
    assertThat(outcome.exit()).isEqualTo(1);
    JsonNode bad = JSON.readTree(outcome.out());
    assertThat(bad.path("valid").asBoolean()).isFalse();
    assertThat(bad.path("reason").asText()).isEqualTo("not-yet-valid");
  }

  @Test
  void what_cannot_be_read_is_wrong_usage() throws Exception {
    Shell.exactly("verify").failedInOneLine(2);
    Shell.exactly("verify", shell.path("nowhere.pem").toString()).failedInOneLine(2);
    Files.writeString(shell.path("text"), "hello");
    Shell.exactly("verify", shell.path("text").toString()).failedInOneLine(2);
    shell.run("verify", alice(), "--at", "yesterday").failedInOneLine(2);
    shell.run("verify", alice(), "--crl", shell.path("text").toString()).failedInOneLine(2);
  }

  @Test
  void lines_are_answered_on_standard_output() {
    var lines = Shell.fed("{\"id\":1}\nnonsense\n", "verify", "--batch").succeeded();
    assertThat(lines.out().lines()).hasSize(2).allMatch(line -> line.contains("bad-request"));
    var parsed = Shell.fed("{\"id\":1}", "parse", "--batch", "--kind", "crl").succeeded();
    assertThat(parsed.out()).contains("\"REJECT\"");
    var opened = Shell.fed("{\"id\":1,\"p12\":\"\"}", "p12", "inspect", "--batch").succeeded();
    assertThat(opened.out()).contains("\"REJECT\"");
    assertThat(Shell.fed("", "verify", "--batch").succeeded().out()).isEmpty();
  }
}
