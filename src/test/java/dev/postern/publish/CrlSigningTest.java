package dev.postern.publish;

import static dev.postern.publish.PublishFixture.EVERY;
import static dev.postern.publish.PublishFixture.NOW;
import static dev.postern.publish.PublishFixture.VALIDITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ledger.CrlStore.Base;
import dev.postern.ledger.CrlStore.Head;
import dev.postern.ledger.CrlStore.Kind;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Signer;
import java.nio.file.Path;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a CRL is signed, and what is in it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrlSigningTest {
  private static final OptionalInt FULL = OptionalInt.empty();
  private static final Duration LONG = Duration.ofDays(90);

  @TempDir Path folder;
  private PublishFixture ca;

  @BeforeEach
  void open() {
    ca = new PublishFixture(folder, 1, false);
  }

  private void open(int shards, boolean deltas) {
    ca.close();
    ca = new PublishFixture(folder, shards, deltas);
  }

  @AfterEach
  void close() {
    ca.close();
  }

  private static String hex(Certificate certificate) {
    return certificate.serialNumber().hex();
  }

  private static boolean lists(X509CRL crl, Certificate certificate) {
    return crl.getRevokedCertificate(certificate.serialNumber().value()) != null;
  }

  @Test
  void a_list_is_signed_at_first_on_schedule_and_when_something_changed() throws Exception {
    Certificate certificate = ca.issue(LONG);
    assertThat(ca.signing().signDue()).isEqualTo(1);
    assertThat(ca.number()).isEqualTo(1);
    assertThat(ca.full().getRevokedCertificates()).isNull();
    assertThat(ca.full().getThisUpdate()).isEqualTo(Date.from(NOW));
    assertThat(ca.full().getNextUpdate()).isEqualTo(Date.from(NOW.plus(VALIDITY)));
    assertThat(ca.signing().signDue()).as("nothing happened").isZero();
    ca.now = NOW.plus(EVERY).minusSeconds(1);
    assertThat(ca.signing().signDue()).as("a second before").isZero();
    ca.now = NOW.plus(EVERY);
    assertThat(ca.signing().signDue()).as("on schedule").isEqualTo(1);
    ca.revoking.revoke(hex(certificate), 4);
    assertThat(ca.signing().signDue()).as("revoked").isEqualTo(1);
    assertThat(ca.number()).isEqualTo(3);
    assertThat(
            ca.full()
                .getRevokedCertificate(certificate.serialNumber().value())
                .getRevocationReason())
        .isEqualTo(CRLReason.SUPERSEDED);
    assertThat(ca.signing().signDue()).isZero();
  }

  @Test
  void a_clock_that_was_set_back_does_not_stop_the_schedule() {
    ca.signing().signDue();
    ca.now = NOW.minus(Duration.ofHours(1));
    assertThat(ca.signing().signDue()).isEqualTo(1);
    assertThat(ca.number()).isEqualTo(2);
  }

  @Test
  void an_expired_certificate_stays_for_one_period_after_its_end() throws Exception {
    Certificate certificate = ca.issue(Duration.ofDays(30));
    ca.revoking.revoke(hex(certificate), 1);
    Instant last = certificate.notAfter().plus(VALIDITY);
    ca.now = last;
    ca.signing().signDue();
    assertThat(lists(ca.full(), certificate)).isTrue();
    ca.now = last.plus(EVERY);
    ca.signing().signDue();
    assertThat(lists(ca.full(), certificate)).isFalse();
  }

  @Test
  void a_hold_comes_and_goes_and_a_delta_says_that_it_went() throws Exception {
    open(1, true);
    Certificate held = ca.issue(LONG);
    Certificate revoked = ca.issue(LONG);
    ca.revoking.suspend(hex(held));
    ca.signing().signDue();
    assertThat(ca.full().getRevokedCertificate(held.serialNumber().value()).getRevocationReason())
        .isEqualTo(CRLReason.CERTIFICATE_HOLD);
    ca.revoking.release(hex(held));
    ca.revoking.revoke(hex(revoked), 0);
    ca.signing().signDue();
    assertThat(lists(ca.full(), held)).isFalse();
    X509CRL delta = ca.crl(FULL, Kind.DELTA);
    assertThat(delta.getRevokedCertificate(held.serialNumber().value()).getRevocationReason())
        .isEqualTo(CRLReason.REMOVE_FROM_CRL);
    assertThat(delta.getRevokedCertificate(revoked.serialNumber().value()).hasExtensions())
        .as("unspecified is left out")
        .isFalse();
    Head head = ca.head(FULL, Kind.DELTA).orElseThrow();
    assertThat(head.base().number()).isEqualTo(1);
  }

  /** RFC 5280 §5.2.3, §5.2.4: one number when they are issued at the same time, else never. */
  @Test
  void a_list_and_a_delta_of_one_moment_share_their_number_and_later_ones_do_not()
      throws Exception {
    open(1, true);
    ca.signing().signDue();
    ca.revoking.revoke(hex(ca.issue(LONG)), 1);
    ca.signing().signDue();
    Head base = ca.head(FULL, Kind.BASE).orElseThrow();
    Head delta = ca.head(FULL, Kind.DELTA).orElseThrow();
    assertThat(delta.number()).isEqualTo(base.number());
    assertThat(delta.thisUpdate()).isEqualTo(base.thisUpdate());
    assertThat(delta.position()).isEqualTo(base.position());
    assertThat(ca.crl(FULL, Kind.DELTA).getRevokedCertificates())
        .isEqualTo(ca.full().getRevokedCertificates());
    ca.now = NOW.plus(Duration.ofHours(1));
    ca.signing().signDue();
    assertThat(ca.head(FULL, Kind.DELTA).orElseThrow().number()).isGreaterThan(base.number());
    assertThat(ca.head(FULL, Kind.BASE)).contains(base);
  }

  @Test
  void deltas_refer_to_the_list_before_the_last_scheduled_one() {
    open(1, true);
    ca.signing().signDue();
    long first = ca.number();
    ca.now = NOW.plus(EVERY);
    ca.signing().signDue();
    assertThat(ca.head(FULL, Kind.DELTA).orElseThrow().base().number()).isEqualTo(first);
    ca.revoking.revoke(hex(ca.issue(LONG)), 1);
    ca.signing().signDue(); // whoever has either of the two can use it
    long third = ca.number();
    assertThat(ca.head(FULL, Kind.DELTA).orElseThrow().base().number()).isEqualTo(first);
    ca.now = NOW.plus(EVERY).plus(Duration.ofHours(1));
    assertThat(ca.signing().signDue()).as("the delta alone").isEqualTo(1);
    assertThat(ca.number()).isEqualTo(third);
    ca.now = NOW.plus(EVERY.multipliedBy(2));
    ca.signing().signDue();
    assertThat(ca.head(FULL, Kind.DELTA).orElseThrow().base().number()).isEqualTo(third);
  }

  @Test
  void of_the_shards_only_the_one_that_changed_is_signed_again() throws Exception {
    open(4, false);
    Certificate certificate = ca.issue(LONG);
    int shard = certificate.serialNumber().value().mod(java.math.BigInteger.valueOf(4)).intValue();
    assertThat(ca.signing().signDue()).isEqualTo(5);
    ca.revoking.revoke(hex(certificate), 1);
    assertThat(ca.signing().signDue()).as("the full one and its shard").isEqualTo(2);
    assertThat(lists(ca.full(), certificate)).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(lists(ca.crl(OptionalInt.of(i), Kind.BASE), certificate)).isEqualTo(i == shard);
    }
  }

  @Test
  void a_list_that_was_overtaken_is_not_kept() {
    ca.signing().signDue();
    Head first = ca.head(FULL, Kind.BASE).orElseThrow();
    Bytes der = ca.ledger.crls().der(first).orElseThrow();
    assertThat(ca.ledger.crls().keep(with(first, 1, first.position()), der)).isFalse();
    assertThat(ca.ledger.crls().keep(with(first, 5, first.position() + 3), der)).isTrue();
    assertThat(ca.ledger.crls().keep(with(first, 6, first.position()), der))
        .as("newer number, older knowledge")
        .isFalse();
    assertThat(ca.ledger.crls().keep(with(first, 4, first.position() + 3), der)).isFalse();
    assertThat(ca.number()).isEqualTo(5);
  }

  private static Head with(Head head, long number, long position) {
    return new Head(
        head.scope(), number, head.thisUpdate(), head.nextUpdate(), position, new Base(0, 0));
  }

  @Test
  void a_signer_that_fails_takes_nothing_away() {
    ca.signing().signDue();
    Certificate certificate = ca.issue(LONG);
    ca.revoking.revoke(hex(certificate), 1);
    CrlSigning failing =
        ca.signing(() -> {
          throw new Signer.SignerUnavailable("the token is gone", new Exception());
        });
    var published = new PublishedCrls(ca.ledger.crls(), ca.issuer.keyIdentifier());
    published.refresh();
    assertThatThrownBy(failing::signDue).isInstanceOf(Signer.SignerUnavailable.class);
    published.refresh();
    assertThat(published.find(FULL, Kind.BASE)).isPresent();
    assertThat(ca.number()).isEqualTo(1);
    assertThat(ca.signing().signDue()).as("the signer is back").isEqualTo(1);
    assertThat(ca.number()).as("a number is never used twice").isGreaterThan(1);
  }
}
