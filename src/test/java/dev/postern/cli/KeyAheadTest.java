package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.KeyAlgorithm;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyAheadTest {
  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();

  private static Passphrase passphrase(String text) {
    return Passphrase.of(text.toCharArray());
  }

  @Test
  void a_key_that_is_opened_ahead_is_the_key_of_the_file() throws Exception {
    Path file = folder.resolve("server.key");
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    KeyFile.create(file, key, passphrase(Shell.PASSPHRASE), random);

    KeyAhead ahead = KeyAhead.open(file, passphrase(Shell.PASSPHRASE));
    assertThat(ahead.isOf(file)).isTrue();
    assertThat(ahead.isOf(folder.resolve("other.key"))).isFalse();
    assertThat(ahead.opened().key().publicKey()).isEqualTo(key.publicKey());
  }

  @Test
  void what_is_wrong_with_it_is_said_to_whoever_needs_it() throws Exception {
    Path file = folder.resolve("server.key");
    KeyFile.create(
        file,
        SecretKeyPair.generate(KeyAlgorithm.P256, random),
        passphrase(Shell.PASSPHRASE),
        random);

    assertThatThrownBy(KeyAhead.open(file, passphrase("another horse battery"))::opened)
        .isInstanceOfSatisfying(
            KeyFileException.class,
            e -> assertThat(e.reason()).isEqualTo(KeyFileException.Reason.WRONG_PASSPHRASE));
    assertThatThrownBy(
            KeyAhead.open(folder.resolve("none.key"), passphrase(Shell.PASSPHRASE))::opened)
        .isInstanceOfSatisfying(
            KeyFileException.class,
            e -> assertThat(e.reason()).isEqualTo(KeyFileException.Reason.MISSING));
  }
}
