package dev.postern.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.keys.KeyFile.Caution;
import dev.postern.keys.KeyFileException.Reason;
import dev.postern.x509.Bytes;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Parsing;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyFileTest {
  private static final Passphrase RIGHT = Passphrase.of("correct horse".toCharArray());
  private static final Passphrase WRONG = Passphrase.of("battery staple".toCharArray());

  /** Made once: each costs 600,000 rounds. */
  private static final String ENCRYPTED =
      SecretKeyPair.generate(KeyAlgorithm.P256, new SecureRandom())
          .toPem(RIGHT, new SecureRandom());

  @TempDir Path folder;

  private final SecureRandom random = new SecureRandom();
  private final SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);

  @ParameterizedTest
  @ValueSource(strings = {"p256", "p384", "p521", "rsa2048", "ed25519"})
  void what_was_written_is_read_again(String kind) throws KeyFileException {
    SecretKeyPair written = SecretKeyPair.generate(KeyAlgorithm.parse(kind), random);
    Path file = folder.resolve("a.key");
    KeyFile.create(file, written, RIGHT, random);
    KeyFile.Opened opened = KeyFile.open(file, RIGHT);
    assertThat(opened.key().publicKey()).isEqualTo(written.publicKey());
    assertThat(opened.key().signer().sign(Bytes.ofHex("00"))).isNotNull();
    assertThat(opened.cautions()).isEmpty();
  }

  @Test
  void the_file_and_the_folders_made_for_it_are_the_owners_alone() throws Exception {
    Path file = folder.resolve("new/root/ca.key");
    KeyFile.create(file, key, RIGHT, random);
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("new"))).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("new/root"))).isEqualTo("rwx------");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void nothing_else_is_left_in_the_folder() throws Exception {
    KeyFile.create(folder.resolve("ca.key"), key, RIGHT, random);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("ca.key"));
    }
  }

  @Test
  void a_file_that_is_there_is_never_overwritten() throws Exception {
    Path file = Files.writeString(folder.resolve("ca.key"), "precious");
    assertFails(() -> KeyFile.create(file, key, RIGHT, random), Reason.ALREADY_EXISTS)
        .hasMessage(file + " exists already; a private key is never overwritten");
    assertThat(file).hasContent("precious");
  }

  @Test
  void a_dangling_link_is_not_written_through() throws Exception {
    Path file = Files.createSymbolicLink(folder.resolve("ca.key"), folder.resolve("elsewhere"));
    assertFails(() -> KeyFile.create(file, key, RIGHT, random), Reason.ALREADY_EXISTS);
    assertThat(folder.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void of_two_writers_at_once_one_wins_and_the_other_is_told() throws Exception {
    Path file = folder.resolve("ca.key");
    NewFile.write(file, "first".getBytes(US_ASCII));
    assertThatThrownBy(() -> NewFile.write(file, "second".getBytes(US_ASCII)))
        .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
    assertThat(file).hasContent("first");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void a_weak_passphrase_writes_nothing() {
    Path file = folder.resolve("ca.key");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyFile.create(file, key, Passphrase.of("short".toCharArray()), random));
    assertThat(file).doesNotExist();
  }

  @Test
  void a_folder_that_is_a_file_is_named() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    assertFails(
            () -> KeyFile.create(folder.resolve("file/ca.key"), key, RIGHT, random),
            Reason.UNWRITABLE)
        .hasMessageStartingWith(folder.resolve("file/ca.key") + " cannot be written: ");
  }

  @Test
  void another_passphrase_is_refused() throws Exception {
    Path file = Files.writeString(folder.resolve("ca.key"), ENCRYPTED);
    assertFails(() -> KeyFile.open(file, WRONG), Reason.WRONG_PASSPHRASE)
        .hasMessage(file + " was encrypted with another passphrase");
  }

  @Test
  void an_encrypted_key_without_a_passphrase_asks_for_one() throws Exception {
    Path file = Files.writeString(folder.resolve("ca.key"), ENCRYPTED);
    assertFails(() -> KeyFile.open(file), Reason.PASSPHRASE_NEEDED)
        .hasMessage(file + " is encrypted, and no passphrase was given");
  }

  @Test
  void a_truncated_file_is_called_cut_off_and_not_a_wrong_passphrase() throws Exception {
    Path file = folder.resolve("ca.key");
    Files.writeString(file, ENCRYPTED.substring(0, ENCRYPTED.length() / 2));
    assertFails(() -> KeyFile.open(file, RIGHT), Reason.MALFORMED)
        .hasMessageContaining("has no end line; is the file cut off?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
  void what_is_no_key_is_refused_in_one_line_with_its_name(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("ca.key"), content);
    assertFails(() -> KeyFile.open(file, RIGHT), Reason.MALFORMED)
        .hasMessageStartingWith(file + " ")
        .message()
        .hasLineCount(1);
  }

  @Test
  void every_truncation_and_every_flipped_byte_is_a_reason_and_never_another_exception()
      throws Exception {
    byte[] der = Der.of(key.pkcs8());
    for (int length = 0; length < der.length; length++) {
      assertRefusedOrRead(Arrays.copyOf(der, length));
    }
    for (int i = 0; i < der.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = der.clone();
        flipped[i] ^= (byte) (1 << bit);
        assertRefusedOrRead(flipped);
      }
    }
  }

  private static void assertRefusedOrRead(byte[] bytes) {
    try {
      assertThat(new PrivateKeyReading(java.util.Optional.empty()).read(bytes)).isNotNull();
    } catch (KeyFileException.Problem e) {
      assertThat(e.predicate()).isNotBlank();
    }
  }

  @Test
  void a_missing_file_a_folder_and_a_device_are_told_apart() {
    assertFails(() -> KeyFile.open(folder.resolve("none"), RIGHT), Reason.MISSING)
        .hasMessage(folder.resolve("none") + " does not exist");
    assertFails(() -> KeyFile.open(folder, RIGHT), Reason.UNREADABLE)
        .hasMessage(folder + " is a folder, not a file");
    assertFails(() -> KeyFile.open(Path.of("/dev/zero"), RIGHT), Reason.UNREADABLE)
        .hasMessage("/dev/zero is not a regular file");
  }

  @Test
  void a_file_larger_than_any_key_is_not_read() throws Exception {
    Path file = Files.write(folder.resolve("ca.key"), new byte[KeyFile.MAX_SIZE + 1]);
    assertFails(() -> KeyFile.open(file, RIGHT), Reason.TOO_LARGE)
        .hasMessage(file + " is larger than the 64 kB a key file may have");
  }

  @Test
  void a_key_in_the_clear_that_others_may_read_is_read_and_both_are_said() throws Exception {
    Path file = write("PRIVATE KEY", key.pkcs8());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    KeyFile.Opened opened = KeyFile.open(file);
    assertThat(opened.key().publicKey()).isEqualTo(key.publicKey());
    assertThat(opened.cautions())
        .containsExactlyInAnyOrder(Caution.NOT_ENCRYPTED, Caution.READABLE_BY_OTHERS);
  }

  @Test
  void the_older_RSA_form_is_read_as_PEM_and_as_DER() throws Exception {
    SecretKeyPair rsa = SecretKeyPair.generate(KeyAlgorithm.RSA_2048, random);
    var inner = RSAPrivateKey.getInstance(rsa.pkcs8().parsePrivateKey());
    assertThat(KeyFile.open(write("RSA PRIVATE KEY", inner)).key().publicKey())
        .isEqualTo(rsa.publicKey());
    Path der = Files.write(folder.resolve("der.key"), Der.of(inner));
    assertThat(KeyFile.open(der).key().publicKey()).isEqualTo(rsa.publicKey());
  }

  @Test
  void RSA_numbers_that_contradict_each_other_are_found() throws Exception {
    SecretKeyPair rsa = SecretKeyPair.generate(KeyAlgorithm.RSA_2048, random);
    var good = RSAPrivateKey.getInstance(rsa.pkcs8().parsePrivateKey());
    var bad =
        new RSAPrivateKey(
            good.getModulus().add(BigInteger.TWO),
            good.getPublicExponent(),
            good.getPrivateExponent(),
            good.getPrime1(),
            good.getPrime2(),
            good.getExponent1(),
            good.getExponent2(),
            good.getCoefficient());
    assertFails(() -> KeyFile.open(write("RSA PRIVATE KEY", bad)), Reason.MALFORMED)
        .hasMessageContaining("contradict each other");
  }

  @Test
  void an_EC_key_that_claims_another_public_key_is_damaged() throws Exception {
    SecretKeyPair other = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    var mine = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(key.pkcs8().parsePrivateKey());
    var mixed =
        new PrivateKeyInfo(
            key.pkcs8().getPrivateKeyAlgorithm(),
            new org.bouncycastle.asn1.sec.ECPrivateKey(
                256, mine.getKey(), other.publicKey().structure().getPublicKeyData(), null));
    assertFails(() -> KeyFile.open(write("PRIVATE KEY", mixed)), Reason.MALFORMED)
        .hasMessageContaining("contradict each other");
  }

  @Test
  void a_curve_and_a_kind_we_do_not_use_are_named() throws Exception {
    var secp256k1 = new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.3.132.0.10");
    var inner = new org.bouncycastle.asn1.sec.ECPrivateKey(256, BigInteger.TEN, secp256k1);
    assertFails(() -> KeyFile.open(write("EC PRIVATE KEY", inner)), Reason.UNSUPPORTED)
        .hasMessageContaining("holds an EC key on curve 1.3.132.0.10");
    assertFails(() -> KeyFile.open(write("OPENSSH PRIVATE KEY", inner)), Reason.UNSUPPORTED)
        .hasMessageContaining("convert it with openssl pkey");
  }

  @Test
  void two_keys_in_one_file_are_one_too_many() throws Exception {
    Path file = write("PRIVATE KEY", key.pkcs8());
    Files.writeString(file, Files.readString(file) + Files.readString(file));
    assertFails(() -> KeyFile.open(file), Reason.MALFORMED)
        .hasMessage(file + " holds 2 private keys");
  }

  @Test
  void a_file_cannot_make_us_derive_keys_for_ever() throws Exception {
    var kdf =
        new KeyDerivationFunc(
            PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(new byte[16], 2_000_000_000));
    assertFails(() -> KeyFile.open(encrypted(kdf), RIGHT), Reason.UNSUPPORTED)
        .hasMessageContaining("asks for 2000000000 rounds of key derivation");
  }

  @Test
  void a_file_cannot_make_us_take_all_memory() throws Exception {
    var kdf =
        new KeyDerivationFunc(
            MiscObjectIdentifiers.id_scrypt, new ScryptParams(new byte[16], 1 << 24, 8, 1));
    assertFails(() -> KeyFile.open(encrypted(kdf), RIGHT), Reason.UNSUPPORTED)
        .hasMessageContaining("asks for scrypt with N=16777216, r=8, p=1");
  }

  @Test
  void a_derivation_without_parameters_is_malformed() throws Exception {
    var kdf = new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, new ASN1Integer(1));
    assertFails(() -> KeyFile.open(encrypted(kdf), RIGHT), Reason.MALFORMED);
  }

  private Path encrypted(KeyDerivationFunc kdf) throws IOException {
    var scheme =
        new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(new byte[16]));
    return write(
        Pem.ENCRYPTED_PRIVATE_KEY,
        new EncryptedPrivateKeyInfo(
            new AlgorithmIdentifier(
                PKCSObjectIdentifiers.id_PBES2, new PBES2Parameters(kdf, scheme)),
            new byte[32]));
  }

  private Path write(String label, ASN1Encodable content) throws IOException {
    Path file = folder.resolve("given.key");
    Files.writeString(file, Pem.write(label, Parsing.encode(content)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      ThrowingCallable action, Reason reason) {
    return assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            KeyFileException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
