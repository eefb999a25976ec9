package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.authority.Requester;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.KnownStatuses;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.publish.OcspService.Responder;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Certificate;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Help.Ansi;

/** Who signs OCSP answers, and who no longer does. */
@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
class ResponderCertificatesTest {
  @TempDir private Path folder;
  private Terminal terminal;
  private Workspace workspace;
  private RevokedCertificates revoked;
  private KnownStatuses statuses;
  private ResponderCertificates responders;
  private Shell shell;

  @BeforeEach
  void open() throws Exception {
    shell = Shell.initialised(folder);
    var nowhere = new PrintStream(OutputStream.nullOutputStream());
    terminal = new Terminal(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Ansi.OFF);
    workspace = Workspace.open(shell.config(), Optional.of(shell.passphraseFile()), terminal);
    revoked = workspace.revoked();
    statuses =
        new KnownStatuses(
            workspace.ledger().statuses(), workspace.issuer().keyIdentifier(), revoked);
    responders = new ResponderCertificates(workspace, statuses, terminal);
  }

  @AfterEach
  void close() {
    workspace.close();
  }

  private void change(Certificate certificate, StatusChange wish) {
    assertThat(
            workspace
                .ledger()
                .revocations()
                .change(List.of(certificate.serialNumber()), wish, new Requester("test")))
        .isInstanceOf(Revocation.Done.class);
    revoked.follow();
  }

  static Stream<StatusChange> revocations() {
    return Stream.of(new StatusChange.Revoke(CrlReason.KEY_COMPROMISE), new StatusChange.Suspend());
  }

  @ParameterizedTest
  @MethodSource("revocations")
  void a_revoked_responder_signs_nothing_more_and_its_key_neither(StatusChange wish) {
    Responder first = responders.get();
    change(first.certificate(), wish);
    Responder second = responders.get();
    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    assertThat(second.certificate().publicKey()).isNotEqualTo(first.certificate().publicKey());
    assertThat(second.signer().publicKey()).isEqualTo(second.certificate().publicKey());
    assertThat(responders.get()).isSameAs(second);
    assertThat(new ResponderCertificates(workspace, statuses, terminal).get().certificate())
        .as("after a restart")
        .isEqualTo(second.certificate());
  }

  @Test
  void an_administrator_who_asks_what_ends_is_not_shown_what_renews_itself() {
    responders.get();
    new ServerCertificates(workspace).certificate("own.test");
    String p12 = shell.path("alice.p12").toString();
    shell.run("user", "add", "zoe").succeeded();
    shell.run("issue", "client", "zoe", "--out", p12).succeeded();
    assertThat(shell.run("list").succeeded().out()).contains("OCSP responder", "own.test", "zoe");
    assertThat(shell.run("list", "--expiring", "800d").succeeded().out())
        .contains("zoe")
        .doesNotContain("OCSP responder")
        .doesNotContain("own.test");
    assertThat(shell.run("list", "--expiring", "800d", "--profile", "server").succeeded().out())
        .contains("No certificate fits.");
  }

  @Test
  void a_server_that_starts_does_not_take_up_what_was_revoked() {
    Certificate first = responders.get().certificate();
    change(first, new StatusChange.Revoke(CrlReason.SUPERSEDED));
    Certificate second =
        new ResponderCertificates(workspace, statuses, terminal).get().certificate();
    assertThat(second.publicKey()).isNotEqualTo(first.publicKey());
  }

  @Test
  void a_good_one_stays_whatever_else_is_revoked() {
    Responder first = responders.get();
    change(server(), new StatusChange.Revoke(CrlReason.KEY_COMPROMISE));
    assertThat(responders.get()).isSameAs(first);
    assertThat(new ResponderCertificates(workspace, statuses, terminal).get().certificate())
        .as("after a restart")
        .isEqualTo(first.certificate());
  }

  private Certificate server() {
    var certificates = new ServerCertificates(workspace);
    assertThat(certificates.identity("localhost")).isNotNull();
    return certificates.known().values().iterator().next();
  }
}
