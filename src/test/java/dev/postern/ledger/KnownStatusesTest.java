package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.authority.StatusChange;
import dev.postern.fakes.TestAuthority;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.IssuedStatus;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KnownStatusesTest {
  @TempDir private Path folder;
  private SqlLedger ledger;
  private volatile Instant now = TestAuthority.NOW;
  private RevokedCertificates revoked;
  private KnownStatuses statuses;
  private Certificate alice;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> now);
    alice = LedgerFixture.issue(ledger, LedgerFixture.draft("alice"));
    revoked =
        new RevokedCertificates(
            ledger.revocations(),
            () -> now,
            () -> Duration.between(TestAuthority.NOW, now).toNanos());
    statuses = new KnownStatuses(ledger.statuses(), alice.keyIdentifier(), revoked);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void memory_knows_who_was_asked_about_and_what_became_of_them() {
    SerialNumber serial = alice.serialNumber();
    assertThat(statuses.recall(serial)).as("not asked before").isEmpty();
    assertThat(statuses.of(serial)).isEqualTo(new IssuedStatus.Good());
    assertThat(statuses.recall(serial)).contains(new IssuedStatus.Good());

    ledger
        .revocations()
        .change(List.of(serial), new StatusChange.Revoke(CrlReason.SUPERSEDED), ADMIN);
    revoked.follow();
    IssuedStatus inTheLedger = ledger.statuses().of(alice.keyIdentifier(), serial);
    assertThat(inTheLedger).isInstanceOf(IssuedStatus.Revoked.class);
    assertThat(statuses.recall(serial)).contains(inTheLedger);
    assertThat(statuses.of(serial)).isEqualTo(inTheLedger);
  }

  @Test
  void what_was_never_issued_is_looked_up_each_time() {
    var made = new SerialNumber(BigInteger.valueOf(4711));
    assertThat(statuses.of(made)).isEqualTo(new IssuedStatus.NeverIssued());
    assertThat(statuses.recall(made)).isEmpty();
  }

  @Test
  void memory_that_was_not_looked_after_for_too_long_says_nothing() {
    statuses.of(alice.serialNumber());
    now = now.plus(RevokedCertificates.PATIENCE).plusMillis(1);
    assertThat(statuses.recall(alice.serialNumber())).isEmpty();
    revoked.upToDate();
    assertThat(statuses.recall(alice.serialNumber())).isPresent();
  }
}
