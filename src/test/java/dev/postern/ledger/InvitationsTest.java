package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.access.User;
import dev.postern.authority.Ledger;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.LedgerFixture.Draft;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class InvitationsTest {
  private static final Bytes CODE = Bytes.ofHex("00112233").sha256();
  private static final Bytes KEY = Bytes.ofHex("01").sha256();
  private static final Bytes OTHER_KEY = Bytes.ofHex("02").sha256();

  @TempDir private Path folder;
  private SqlLedger ledger;
  private Invitations invitations;
  private Instant now = NOW;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(folder.resolve("postern.db"), () -> now);
    invitations = ledger.invitations();
    ledger
        .users()
        .add(new User("alice", "Alice", Optional.empty(), Set.of(), User.State.ENABLED), ADMIN);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private Invitation invite() {
    return invitations.add(CODE, "Alice", Optional.of("laptop"), Duration.ofHours(24), ADMIN);
  }

  private Certificate enrol(Invitation invitation, Bytes key) {
    Draft draft = draft("alice");
    Ledger ending = invitations.ending(invitation, key, "192.0.2.1");
    ending.intend(draft.intent());
    Certificate certificate = draft.signed();
    ending.complete(draft.intent().serial(), certificate);
    return certificate;
  }

  @Test
  void an_invitation_is_worth_one_certificate() {
    Invitation made = invite();
    assertThat(made.user()).isEqualTo("alice");
    assertThat(made.isOpenAt(now)).isTrue();
    assertThat(invitations.withCode(CODE)).contains(made);
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Granted.class);
    Certificate certificate = enrol(made, KEY);
    Invitation used = invitations.withId(made.id()).orElseThrow();
    assertThat(used.state())
        .isEqualTo(new Invitation.State.Used(certificate.serialNumber(), now, "192.0.2.1"));
    assertThat(invitations.claim(CODE, OTHER_KEY)).isInstanceOf(Claim.Taken.class);
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Had.class);
    assertThatThrownBy(() -> enrol(made, KEY)).isInstanceOf(Invitations.ClaimLost.class);
    assertThat(ledger.list(CertificateQuery.ALL).entries()).hasSize(1);
    assertThat(ledger.events().about("alice").stream().map(Event::kind))
        .containsExactly("user.added", "invitation.made", "invitation.used");
  }

  @Test
  void of_many_keys_at_once_one_wins() throws Exception {
    invite();
    try (var threads = Executors.newFixedThreadPool(8)) {
      var claims =
          threads.invokeAll(
              IntStream.range(0, 24)
                  .<Callable<Claim>>mapToObj(
                      i -> () -> invitations.claim(CODE, Bytes.ofHex("%02x".formatted(i)).sha256()))
                  .toList());
      int granted = 0;
      for (var claim : claims) {
        granted += claim.get() instanceof Claim.Granted ? 1 : 0;
      }
      assertThat(granted).isEqualTo(1);
    }
  }

  @Test
  void a_claim_whose_certificate_never_came_is_free_again() {
    Invitation made = invite();
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Granted.class);
    now = now.plusSeconds(59);
    assertThat(invitations.claim(CODE, OTHER_KEY)).isInstanceOf(Claim.Busy.class);
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Granted.class);
    now = now.plusSeconds(61);
    assertThat(invitations.claim(CODE, OTHER_KEY)).isInstanceOf(Claim.Granted.class);
    assertThatThrownBy(() -> enrol(made, KEY)).isInstanceOf(Invitations.ClaimLost.class);
    assertThat(ledger.list(CertificateQuery.ALL).entries()).isEmpty();
    enrol(made, OTHER_KEY);
    assertThat(ledger.list(CertificateQuery.ALL).entries()).hasSize(1);
  }

  @Test
  void it_ends_with_its_time_or_when_it_is_taken_back() {
    Invitation made = invite();
    now = made.expiresAt().minusMillis(1);
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Granted.class);
    now = made.expiresAt();
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Expired.class);
    assertThat(made.word(now)).isEqualTo("expired");
    now = NOW;
    assertThat(invitations.withdraw(made.id(), ADMIN))
        .isInstanceOf(Invitations.Withdrawal.Done.class);
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Withdrawn.class);
    assertThatThrownBy(() -> enrol(made, KEY)).isInstanceOf(Invitations.ClaimLost.class);
    assertThat(invitations.claim(KEY, KEY)).isEqualTo(new Claim.Unknown());
    assertThat(invitations.withdraw("none", ADMIN))
        .isEqualTo(new Invitations.Withdrawal.Refused("there is no invitation none"));
  }

  @Test
  void a_used_one_cannot_be_taken_back() {
    Invitation made = invite();
    invitations.claim(CODE, KEY);
    Certificate certificate = enrol(made, KEY);
    assertThat(invitations.withdraw(made.id(), ADMIN))
        .isEqualTo(
            new Invitations.Withdrawal.Refused(
                "invitation "
                    + made.id()
                    + " was used for certificate "
                    + certificate.serialNumber().hex()
                    + "; revoke that"));
  }

  @Test
  void nobody_is_invited_who_is_not_there() {
    assertThatThrownBy(
            () -> invitations.add(CODE, "nobody", Optional.empty(), Duration.ofHours(1), ADMIN))
        .hasMessage("there is no user nobody");
    assertThat(invitations.list(Optional.empty(), Optional.empty(), 10)).isEmpty();
    Invitation made = invite();
    assertThat(invitations.list(Optional.of("ALICE"), Optional.empty(), 10)).containsExactly(made);
    assertThat(invitations.list(Optional.of("bob"), Optional.empty(), 10)).isEmpty();
  }

  @Test
  void whoever_loses_a_certificate_loses_the_invitations_made_with_it() {
    invitations.add(
        Bytes.ofHex("aa").sha256(), "alice", Optional.empty(), Duration.ofHours(1), ADMIN);
    invitations.claim(Bytes.ofHex("aa").sha256(), OTHER_KEY);
    Certificate stolen =
        enrol(invitations.withCode(Bytes.ofHex("aa").sha256()).orElseThrow(), OTHER_KEY);
    Invitation made =
        invitations.add(
            CODE,
            "alice",
            Optional.empty(),
            Duration.ofHours(1),
            Optional.of(stolen.serialNumber()),
            ADMIN);
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Granted.class);
    StatusChange revoke = new StatusChange.Revoke(CrlReason.KEY_COMPROMISE);
    ledger.revocations().change(List.of(stolen.serialNumber()), revoke, ADMIN);
    assertThat(invitations.withId(made.id()).orElseThrow().state())
        .isEqualTo(new Invitation.State.Withdrawn(now));
    assertThat(invitations.claim(CODE, KEY)).isInstanceOf(Claim.Withdrawn.class);
    assertThatThrownBy(() -> enrol(made, KEY)).isInstanceOf(Invitations.ClaimLost.class);
  }

  @Test
  void a_dropped_file_is_fetched_once_and_in_time() {
    Invitation made = invite();
    var drop = new Invitations.Drop("alice.p12", Bytes.ofHex("3003020103"));
    Duration span = Duration.ofMinutes(10);
    assertThat(invitations.drop(KEY, made, drop, span)).isTrue();
    assertThat(invitations.waits(KEY)).isTrue();
    assertThat(invitations.waits(OTHER_KEY)).isFalse();
    assertThat(invitations.fetch(KEY)).contains(drop);
    assertThat(invitations.fetch(KEY)).isEmpty();
    assertThat(invitations.drop(OTHER_KEY, made, drop, span)).isTrue();
    now = now.plus(span);
    assertThat(invitations.fetch(OTHER_KEY)).isEmpty();
    invitations.sweep();
    for (int i = 0; i < 3; i++) {
      Bytes token = Bytes.ofHex("%02x".formatted(i));
      assertThat(invitations.drop(token, made, drop, span)).isTrue();
    }
    assertThat(invitations.drop(KEY, made, drop, span)).isFalse();
  }
}
