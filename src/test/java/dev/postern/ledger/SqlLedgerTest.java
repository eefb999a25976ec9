package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static dev.postern.ledger.LedgerFixture.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.postern.authority.Ledger;
import dev.postern.keys.SelfSigned;
import dev.postern.ledger.LedgerFixture.Draft;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SqlLedgerTest {
  @TempDir Path folder;

  private Instant now = NOW;
  private SqlLedger ledger;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), clock());
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private InstantSource clock() {
    return () -> now;
  }

  @Test
  void an_issued_certificate_is_found_by_serial_and_fingerprint_after_reopening() {
    Certificate certificate = issue(ledger, draft("alice"));
    close();
    open();
    var expected =
        Optional.of(
            new Ledger.Entry(
                certificate, "client", Optional.of("alice"), ADMIN, NOW, Optional.empty()));
    assertThat(ledger.withSerial(certificate.serialNumber())).isEqualTo(expected);
    assertThat(ledger.withFingerprint(certificate.fingerprint())).isEqualTo(expected);
  }

  @Test
  void what_was_never_issued_is_not_found() {
    issue(ledger, draft("alice"));
    assertThat(ledger.withSerial(new SerialNumber(BigInteger.TEN))).isEmpty();
    assertThat(ledger.withFingerprint(Bytes.of(new byte[32]))).isEmpty();
  }

  @Test
  void an_intent_alone_is_no_certificate_and_is_listed_as_abandoned() {
    Draft draft = draft("alice");
    ledger.intend(draft.intent());
    assertThat(ledger.withSerial(draft.intent().serial())).isEmpty();
    assertThat(ledger.list(CertificateQuery.ALL).entries()).isEmpty();
    assertThat(ledger.abandoned(NOW.plusSeconds(1))).containsExactly(draft.intent());
  }

  @Test
  void a_completed_or_a_recent_intent_is_not_abandoned() {
    issue(ledger, draft("alice"));
    ledger.intend(draft("bob").intent());
    assertThat(ledger.abandoned(NOW)).isEmpty();
  }

  @Test
  void a_serial_number_is_never_used_twice_completed_or_not() {
    Draft draft = draft("alice");
    ledger.intend(draft.intent());
    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.intend(draft.intent()))
        .withMessageContaining("serial number used before: " + draft.intent().serial());
    ledger.complete(draft.intent().serial(), draft.signed());
    assertThatIllegalStateException().isThrownBy(() -> ledger.intend(draft.intent()));
    assertThat(ledger.events().after(0, 10)).hasSize(2);
  }

  @Test
  void a_certificate_without_an_intent_is_not_recorded() {
    Draft draft = draft("alice");
    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.complete(draft.intent().serial(), draft.signed()));
    assertThat(ledger.withSerial(draft.intent().serial())).isEmpty();
  }

  @Test
  void a_certificate_that_is_not_the_intended_one_is_not_recorded() {
    Draft draft = draft("alice");
    ledger.intend(draft.intent());
    Draft other = draft("mallory", draft.intent().serial().value(), SelfSigned.NOT_AFTER, NOW);
    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.complete(draft.intent().serial(), other.signed()))
        .withMessageContaining("not what was intended");
    assertThat(ledger.withSerial(draft.intent().serial())).isEmpty();
    ledger.complete(draft.intent().serial(), draft.signed());
  }

  @Test
  void completing_again_changes_nothing_and_with_another_signature_is_refused() {
    Draft draft = draft("alice");
    Certificate certificate = issue(ledger, draft);
    ledger.complete(draft.intent().serial(), certificate);
    assertThat(ledger.events().position()).isEqualTo(2);
    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.complete(draft.intent().serial(), draft.signed()))
        .withMessageContaining("issued before");
  }

  @Test
  void a_serial_number_is_found_by_its_beginning_or_its_end() {
    Certificate certificate =
        issue(
            ledger,
            draft("alice", new BigInteger("0a1b2c3d4e5f60718293", 16), SelfSigned.NOT_AFTER, NOW));
    issue(ledger, draft("bob"));
    for (String part : List.of("0a1b2c", "0A:1B:2C:3D", certificate.serialNumber().tail())) {
      assertThat(ledger.withSerialLike(part))
          .extracting(Ledger.Entry::certificate)
          .containsExactly(certificate);
    }
  }

  @Test
  void the_middle_of_a_serial_number_finds_nothing_and_three_digits_are_too_few() {
    issue(
        ledger,
        draft("alice", new BigInteger("0a1b2c3d4e5f60718293", 16), SelfSigned.NOT_AFTER, NOW));
    assertThat(ledger.withSerialLike("2c3d4e")).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> ledger.withSerialLike("0a1"));
    assertThatIllegalArgumentException().isThrownBy(() -> ledger.withSerialLike("0a1%"));
  }

  @Test
  void pages_follow_each_other_newest_first_without_gaps_or_repetitions() {
    List<Certificate> issued = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      now = NOW.plusSeconds(i / 2); // some in the same millisecond
      issued.addFirst(issue(ledger, draft("alice")));
    }
    List<Certificate> read = new ArrayList<>();
    Page page = ledger.list(CertificateQuery.ALL.limit(3));
    page.entries().forEach(entry -> read.add(entry.certificate()));
    while (page.next().isPresent()) {
      page = ledger.list(CertificateQuery.ALL.limit(3).after(page.next().get()));
      page.entries().forEach(entry -> read.add(entry.certificate()));
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(issued).doesNotHaveDuplicates();
    assertThat(read.getFirst()).isEqualTo(issued.getFirst());
  }

  @Test
  void conditions_narrow_the_list() {
    Certificate alice = issue(ledger, draft("alice"));
    Certificate bob =
        issue(
            ledger, draft("bob", LedgerFixture.randomSerial(), NOW.plus(Duration.ofDays(3)), NOW));
    var all = CertificateQuery.ALL;
    assertThat(listed(all.user("ALICE"))).containsExactly(alice);
    assertThat(listed(all.user("carol"))).isEmpty();
    assertThat(listed(all.profile("client"))).hasSize(2);
    assertThat(listed(all.profile("server"))).isEmpty();
    assertThat(listed(all.expiringBefore(NOW.plus(Duration.ofDays(30))))).containsExactly(bob);
    assertThat(listed(all.expiringAfter(NOW.plus(Duration.ofDays(30))))).containsExactly(alice);
    assertThat(listed(all.text("BOB (LAP"))).containsExactly(bob);
    assertThat(listed(all.text("dns:localhost"))).hasSize(2);
    assertThat(listed(all.text(alice.serialNumber().tail()))).containsExactly(alice);
    assertThat(listed(all.text("lap bob"))).containsExactly(bob);
    assertThat(listed(all.text("bob alice"))).isEmpty();
    assertThat(listed(all.text("ptop"))).isEmpty();
    assertThat(listed(all.text("bo%"))).isEmpty();
    assertThat(listed(all.text("%"))).isEmpty();
    assertThat(listed(all.text("=user:bob"))).isEmpty();
    String serial = alice.serialNumber().hex();
    assertThat(listed(all.text(serial))).containsExactly(alice);
    assertThat(listed(all.text(serial.substring(0, 8)))).containsExactly(alice);
    assertThat(listed(all.text(serial.replaceAll("..(?!$)", "$0:").toUpperCase(Locale.ROOT))))
        .containsExactly(alice);
    assertThat(listed(all.text("' or 1=1 --"))).isEmpty();
  }

  private List<Certificate> listed(CertificateQuery query) {
    return ledger.list(query).entries().stream().map(Ledger.Entry::certificate).toList();
  }

  @Test
  void a_cursor_that_is_none_of_ours_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ledger.list(CertificateQuery.ALL.after("x")));
    assertThatIllegalArgumentException().isThrownBy(() -> CertificateQuery.ALL.limit(0));
  }

  @Test
  void each_write_has_its_event_and_events_are_read_on_from_a_position() {
    Draft draft = draft("alice");
    issue(ledger, draft);
    List<Event> events = ledger.events().after(0, 10);
    assertThat(events)
        .extracting(Event::position, Event::kind, Event::subject, Event::who)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                1L, "certificate.intended", draft.intent().serial().hex(), "cli:test"),
            org.assertj.core.groups.Tuple.tuple(
                2L, "certificate.issued", draft.intent().serial().hex(), "cli:test"));
    assertThat(events.getFirst().detail()).isEqualTo("{\"profile\":\"client\",\"user\":\"alice\"}");
    assertThat(ledger.events().after(1, 10)).containsExactly(events.get(1));
    assertThat(ledger.events().after(2, 10)).isEmpty();
    assertThat(ledger.events().about(draft.intent().serial().hex())).isEqualTo(events);
  }

  @Test
  void the_latest_event_tells_that_a_clock_was_set_back() {
    assertThat(ledger.latestEventAt()).isEmpty();
    issue(ledger, draft("alice"));
    now = NOW.minus(Duration.ofDays(1));
    issue(ledger, draft("bob"));
    assertThat(ledger.latestEventAt()).contains(NOW);
  }

  @Test
  void an_issuer_is_kept_once() {
    Certificate issuer = draft("Root").signed();
    ledger.addIssuer(issuer, ADMIN);
    ledger.addIssuer(issuer, ADMIN);
    assertThat(ledger.issuers()).containsExactly(issuer);
    assertThat(ledger.events().position()).isEqualTo(1);
  }

  @Test
  void a_serial_number_that_no_certificate_of_ours_has_is_a_mistake_of_the_caller() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ledger.withSerial(new SerialNumber(BigInteger.ONE.negate())));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ledger.withSerial(new SerialNumber(BigInteger.ONE.shiftLeft(160))));
  }
}
