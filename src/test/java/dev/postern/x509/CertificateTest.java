package dev.postern.x509;

import static dev.postern.fakes.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.TestAuthority;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CertificateTest {
  private static final TestAuthority ROOT = TestAuthority.root("Root");
  private static final DistinguishedName ALICE = DistinguishedName.parse("CN=Alice");

  @Test
  void every_field_is_read() {
    GeneralName email = GeneralName.parse("email:alice@example.com");
    GeneralName upn = GeneralName.parse("upn:alice@corp.example");
    Certificate alice = ROOT.client(ALICE, email, upn).serial(BigInteger.valueOf(0xabc)).sign();
    assertThat(alice.version()).isEqualTo(3);
    assertThat(alice.serialNumber().hex()).isEqualTo("0abc");
    assertThat(alice.subject()).isEqualTo(ALICE);
    assertThat(alice.issuer()).isEqualTo(ROOT.certificate().subject());
    assertThat(alice.subjectAlternativeNames()).containsExactly(email, upn);
    assertThat(alice.keyUsage()).contains(Set.of(KeyUsage.DIGITAL_SIGNATURE));
    assertThat(alice.extendedKeyUsage()).contains(Set.of(KeyPurpose.CLIENT_AUTH));
    assertThat(alice.isCa()).isFalse();
    assertThat(alice.subjectKeyIdentifier()).contains(alice.publicKey().keyIdentifier());
    assertThat(alice.authorityKeyIdentifier()).isEqualTo(ROOT.certificate().subjectKeyIdentifier());
    assertThat(alice.signatureAlgorithm()).isEqualTo("SHA256withECDSA");
    assertThat(alice.fingerprint()).isEqualTo(alice.der().sha256());
  }

  @Test
  void a_ca_says_so_and_how_far() {
    Certificate issuing = ROOT.issuing("Issuing").certificate();
    assertThat(issuing.basicConstraints())
        .contains(new Certificate.BasicConstraints(true, OptionalInt.of(0)));
    assertThat(ROOT.certificate().basicConstraints())
        .contains(new Certificate.BasicConstraints(true, OptionalInt.empty()));
    assertThat(ROOT.certificate().isSelfIssued()).isTrue();
    assertThat(issuing.isSelfIssued()).isFalse();
  }

  @Test
  void the_signature_belongs_to_one_issuer() {
    Certificate alice = ROOT.client(ALICE).sign();
    assertThat(alice.isSignedBy(ROOT.certificate().publicKey())).isTrue();
    assertThat(alice.isSignedBy(TestAuthority.root("Root").certificate().publicKey())).isFalse();
  }

  @Test
  void a_signature_that_names_another_algorithm_outside_than_inside_is_none() throws Exception {
    Certificate alice = ROOT.client(ALICE).sign();
    var mixed =
        new DERSequence(
            new org.bouncycastle.asn1.ASN1Encodable[] {
              alice.structure().getTBSCertificate(),
              Signatures.identifier("SHA384withECDSA"),
              alice.structure().getSignature()
            });
    Certificate parsed = Certificate.parse(Parsing.encode(mixed));
    assertThat(parsed.isSignedBy(ROOT.certificate().publicKey())).isFalse();
  }

  @Test
  void a_signature_that_is_not_a_whole_number_of_octets_is_malformed() throws Exception {
    Certificate alice = ROOT.client(ALICE).sign();
    byte[] signature = alice.structure().getSignature().getOctets();
    signature[signature.length - 1] &= (byte) 0xf0;
    assertMalformed(Parsing.encode(signed(alice, new DERBitString(signature, 4))));
    Certificate whole =
        Certificate.parse(Parsing.encode(signed(alice, new DERBitString(signature))));
    assertThat(whole.subject()).isEqualTo(alice.subject());
  }

  private static DERSequence signed(Certificate certificate, DERBitString signature) {
    return new DERSequence(
        new org.bouncycastle.asn1.ASN1Encodable[] {
          certificate.structure().getTBSCertificate(),
          certificate.structure().getSignatureAlgorithm(),
          signature
        });
  }

  @Test
  void both_ends_of_the_validity_belong_to_it() {
    Certificate alice = ROOT.client(ALICE).between(NOW, NOW.plusSeconds(60)).sign();
    assertThat(alice.validAt(NOW.minusMillis(1))).isFalse();
    assertThat(alice.validAt(NOW)).isTrue();
    assertThat(alice.validAt(NOW.plusSeconds(60).plusMillis(999))).isTrue();
    assertThat(alice.validAt(NOW.plusSeconds(61))).isFalse();
  }

  @Test
  void dates_from_2050_on_are_read() {
    var far = NOW.plus(Duration.ofDays(365 * 40L));
    assertThat(ROOT.client(ALICE).between(NOW, far).sign().notAfter()).isEqualTo(far);
  }

  @Test
  void a_certificate_of_version_1_has_no_extensions() {
    Certificate old = ROOT.client(ALICE).signVersion1();
    assertThat(old.version()).isEqualTo(1);
    assertThat(old.keyUsage()).isEqualTo(Optional.empty());
    assertThat(old.extendedKeyUsage()).isEmpty();
    assertThat(old.basicConstraints()).isEmpty();
    assertThat(old.isCa()).isFalse();
    assertThat(old.isSignedBy(ROOT.certificate().publicKey())).isTrue();
  }

  @Test
  void a_certificate_cut_off_anywhere_is_malformed() {
    byte[] der = ROOT.client(ALICE).sign().der().toArray();
    for (int length = 0; length < der.length; length++) {
      assertMalformed(Bytes.of(Arrays.copyOf(der, length)));
    }
  }

  @Test
  void a_certificate_with_any_byte_changed_is_malformed_or_not_signed() {
    Certificate alice = ROOT.client(ALICE, GeneralName.parse("email:a@example.com")).sign();
    byte[] der = alice.der().toArray();
    for (int i = 0; i < der.length; i++) {
      byte[] changed = der.clone();
      changed[i] ^= 0x21;
      assertThat(isBelieved(changed)).as("byte " + i).isFalse();
    }
  }

  private static boolean isBelieved(byte[] der) {
    try {
      return Certificate.parse(Bytes.of(der)).isSignedBy(ROOT.certificate().publicKey());
    } catch (MalformedException e) {
      return false;
    }
  }

  @Test
  void random_bytes_are_malformed() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      if (garbage.length > 0 && i % 2 == 0) {
        garbage[0] = 0x30;
      }
      assertMalformed(Bytes.of(garbage));
    }
  }

  @Test
  void bytes_behind_the_end_are_malformed() {
    assertMalformed(Bytes.ofHex(ROOT.certificate().der().hex() + "00"));
  }

  @Test
  void ber_is_malformed() throws Exception {
    var sequence =
        new org.bouncycastle.asn1.BERSequence(
            new org.bouncycastle.asn1.ASN1Encodable[] {
              ROOT.certificate().structure().getTBSCertificate(),
              ROOT.certificate().structure().getSignatureAlgorithm(),
              ROOT.certificate().structure().getSignature()
            });
    Bytes indefinite = Bytes.of(sequence.getEncoded(ASN1Encoding.BER));
    assertThat(indefinite.at(1)).isEqualTo((byte) 0x80);
    assertMalformed(indefinite);

    byte[] der = ROOT.certificate().der().toArray();
    byte[] longLength = new byte[der.length + 1];
    longLength[0] = 0x30;
    longLength[1] = (byte) 0x83;
    System.arraycopy(der, 2, longLength, 3, der.length - 2);
    assertThat(der[1]).isEqualTo((byte) 0x82);
    assertMalformed(Bytes.of(longLength));
  }

  @Test
  void the_huge_and_the_deep_are_malformed_at_once() {
    assertMalformed(Bytes.of(new byte[Parsing.MAX_STRUCTURE + 1]));
    byte[] deep = new byte[Parsing.MAX_STRUCTURE];
    for (int i = 0; i + 1 < deep.length; i += 2) {
      deep[i] = 0x30;
      deep[i + 1] = (byte) 0x80;
    }
    assertMalformed(Bytes.of(deep));
    assertMalformed(Bytes.ofHex("3084ffffffff00"));
  }

  @Test
  void a_known_extension_that_does_not_parse_is_malformed() {
    List<TestAuthority.Draft> broken = new ArrayList<>();
    var text = new DERUTF8String("a");
    broken.add(ROOT.leaf(ALICE).extension(Extension.extendedKeyUsage, false, text));
    broken.add(ROOT.leaf(ALICE).extension(Extension.subjectAlternativeName, false, text));
    broken.add(ROOT.leaf(ALICE).extension(Extension.basicConstraints, true, text));
    broken.add(
        ROOT.leaf(ALICE)
            .extension(
                Extension.basicConstraints,
                true,
                new DERSequence(
                    new org.bouncycastle.asn1.ASN1Encodable[] {
                      org.bouncycastle.asn1.ASN1Boolean.TRUE, new ASN1Integer(-1)
                    })));
    for (TestAuthority.Draft draft : broken) {
      assertThatThrownBy(draft::sign).hasCauseInstanceOf(MalformedException.class);
    }
    assertThat(
            ROOT.leaf(ALICE)
                .extension(Extension.basicConstraints, true, new BasicConstraints(false))
                .sign()
                .isCa())
        .isFalse();
  }

  @Test
  void an_unknown_extension_is_kept_and_not_read() throws MalformedException {
    var oid = new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.2.3.4.5");
    Certificate odd =
        ROOT.leaf(ALICE).extension(oid, false, new DEROctetString(new byte[] {1})).sign();
    assertThat(odd.extension(oid, org.bouncycastle.asn1.ASN1OctetString::getInstance)).isPresent();
    assertThatThrownBy(() -> odd.extension(oid, DERBitString::getInstance))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("1.2.3.4.5");
  }

  private static void assertMalformed(Bytes der) {
    assertThatThrownBy(() -> Certificate.parse(der)).isInstanceOf(MalformedException.class);
  }
}
