package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.x509.Bytes;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Signatures;
import dev.postern.x509.Signer;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SecretKeyPairTest {
  private static final Bytes MESSAGE = Bytes.ofHex("00112233");

  private final SecureRandom random = new SecureRandom();

  static Stream<Arguments> algorithms() {
    return Stream.of(
        argumentSet("P-256", KeyAlgorithm.P256, "SHA256withECDSA"),
        argumentSet("P-384", KeyAlgorithm.P384, "SHA384withECDSA"),
        argumentSet("P-521", KeyAlgorithm.P521, "SHA512withECDSA"),
        argumentSet("RSA 2048", KeyAlgorithm.RSA_2048, "SHA256withRSA"),
        argumentSet("RSA 3072", KeyAlgorithm.RSA_3072, "SHA256withRSA"),
        argumentSet("Ed25519", KeyAlgorithm.ED25519, "Ed25519"));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("algorithms")
  void a_new_key_signs_with_the_hash_that_fits_it(KeyAlgorithm algorithm, String signature) {
    SecretKeyPair key = SecretKeyPair.generate(algorithm, random);
    Signer signer = key.signer();
    assertThat(key.publicKey().algorithm()).isEqualTo(algorithm);
    assertThat(signer.publicKey()).isEqualTo(key.publicKey());
    assertThat(Signatures.name(signer.algorithm())).isEqualToIgnoringCase(signature);
    Bytes made = signer.sign(MESSAGE);
    assertThat(Signatures.verify(key.publicKey(), signer.algorithm(), MESSAGE, made)).isTrue();
    assertThat(
            Signatures.verify(key.publicKey(), signer.algorithm(), Bytes.ofHex("00112234"), made))
        .isFalse();
  }

  @Test
  void a_kind_we_do_not_make_is_refused() {
    assertThatThrownBy(() -> SecretKeyPair.generate(KeyAlgorithm.rsa(1024), random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Postern does not make keys of type RSA 1024");
  }

  @Test
  void one_signer_serves_many_threads() throws InterruptedException {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    Signer signer = key.signer();
    try (var executor = Executors.newFixedThreadPool(8)) {
      Callable<Bytes> task = () -> signer.sign(MESSAGE);
      assertThat(executor.invokeAll(Collections.nCopies(200, task)))
          .allMatch(made ->
              Signatures.verify(key.publicKey(), signer.algorithm(), MESSAGE, made.resultNow()));
    }
  }

  @Test
  void it_matches_the_certificate_about_it_and_no_other() {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    SecretKeyPair other = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    assertThat(key.matches(SelfSigned.of(key, "mine"))).isTrue();
    assertThat(key.matches(SelfSigned.of(other, "not mine"))).isFalse();
  }

  @Test
  void its_text_form_shows_the_kind_and_nothing_else() {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    assertThat(key).hasToString("EC P-256 private key [not shown]");
    assertThat(key.signer().toString()).doesNotContain(key.publicKey().der().hex());
  }

  @Test
  void no_public_method_of_the_room_hands_out_a_private_key() {
    Stream<Class<?>> types =
        Stream.of(
            SecretKeyPair.class,
            KeyFile.class,
            KeyFile.Opened.class,
            Pkcs12.class,
            Pkcs12.Opening.Opened.class,
            TlsIdentity.class,
            Passphrase.class);
    assertThat(types.flatMap(type -> Arrays.stream(type.getDeclaredMethods())))
        .filteredOn(method -> Modifier.isPublic(method.getModifiers()))
        .extracting(Method::getReturnType)
        .noneMatch(type -> PrivateKey.class.isAssignableFrom(type) || type == char[].class);
  }

  @Test
  void a_weak_passphrase_protects_no_key() {
    SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
    assertThatThrownBy(() -> key.toPem(Passphrase.of("short".toCharArray()), random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 8 characters");
  }
}
