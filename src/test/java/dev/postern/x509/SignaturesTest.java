package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.TestKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SignaturesTest {
  private static final Bytes MESSAGE = Bytes.of("message".getBytes(StandardCharsets.US_ASCII));

  @ParameterizedTest
  @CsvSource({
    "P-256, SHA256withECDSA",
    "P-256, SHA512withECDSA",
    "P-384, SHA384withECDSA",
    "P-521, SHA512withECDSA",
    "RSA 2048, SHA256withRSA",
    "RSA 2048, SHA512withRSA",
    "RSA 2048, SHA256withRSAandMGF1",
    "RSASSA-PSS 2048, SHA256withRSAandMGF1",
    "Ed25519, Ed25519",
    "Ed448, Ed448",
    "ML-DSA-44, ML-DSA-44",
    "ML-DSA-65, ML-DSA-65",
    "ML-DSA-87, ML-DSA-87"
  })
  void a_signature_is_good_for_its_key_message_and_algorithm_only(String kind, String algorithm)
      throws GeneralSecurityException, OperatorCreationException, java.io.IOException {
    KeyPair keys = TestKeys.of(kind);
    var builder = new JcaContentSignerBuilder(algorithm);
    if (algorithm.contains("MGF1")) {
      builder.setProvider(new BouncyCastleProvider()); // the JDK signs PSS by another name
    }
    var signer = builder.build(keys.getPrivate());
    try (var out = signer.getOutputStream()) {
      out.write(MESSAGE.toArray());
    }
    Bytes signature = Bytes.of(signer.getSignature());
    AlgorithmIdentifier identifier = signer.getAlgorithmIdentifier();
    SubjectPublicKey key = SubjectPublicKey.of(keys.getPublic());

    assertThat(Signatures.verify(key, identifier, MESSAGE, signature)).isTrue();
    assertThat(Signatures.verify(key, identifier, MESSAGE.sha256(), signature)).isFalse();
    assertThat(Signatures.verify(key, identifier, MESSAGE, flipped(signature))).isFalse();
    assertThat(Signatures.verify(key, identifier, MESSAGE, Bytes.of(new byte[0]))).isFalse();
    assertThat(Signatures.verify(other(kind), identifier, MESSAGE, signature)).isFalse();
  }

  private static SubjectPublicKey other(String kind) {
    return SubjectPublicKey.of(
        kind.equals("P-384") ? TestKeys.of("P-256").getPublic() : TestKeys.of("P-384").getPublic());
  }

  private static Bytes flipped(Bytes signature) {
    byte[] array = signature.toArray();
    array[array.length / 2] ^= 1;
    return Bytes.of(array);
  }

  @Test
  void another_key_of_the_same_kind_has_signed_nothing() throws GeneralSecurityException {
    KeyPair keys = TestKeys.of("P-256");
    Signature engine = Signature.getInstance("SHA256withECDSA");
    engine.initSign(keys.getPrivate());
    engine.update(MESSAGE.toArray());
    Bytes signature = Bytes.of(engine.sign());
    var identifier = Signatures.identifier("SHA256withECDSA");
    assertThat(
            Signatures.verify(
                SubjectPublicKey.of(keys.getPublic()), identifier, MESSAGE, signature))
        .isTrue();
    assertThat(
            Signatures.verify(
                SubjectPublicKey.of(TestKeys.fresh().getPublic()), identifier, MESSAGE, signature))
        .isFalse();
  }

  @Test
  void an_unknown_algorithm_has_signed_nothing_and_has_a_number_for_a_name() {
    var unknown = new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3.4"));
    SubjectPublicKey key = SubjectPublicKey.of(TestKeys.of("P-256").getPublic());
    assertThat(Signatures.verify(key, unknown, MESSAGE, MESSAGE)).isFalse();
    assertThat(Signatures.name(unknown)).isEqualTo("1.2.3.4");
  }

  @Test
  void nonsense_in_the_parameters_is_no_signature_and_no_crash() {
    var nonsense =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, new DERUTF8String("a"));
    SubjectPublicKey key = SubjectPublicKey.of(TestKeys.of("RSA 2048").getPublic());
    assertThat(Signatures.verify(key, nonsense, MESSAGE, MESSAGE)).isFalse();
    assertThat(Signatures.name(nonsense)).isEqualTo("1.2.840.113549.1.1.10");
  }

  @Test
  void the_parameters_of_ecdsa_are_absent() {
    assertThat(Signatures.identifier("SHA256withECDSA").getParameters()).isNull();
    assertThat(Signatures.identifier("SHA256withRSA").getParameters()).isNotNull();
    assertThat(Signatures.name(Signatures.identifier("SHA256withECDSA")))
        .isEqualTo("SHA256withECDSA");
  }
}
