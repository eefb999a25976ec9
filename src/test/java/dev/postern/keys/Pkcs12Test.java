package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.postern.keys.Pkcs12.Format;
import dev.postern.keys.Pkcs12.Opening;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.AuthenticatedSafe;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class Pkcs12Test {
  private static final Passphrase RIGHT = Passphrase.of("correct horse".toCharArray());
  private static final Passphrase WRONG = Passphrase.of("battery staple".toCharArray());

  private final SecureRandom random = new SecureRandom();
  private final SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.P256, random);
  private final Certificate leaf = SelfSigned.of(key, "Alice (laptop)");
  private final Certificate issuer =
      SelfSigned.of(SecretKeyPair.generate(KeyAlgorithm.P256, random), "Issuer");

  private Bytes written(Format format) {
    return Pkcs12.write(key, List.of(leaf, issuer), "Älice", RIGHT, format, random);
  }

  @ParameterizedTest
  @EnumSource
  void what_was_written_is_read_again(Format format) {
    assertThat(Pkcs12.open(written(format), RIGHT))
        .isInstanceOfSatisfying(
            Opening.Opened.class,
            opened -> {
              assertThat(opened.certificates()).containsExactly(leaf, issuer);
              assertThat(opened.keys())
                  .singleElement()
                  .extracting(SecretKeyPair::publicKey)
                  .isEqualTo(key.publicKey());
              assertThat(opened.friendlyName()).contains("Älice");
              assertThat(opened.remarks()).isEmpty();
            });
  }

  @ParameterizedTest
  @EnumSource
  void another_password_does_not_open_it(Format format) {
    assertThat(Pkcs12.open(written(format), WRONG)).isEqualTo(new Opening.WrongPassword());
    assertThat(Pkcs12.open(written(format))).isEqualTo(new Opening.WrongPassword());
  }

  @ParameterizedTest
  @EnumSource
  void the_JDK_reads_it_and_refuses_another_password(Format format) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(written(format).toArray()), "correct horse".toCharArray());
    String alias = store.aliases().nextElement();
    assertThat(store.getCertificateChain(alias)[0].getEncoded()).isEqualTo(leaf.der().toArray());
    assertThat(store.getKey(alias, "correct horse".toCharArray()).getAlgorithm()).isEqualTo("EC");
    KeyStore other = KeyStore.getInstance("PKCS12");
    org.assertj.core.api.Assertions.assertThatThrownBy(() ->
            other.load(
                new ByteArrayInputStream(written(format).toArray()),
                "battery staple".toCharArray()))
        .isInstanceOf(java.io.IOException.class);
  }

  @Test
  void the_modern_form_has_the_shape_of_OpenSSL() throws Exception {
    Pfx pfx = Pfx.getInstance(written(Format.MODERN).toArray());
    assertThat(pfx.getMacData().getSalt()).hasSize(8);
    var parts =
        AuthenticatedSafe.getInstance(
                ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets())
            .getContentInfo();
    assertThat(parts).hasSize(2);
    assertThat(parts[0].getContentType()).isEqualTo(PKCSObjectIdentifiers.encryptedData);
    assertThat(
            EncryptedData.getInstance(parts[0].getContent())
                .getEncryptionAlgorithm()
                .getAlgorithm())
        .isEqualTo(PKCSObjectIdentifiers.id_PBES2);
    assertThat(parts[1].getContentType()).isEqualTo(PKCSObjectIdentifiers.data);
    var bag =
        SafeBag.getInstance(
            ASN1Sequence.getInstance(ASN1OctetString.getInstance(parts[1].getContent()).getOctets())
                .getObjectAt(0));
    assertThat(bag.getBagId()).isEqualTo(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag);
    assertThat(bag.getBagAttributes()).hasSize(2);
  }

  @Test
  void a_leaf_of_another_key_and_a_weak_password_are_mistakes_of_the_caller() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pkcs12.write(key, List.of(issuer), "x", RIGHT, Format.MODERN, random));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Pkcs12.write(
                key,
                List.of(leaf),
                "x",
                Passphrase.of("short".toCharArray()),
                Format.LEGACY,
                random));
  }

  @Test
  void a_changed_byte_is_noticed_or_harmless_and_never_another_exception() {
    byte[] file = written(Format.MODERN).toArray();
    for (int i = 0; i < file.length; i += 7) {
      byte[] changed = file.clone();
      changed[i] ^= 0x41;
      switch (Pkcs12.open(Bytes.of(changed), RIGHT)) {
        case Opening.Opened(var certificates, var keys, var _, var _) -> {
          // Only numbers that nothing protects, such as the version, may change unnoticed.
          assertThat(certificates).containsExactly(leaf, issuer);
          assertThat(keys).hasSize(1);
        }
        case Opening.WrongPassword() -> {}
        case Opening.Malformed(String reason) -> assertThat(reason).isNotBlank().hasLineCount(1);
      }
    }
  }

  @Test
  void truncated_empty_and_oversized_files_say_so() {
    byte[] file = written(Format.MODERN).toArray();
    assertMalformed(Bytes.of(java.util.Arrays.copyOf(file, file.length / 2)), "not a PKCS#12 file");
    assertMalformed(Bytes.of(new byte[0]), "not a PKCS#12 file");
    assertMalformed(Bytes.of(new byte[Pkcs12.MAX_SIZE + 1]), "is larger than 1024 kB");
    assertMalformed(leaf.der(), "not a PKCS#12 file");
  }

  private static void assertMalformed(Bytes file, String reason) {
    assertThat(Pkcs12.open(file, RIGHT))
        .isInstanceOfSatisfying(
            Opening.Malformed.class, malformed -> assertThat(malformed.reason()).contains(reason));
  }
}
