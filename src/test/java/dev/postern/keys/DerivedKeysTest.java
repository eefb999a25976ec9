package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.x509.Bytes;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DerivedKeysTest {
  private static final byte[] PASSWORD = "correct horse".getBytes(StandardCharsets.UTF_8);
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path folder;

  private static DerivedKeys.Derivation derivation(String salt, int iterations) {
    return new DerivedKeys.Derivation(
        "HmacSHA256", Bytes.of(salt.getBytes(StandardCharsets.UTF_8)), iterations, 32);
  }

  @Test
  void each_salt_has_its_key_and_the_same_one_again() throws Exception {
    try (var keys = new DerivedKeys()) {
      byte[] first = keys.get(derivation("one", 1_000), PASSWORD);
      assertThat(first).isEqualTo(derivation("one", 1_000).of(PASSWORD));
      assertThat(keys.get(derivation("two", 1_000), PASSWORD)).isNotEqualTo(first);
      assertThat(keys.get(derivation("one", 1_001), PASSWORD)).isNotEqualTo(first);
      first[0]++;
      assertThat(keys.get(derivation("one", 1_000), PASSWORD))
          .as("what a caller does to its copy is nobody else's")
          .isEqualTo(derivation("one", 1_000).of(PASSWORD));
    }
  }

  @Test
  void however_many_come_at_once_all_get_the_same() throws Exception {
    var how = derivation("one", 50_000);
    byte[] expected = how.of(PASSWORD);
    try (var keys = new DerivedKeys();
        var callers = Executors.newFixedThreadPool(8)) {
      Callable<byte[]> call = () -> keys.get(how, PASSWORD.clone());
      for (Future<byte[]> each :
          callers.invokeAll(List.of(call, call, call, call, call, call, call, call))) {
        assertThat(each.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void more_salts_than_are_remembered_are_derived_all_the_same() throws Exception {
    try (var keys = new DerivedKeys()) {
      for (int i = 0; i < 20; i++) {
        var how = derivation("salt " + i, 10);
        assertThat(keys.get(how, PASSWORD)).isEqualTo(how.of(PASSWORD));
      }
    }
  }

  private Bytes salt(Path file) throws Exception {
    Pem.Block block = Pem.parse(Files.readString(file)).getFirst();
    var info = EncryptedPrivateKeyInfo.getInstance(block.content().toArray());
    var parameters = PBES2Parameters.getInstance(info.getEncryptionAlgorithm().getParameters());
    return Bytes.of(
        PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters()).getSalt());
  }

  private Path write(String name, Passphrase passphrase) throws Exception {
    Path file = folder.resolve(name);
    KeyFile.create(file, SecretKeyPair.generate(KeyAlgorithm.P256, RANDOM), passphrase, RANDOM);
    return file;
  }

  @Test
  void key_files_under_one_passphrase_share_a_salt_and_nothing_else() throws Exception {
    Set<Bytes> salts = new HashSet<>();
    try (var one = Passphrase.of("correct horse".toCharArray());
        var other = Passphrase.of("correct house".toCharArray())) {
      Path first = write("first.key", one);
      salts.add(salt(first));
      try (var later = Passphrase.of("correct horse".toCharArray())) {
        KeyFile.open(first, later);
        Path second = write("second.key", later);
        assertThat(salt(second)).as("as the one it opened").isEqualTo(salt(first));
        assertThat(Files.readString(second)).isNotEqualTo(Files.readString(first));
        KeyFile.open(second, one);
      }
      Path foreign = write("foreign.key", other);
      salts.add(salt(foreign));
      assertThat(salts).hasSize(2);
      assertThatThrownBy(() -> KeyFile.open(first, other)).isInstanceOf(KeyFileException.class);
      assertThatThrownBy(() -> KeyFile.open(foreign, one)).isInstanceOf(KeyFileException.class);
      KeyFile.open(foreign, other);
    }
  }
}
