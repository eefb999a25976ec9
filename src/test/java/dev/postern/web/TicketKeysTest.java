package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.x509.Bytes;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TicketKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-23T11:59:59Z");
  private final TicketKeys keys = new TicketKeys(Bytes.of(new byte[32]));

  @Test
  void nodes_with_the_same_secret_have_the_same_keys() {
    var other = new TicketKeys(Bytes.of(new byte[32]));
    assertThat(other.at(NOW, "a", Posture.WANT)[0].name())
        .isEqualTo(keys.at(NOW, "a", Posture.WANT)[0].name());
  }

  @Test
  void the_last_periods_key_is_still_accepted_and_no_older_one() {
    byte[] name = keys.at(NOW, "a", Posture.WANT)[0].name();
    assertThat(keys.at(NOW.plusSeconds(1), "a", Posture.WANT)[1].name()).isEqualTo(name);
    var later = keys.at(NOW.plus(TicketKeys.PERIOD).plusSeconds(1), "a", Posture.WANT);
    assertThat(later).noneMatch(key -> java.util.Arrays.equals(key.name(), name));
  }

  @Test
  void hosts_and_postures_have_keys_of_their_own() {
    byte[] aes = keys.at(NOW, "a", Posture.WANT)[0].aesKey();
    assertThat(keys.at(NOW, "b", Posture.WANT)[0].aesKey()).isNotEqualTo(aes);
    assertThat(keys.at(NOW, "a", Posture.STRICT)[0].aesKey()).isNotEqualTo(aes);
    assertThat(keys.sessionContext("a", Posture.WANT))
        .isNotEqualTo(keys.sessionContext("a", Posture.NEVER));
  }
}
