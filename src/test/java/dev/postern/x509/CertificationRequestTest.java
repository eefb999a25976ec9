package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.TestKeys;
import java.io.IOException;
import java.security.KeyPair;
import java.util.Arrays;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CertificationRequestTest {
  private static final DistinguishedName ALICE = DistinguishedName.parse("CN=Alice");

  @ParameterizedTest
  @CsvSource({
    "P-256, SHA256withECDSA",
    "P-384, SHA384withECDSA",
    "RSA 2048, SHA256withRSA",
    "Ed25519, Ed25519"
  })
  void a_request_signed_by_its_own_key_proves_possession(String kind, String algorithm)
      throws Exception {
    KeyPair keys = TestKeys.of(kind);
    CertificationRequest request =
        CertificationRequest.parse(signed(builder(keys), keys, algorithm));
    assertThat(request.provesPossession()).isTrue();
    assertThat(request.subject()).isEqualTo(ALICE);
    assertThat(request.publicKey()).isEqualTo(SubjectPublicKey.of(keys.getPublic()));
    assertThat(request.signatureAlgorithm()).isEqualToIgnoringCase(algorithm);
    assertThat(request.subjectAlternativeNames()).isEmpty();
  }

  @Test
  void a_request_signed_by_another_key_proves_nothing() throws Exception {
    Bytes der = signed(builder(TestKeys.of("P-256")), TestKeys.fresh(), "SHA256withECDSA");
    assertThat(CertificationRequest.parse(der).provesPossession()).isFalse();
  }

  @Test
  void a_request_changed_after_signing_proves_nothing() throws Exception {
    KeyPair keys = TestKeys.of("P-256");
    String hex = signed(builder(keys), keys, "SHA256withECDSA").hex();
    String mallory = hex.replace(hexOf("Alice"), hexOf("Clive"));
    assertThat(mallory).isNotEqualTo(hex);
    assertThat(CertificationRequest.parse(Bytes.ofHex(mallory)).provesPossession()).isFalse();
  }

  private static String hexOf(String text) {
    return Bytes.of(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)).hex();
  }

  @Test
  void the_names_it_asks_for_are_read_in_order() throws Exception {
    KeyPair keys = TestKeys.of("P-256");
    GeneralName first = GeneralName.parse("dns:b.example");
    GeneralName second = GeneralName.parse("ip:2001:db8::1");
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new org.bouncycastle.asn1.x509.GeneralName[] {first.structure(), second.structure()}));
    Bytes der =
        signed(
            builder(keys)
                .addAttribute(
                    PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate()),
            keys,
            "SHA256withECDSA");
    assertThat(CertificationRequest.parse(der).subjectAlternativeNames())
        .containsExactly(first, second);
  }

  @Test
  void an_extension_request_that_is_none_is_malformed() throws Exception {
    KeyPair keys = TestKeys.of("P-256");
    var oid = PKCSObjectIdentifiers.pkcs_9_at_extensionRequest;
    Bytes text =
        signed(builder(keys).addAttribute(oid, new DERUTF8String("a")), keys, "SHA256withECDSA");
    assertMalformed(text);
  }

  @Test
  void a_request_cut_off_anywhere_is_malformed() throws Exception {
    KeyPair keys = TestKeys.of("P-256");
    byte[] der = signed(builder(keys), keys, "SHA256withECDSA").toArray();
    for (int length = 0; length < der.length; length++) {
      assertMalformed(Bytes.of(Arrays.copyOf(der, length)));
    }
    assertMalformed(Bytes.of(Arrays.copyOf(der, der.length + 1)));
  }

  private static void assertMalformed(Bytes der) {
    assertThatThrownBy(() -> CertificationRequest.parse(der))
        .isInstanceOf(MalformedException.class);
  }

  private static PKCS10CertificationRequestBuilder builder(KeyPair keys) {
    return new PKCS10CertificationRequestBuilder(
        ALICE.structure(), SubjectPublicKey.of(keys.getPublic()).structure());
  }

  private static Bytes signed(
      PKCS10CertificationRequestBuilder builder, KeyPair keys, String algorithm)
      throws OperatorCreationException, IOException {
    PKCS10CertificationRequest request =
        builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()));
    return Bytes.of(request.getEncoded());
  }
}
