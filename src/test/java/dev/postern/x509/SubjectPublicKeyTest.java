package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.TestKeys;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SubjectPublicKeyTest {
  @ParameterizedTest
  @CsvSource({
    "P-256, EC P-256, 256",
    "P-384, EC P-384, 384",
    "P-521, EC P-521, 521",
    "RSA 2048, RSA 2048, 2048",
    "RSASSA-PSS 2048, RSA 2048, 2048",
    "Ed25519, Ed25519, 255",
    "Ed448, Ed448, 448",
    "ML-DSA-44, ML-DSA-44, 0"
  })
  void its_kind_and_size_are_understood(String kind, String label, int bits)
      throws GeneralSecurityException {
    PublicKey key = TestKeys.of(kind).getPublic();
    SubjectPublicKey subject = SubjectPublicKey.of(key);
    assertThat(subject.algorithm().label()).isEqualTo(label);
    assertThat(subject.algorithm().bits()).isEqualTo(bits);
    assertThat(subject.toPublicKey().getEncoded()).isEqualTo(key.getEncoded());
    assertThat(subject).isEqualTo(SubjectPublicKey.of(key));
  }

  @Test
  void its_identifier_is_twenty_bytes_of_the_key_bits_alone() {
    SubjectPublicKey key = SubjectPublicKey.of(TestKeys.of("P-256").getPublic());
    Bytes bits = Bytes.of(key.structure().getPublicKeyData().getOctets());
    assertThat(bits.size()).isEqualTo(65);
    assertThat(key.keyIdentifier().toArray()).isEqualTo(Arrays.copyOf(bits.sha256().toArray(), 20));
  }

  @Test
  void a_key_that_is_not_a_whole_number_of_octets_is_malformed() throws MalformedException {
    AlgorithmIdentifier unknown = new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3.4"));
    var ragged =
        new DERSequence(new ASN1Encodable[] {unknown, new DERBitString(new byte[] {16}, 4)});
    var whole =
        new DERSequence(new ASN1Encodable[] {unknown, new DERBitString(new byte[] {16}, 0)});
    assertThatThrownBy(() -> SubjectPublicKey.of(SubjectPublicKeyInfo.getInstance(ragged)))
        .isInstanceOf(MalformedException.class);
    assertThat(SubjectPublicKey.of(SubjectPublicKeyInfo.getInstance(whole))).isNotNull();
  }

  @Test
  void an_unknown_algorithm_is_carried_but_opens_no_engine() throws MalformedException {
    var structure =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3.4")), new byte[] {1});
    SubjectPublicKey key = SubjectPublicKey.of(structure);
    assertThat(key.algorithm().family()).isEqualTo(KeyAlgorithm.Family.OTHER);
    assertThatThrownBy(key::toPublicKey).isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void a_curve_we_do_not_know_is_named_by_its_number() throws MalformedException {
    var structure =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256k1),
            new byte[] {4});
    assertThat(SubjectPublicKey.of(structure).algorithm())
        .isEqualTo(new KeyAlgorithm(KeyAlgorithm.Family.EC, "1.3.132.0.10", 0));
  }

  @Test
  void a_curve_given_by_its_parameters_is_malformed() {
    var structure =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, DERNull.INSTANCE),
            new byte[] {4});
    assertThatThrownBy(() -> SubjectPublicKey.of(structure)).isInstanceOf(MalformedException.class);
  }

  @Test
  void an_rsa_key_that_is_no_sequence_is_malformed() {
    var structure =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            new byte[] {1, 2, 3});
    assertThatThrownBy(() -> SubjectPublicKey.of(structure))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("subjectPublicKeyInfo");
  }

  @Test
  void a_point_beside_its_curve_opens_no_engine() throws MalformedException {
    byte[] point = new byte[65];
    Arrays.fill(point, (byte) 4);
    var algorithm = SubjectPublicKey.of(TestKeys.of("P-256").getPublic()).structure();
    SubjectPublicKey key =
        SubjectPublicKey.of(new SubjectPublicKeyInfo(algorithm.getAlgorithm(), point));
    assertThatThrownBy(key::toPublicKey).isInstanceOf(GeneralSecurityException.class);
  }
}
