package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static dev.postern.ledger.LedgerFixture.issue;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.authority.Ledger;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.revocation.RevokedSerials;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RevocationsTest {
  private static final StatusChange REVOKE = new StatusChange.Revoke(CrlReason.KEY_COMPROMISE);
  private static final StatusChange SUSPEND = new StatusChange.Suspend();
  private static final StatusChange RELEASE = new StatusChange.Release();

  @TempDir private Path folder;
  private SqlLedger ledger;
  private Instant now = NOW;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> now);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private Revocation change(StatusChange wish, Certificate... certificates) {
    List<SerialNumber> serials =
        Arrays.stream(certificates).map(Certificate::serialNumber).toList();
    return ledger.revocations().change(serials, wish, ADMIN);
  }

  private Optional<Revoked> status(Certificate certificate) {
    return ledger.withSerial(certificate.serialNumber()).flatMap(Ledger.Entry::revoked);
  }

  @Test
  void a_revocation_is_there_with_its_event_after_reopening() {
    Certificate certificate = issue(ledger, draft("alice"));
    Certificate other = issue(ledger, draft("alice"));
    assertThat(((Revocation.Done) change(REVOKE, certificate)).changed())
        .extracting(entry -> entry.revoked().orElseThrow().reason())
        .containsExactly(CrlReason.KEY_COMPROMISE);
    close();
    open();
    assertThat(status(certificate)).contains(new Revoked(NOW, CrlReason.KEY_COMPROMISE));
    assertThat(status(other)).isEmpty();
    assertThat(ledger.events().about(certificate.serialNumber().hex()))
        .extracting(Event::kind)
        .endsWith("certificate.revoked");
    assertThat(ledger.list(CertificateQuery.ALL.user("alice")).entries())
        .extracting(entry -> entry.revoked().isPresent())
        .containsExactlyInAnyOrder(true, false);
  }

  @Test
  void a_second_time_nothing_changes_and_no_event_is_written() {
    Certificate certificate = issue(ledger, draft("alice"));
    change(REVOKE, certificate);
    long position = ledger.events().position();
    now = NOW.plusSeconds(60);
    var done = (Revocation.Done) change(new StatusChange.Revoke(CrlReason.SUPERSEDED), certificate);
    assertThat(done.changed()).isEmpty();
    assertThat(done.unchanged()).hasSize(1);
    assertThat(status(certificate)).contains(new Revoked(NOW, CrlReason.KEY_COMPROMISE));
    assertThat(ledger.events().position()).isEqualTo(position);
  }

  @Test
  void a_compromise_that_is_found_out_later_is_written_and_moves_no_date() {
    Certificate certificate = issue(ledger, draft("alice"));
    change(new StatusChange.Revoke(CrlReason.SUPERSEDED), certificate);
    long position = ledger.events().position();
    now = NOW.plusSeconds(60);
    assertThat(((Revocation.Done) change(REVOKE, certificate)).changed()).hasSize(1);
    assertThat(status(certificate)).contains(new Revoked(NOW, CrlReason.KEY_COMPROMISE));
    assertThat(ledger.events().position()).isEqualTo(position + 1);
  }

  @Test
  void a_hold_ends_and_can_begin_again() {
    Certificate certificate = issue(ledger, draft("alice"));
    change(SUSPEND, certificate);
    assertThat(status(certificate)).contains(new Revoked(NOW, CrlReason.CERTIFICATE_HOLD));
    change(RELEASE, certificate);
    assertThat(status(certificate)).isEmpty();
    change(SUSPEND, certificate);
    change(REVOKE, certificate);
    assertThat(status(certificate)).contains(new Revoked(NOW, CrlReason.KEY_COMPROMISE));
    assertThat(ledger.events().about(certificate.serialNumber().hex()))
        .extracting(Event::kind)
        .containsSubsequence(
            "certificate.suspended",
            "certificate.released",
            "certificate.suspended",
            "certificate.revoked");
  }

  @Test
  void what_is_revoked_is_not_released() {
    Certificate certificate = issue(ledger, draft("alice"));
    change(REVOKE, certificate);
    assertThat(change(RELEASE, certificate)).isInstanceOf(Revocation.Refused.class);
    assertThat(status(certificate)).isPresent();
  }

  @Test
  void a_serial_number_that_was_never_issued_is_an_error_and_the_others_stay() {
    Certificate certificate = issue(ledger, draft("alice"));
    LedgerFixture.Draft intended = draft("bob");
    ledger.intend(intended.intent());
    for (SerialNumber unknown :
        List.of(new SerialNumber(BigInteger.TEN), intended.intent().serial())) {
      Revocation outcome =
          ledger.revocations().change(List.of(certificate.serialNumber(), unknown), REVOKE, ADMIN);
      assertThat(((Revocation.Refused) outcome).reason()).contains(unknown.hex());
      assertThat(status(certificate)).isEmpty();
    }
    assertThat(ledger.events().after(0, 100))
        .noneMatch(event -> event.kind().equals("certificate.revoked"));
  }

  @Test
  void whoever_follows_hears_of_each_change_once() {
    Certificate alice = issue(ledger, draft("alice"));
    Certificate bob = issue(ledger, draft("bob"));
    change(SUSPEND, alice, bob);
    List<RevokedSerials.Change> heard = new ArrayList<>();
    long position = ledger.revocations().changesAfter(0, heard::addAll);
    assertThat(heard).extracting(each -> each.status().isPresent()).containsExactly(true, true);
    heard.clear();
    assertThat(ledger.revocations().changesAfter(position, heard::addAll)).isEqualTo(position);
    assertThat(heard).isEmpty();
    change(RELEASE, bob);
    ledger.revocations().changesAfter(position, heard::addAll);
    assertThat(heard)
        .containsExactly(new RevokedSerials.Change(bob.serialNumber(), Optional.empty()));
  }
}
