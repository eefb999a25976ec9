package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.authority.StatusChange;
import dev.postern.fakes.TestAuthority;
import dev.postern.path.PathValidation;
import dev.postern.path.PathValidator;
import dev.postern.path.Purpose;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.PathStatus;
import dev.postern.x509.Certificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RevokedCertificatesTest {
  private static final TestAuthority CA = TestAuthority.root("Root");

  @TempDir private Path folder;
  private SqlLedger ledger;
  private volatile Instant now = TestAuthority.NOW;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> now);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private RevokedCertificates index() {
    return new RevokedCertificates(
        ledger.revocations(), () -> now, () -> Duration.between(TestAuthority.NOW, now).toNanos());
  }

  /** The path of a certificate that has the serial number of one in the ledger. */
  private VerifiedPath path(Certificate issued) {
    Certificate leaf = CA.client(issued.subject()).serial(issued.serialNumber().value()).sign();
    var request =
        new PathValidator.Request(
            leaf, List.of(), List.of(CA.anchor()), Purpose.CLIENT, TestAuthority.NOW);
    return ((PathValidation.Valid) new PathValidator().validate(request)).path();
  }

  private void change(SqlLedger by, StatusChange wish, Certificate certificate) {
    by.revocations().change(List.of(certificate.serialNumber()), wish, ADMIN);
  }

  @Test
  void it_knows_what_was_revoked_before_and_what_it_follows() {
    Certificate before = LedgerFixture.issue(ledger, LedgerFixture.draft("alice"));
    Certificate later = LedgerFixture.issue(ledger, LedgerFixture.draft("bob"));
    change(ledger, new StatusChange.Revoke(CrlReason.SUPERSEDED), before);
    RevokedCertificates index = index();
    assertThat(index.status(path(before), now)).isInstanceOf(PathStatus.Revoked.class);
    assertThat(index.follow()).isFalse();

    change(ledger, new StatusChange.Suspend(), later);
    assertThat(index.status(path(later), now)).isInstanceOf(PathStatus.Good.class);
    assertThat(index.follow()).isTrue();
    assertThat(index.status(path(later), now)).isInstanceOf(PathStatus.Revoked.class);
    assertThat(index.size()).isEqualTo(2);

    change(ledger, new StatusChange.Release(), later);
    index.follow();
    assertThat(index.status(path(later), now)).isInstanceOf(PathStatus.Good.class);
    assertThat(index.status(path(before), now)).isInstanceOf(PathStatus.Revoked.class);
  }

  @Test
  void whoever_has_not_heard_of_the_ledger_for_long_no_longer_knows() {
    Certificate certificate = LedgerFixture.issue(ledger, LedgerFixture.draft("alice"));
    RevokedCertificates index = index();
    now = TestAuthority.NOW.plus(RevokedCertificates.PATIENCE);
    assertThat(index.status(path(certificate), now)).isInstanceOf(PathStatus.Good.class);
    now = now.plusMillis(1);
    assertThat(index.status(path(certificate), now))
        .isInstanceOfSatisfying(
            PathStatus.Unknown.class,
            unknown -> assertThat(unknown.evidence()).contains("could not be read since"));
    index.upToDate();
    assertThat(index.status(path(certificate), now)).isInstanceOf(PathStatus.Good.class);
  }

  @Test
  void what_is_known_to_be_revoked_stays_so_however_old_the_knowledge() {
    Certificate certificate = LedgerFixture.issue(ledger, LedgerFixture.draft("alice"));
    change(ledger, new StatusChange.Revoke(CrlReason.SUPERSEDED), certificate);
    RevokedCertificates index = index();
    now = now.plus(Duration.ofDays(1));
    assertThat(index.status(path(certificate), now)).isInstanceOf(PathStatus.Revoked.class);
  }

  @Test
  void a_ledger_that_another_file_took_the_place_of_is_no_longer_known() throws Exception {
    RevokedCertificates index = index();
    var quiet = new AtomicInteger();
    var listener =
        new LedgerWatch.Listener() {
          @Override
          public void changed() {
            index.follow();
          }

          @Override
          public void unchanged() {
            quiet.incrementAndGet();
          }
        };
    try (LedgerWatch _ = ledger.watch(listener)) {
      await(() -> quiet.get() > 0);
      Path file = folder.resolve("postern.db");
      Files.copy(file, folder.resolve("restored.db"));
      Files.move(folder.resolve("restored.db"), file, StandardCopyOption.REPLACE_EXISTING);
      await(() -> {
        int before = quiet.get();
        pause(200);
        return quiet.get() == before;
      });
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      pause(20);
    }
  }

  private static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_watch_brings_what_another_process_wrote_and_the_news_that_there_is_none()
      throws Exception {
    Certificate certificate = LedgerFixture.issue(ledger, LedgerFixture.draft("alice"));
    RevokedCertificates index = index();
    var heard = new CountDownLatch(1);
    var quiet = new CountDownLatch(2);
    var listener =
        new LedgerWatch.Listener() {
          @Override
          public void changed() {
            if (index.follow()) {
              heard.countDown();
            }
          }

          @Override
          public void unchanged() {
            index.upToDate();
            quiet.countDown();
          }
        };
    try (SqlLedger other = SqlLedger.open(ledger.file(), () -> now);
        LedgerWatch _ = ledger.watch(listener)) {
      assertThat(quiet.await(5, TimeUnit.SECONDS)).isTrue();
      change(other, new StatusChange.Revoke(CrlReason.KEY_COMPROMISE), certificate);
      assertThat(heard.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(index.status(path(certificate), now)).isInstanceOf(PathStatus.Revoked.class);
    }
  }
}
