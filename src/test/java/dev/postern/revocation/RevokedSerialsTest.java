package dev.postern.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.revocation.RevokedSerials.Change;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RevokedSerialsTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00.123Z");

  private final Random random = new Random(7);

  private static SerialNumber serial(long number) {
    return new SerialNumber(BigInteger.valueOf(number));
  }

  private static Change revoked(SerialNumber serial, CrlReason reason) {
    return new Change(serial, Optional.of(new Revoked(NOW, reason)));
  }

  @Test
  void what_was_revoked_is_found_with_moment_and_reason_and_nothing_else_is() {
    RevokedSerials serials =
        RevokedSerials.NONE.with(List.of(revoked(serial(5), CrlReason.AA_COMPROMISE)));
    assertThat(serials.find(serial(5))).contains(new Revoked(NOW, CrlReason.AA_COMPROMISE));
    assertThat(serials.find(serial(4))).isEmpty();
    assertThat(serials.find(serial(6))).isEmpty();
    assertThat(RevokedSerials.NONE.find(serial(5))).isEmpty();
  }

  @Test
  void the_last_change_counts_and_a_release_takes_it_back() {
    RevokedSerials held =
        RevokedSerials.NONE.with(List.of(revoked(serial(5), CrlReason.CERTIFICATE_HOLD)));
    RevokedSerials released = held.with(List.of(new Change(serial(5), Optional.empty())));
    assertThat(released.find(serial(5))).isEmpty();
    assertThat(released.size()).isZero();
    assertThat(held.find(serial(5))).isPresent();
    assertThat(released.with(List.of(revoked(serial(5), CrlReason.SUPERSEDED))).find(serial(5)))
        .contains(new Revoked(NOW, CrlReason.SUPERSEDED));
  }

  @Test
  void serial_numbers_of_every_length_are_told_apart() {
    List<SerialNumber> edges = new ArrayList<>();
    for (int bit : new int[] {0, 1, 62, 63, 64, 65, 126, 127, 128, 158}) {
      edges.add(new SerialNumber(BigInteger.ONE.shiftLeft(bit)));
      edges.add(new SerialNumber(BigInteger.ONE.shiftLeft(bit).subtract(BigInteger.ONE)));
    }
    RevokedSerials many = RevokedSerials.NONE.with(randomChanges(5000));
    for (SerialNumber edge : edges) {
      RevokedSerials one = many.with(List.of(revoked(edge, CrlReason.KEY_COMPROMISE)));
      RevokedSerials sortedIn = one.with(randomChanges(5000));
      edges.stream()
          .distinct()
          .forEach(each -> {
            assertThat(one.find(each).isPresent()).isEqualTo(each.equals(edge));
            assertThat(sortedIn.find(each).isPresent()).isEqualTo(each.equals(edge));
          });
    }
  }

  @Test
  void it_agrees_with_a_map_whatever_happens() {
    Map<SerialNumber, Revoked> map = new HashMap<>();
    List<SerialNumber> known = new ArrayList<>();
    RevokedSerials serials = RevokedSerials.NONE;
    for (int round = 0; round < 60; round++) {
      List<Change> changes = new ArrayList<>();
      for (int i = random.nextInt(400); i >= 0; i--) {
        boolean again = !known.isEmpty() && random.nextBoolean();
        SerialNumber serial = again ? known.get(random.nextInt(known.size())) : randomSerial();
        known.add(serial);
        boolean good = again && random.nextBoolean();
        changes.add(
            good
                ? new Change(serial, Optional.empty())
                : revoked(serial, CrlReason.of(random.nextInt(7)).orElseThrow()));
      }
      changes.forEach(change ->
          change
              .status()
              .ifPresentOrElse(
                  status -> map.put(change.serial(), status), () -> map.remove(change.serial())));
      serials = serials.with(changes);
      assertThat(serials.size()).isEqualTo(map.size());
    }
    for (SerialNumber serial : known) {
      assertThat(serials.find(serial)).isEqualTo(Optional.ofNullable(map.get(serial)));
    }
  }

  private List<Change> randomChanges(int count) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(revoked(randomSerial(), CrlReason.SUPERSEDED));
    }
    return changes;
  }

  private SerialNumber randomSerial() {
    return new SerialNumber(new BigInteger(127, random).setBit(126));
  }
}
