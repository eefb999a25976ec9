package dev.postern.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.path.TestChain;
import dev.postern.path.TestChain.Party;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CertificateListTest {
  private static final Party CA = TestChain.root("CA").sign();
  private static final Party LEAF = CA.leaf("Alice").serial(BigInteger.valueOf(3)).sign();

  private static final HexFormat HEX = HexFormat.of();

  @Test
  void the_fields_are_those_that_were_written() {
    CertificateList crl =
        TestCrl.of(CA)
            .number(12)
            .deltaTo(9)
            .at(TestCrl.uri("http://crl.example/1"))
            .revoking(LEAF.certificate())
            .sign();
    assertThat(crl.issuer()).isEqualTo(CA.certificate().subject());
    assertThat(crl.thisUpdate()).isEqualTo(TestCrl.THIS_UPDATE);
    assertThat(crl.nextUpdate()).contains(TestCrl.NEXT_UPDATE);
    assertThat(crl.entries()).isEqualTo(1);
    assertThat(crl.crlNumber()).contains(BigInteger.valueOf(12));
    assertThat(crl.baseCrlNumber()).contains(BigInteger.valueOf(9));
    assertThat(crl.isDelta()).isTrue();
    assertThat(crl.authorityKeyIdentifier()).isEqualTo(CA.certificate().subjectKeyIdentifier());
    assertThat(crl.issuingDistributionPoint().names())
        .containsExactly(
            new dev.postern.x509.GeneralName.UniformResourceIdentifier("http://crl.example/1"));
    assertThat(crl.signatureAlgorithm()).isEqualTo("SHA256withECDSA");
    assertThat(crl.defect()).isEmpty();
    assertThat(crl.isSignedBy(CA.certificate().publicKey())).isTrue();
    assertThat(crl.isSignedBy(LEAF.certificate().publicKey())).isFalse();
    assertThat(crl.isSignedBy(CA.certificate().publicKey())).isTrue();
  }

  @Test
  void a_name_in_an_indirect_crl_holds_for_the_entries_below_it() {
    Party other = TestChain.root("Other").sign();
    Party first = CA.leaf("First").serial(BigInteger.valueOf(10)).sign();
    Party second = other.leaf("Second").serial(BigInteger.valueOf(11)).sign();
    Party third = other.leaf("Third").serial(BigInteger.valueOf(12)).sign();
    CertificateList crl =
        TestCrl.of(CA)
            .revoking(first.certificate())
            .revokingOf(second.certificate())
            .revoking(third.certificate())
            .sign();
    assertThat(List.of(first, second, third))
        .allMatch(party -> crl.find(party.certificate()).isPresent());
    Party namesake = CA.leaf("Namesake").serial(BigInteger.valueOf(12)).sign();
    assertThat(crl.find(namesake.certificate())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "00", "0102030405060708090a0b0c0d0e0f1011121314", "ff00", "7f"})
  void serial_numbers_of_any_sign_and_length_are_found(String hex) {
    Party odd = CA.leaf("Odd").serial(new BigInteger(HEX.parseHex(hex))).sign();
    assertThat(TestCrl.of(CA).revoking(odd.certificate()).sign().find(odd.certificate()))
        .isPresent();
    assertThat(TestCrl.of(CA).revoking(LEAF.certificate()).sign().find(odd.certificate()))
        .isEmpty();
  }

  @Test
  void a_million_entries_are_read_in_place() throws Exception {
    int count = 1_000_000;
    Bytes der = large(count);
    Instant start = Instant.now();
    CertificateList crl = CertificateList.parse(der);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(crl.entries()).isEqualTo(count);
    Party last = CA.leaf("Last").serial(serial(count - 1)).sign();
    Party missing = CA.leaf("Missing").serial(serial(count)).sign();
    start = Instant.now();
    for (int i = 0; i < 10_000; i++) {
      assertThat(crl.find(last.certificate())).isPresent();
      assertThat(crl.find(missing.certificate())).isEmpty();
    }
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  private static BigInteger serial(int i) {
    return BigInteger.ONE.shiftLeft(120).add(BigInteger.valueOf(i * 2_654_435_761L));
  }

  /** A real CRL of one entry, and that entry made many; the signature is wrong then. */
  private static Bytes large(int count) throws IOException {
    var entries = new ByteArrayOutputStream();
    byte[] date = HEX.parseHex("170d3236313132303038303030305a");
    for (int i = 0; i < count; i++) {
      byte[] serial = new ASN1Integer(serial(i)).getEncoded();
      entries.write(0x30);
      entries.write(serial.length + date.length);
      entries.write(serial);
      entries.write(date);
    }
    var small =
        org.bouncycastle.asn1.ASN1Sequence.getInstance(
            TestCrl.of(CA).revoking(LEAF.certificate()).der().toArray());
    var tbs = org.bouncycastle.asn1.ASN1Sequence.getInstance(small.getObjectAt(0));
    var inside = new ByteArrayOutputStream();
    for (int i = 0; i < tbs.size(); i++) {
      inside.write(
          i == 5 ? wrap(entries.toByteArray()) : tbs.getObjectAt(i).toASN1Primitive().getEncoded());
    }
    var outside = new ByteArrayOutputStream();
    outside.write(wrap(inside.toByteArray()));
    outside.write(small.getObjectAt(1).toASN1Primitive().getEncoded());
    outside.write(small.getObjectAt(2).toASN1Primitive().getEncoded());
    return Bytes.of(wrap(outside.toByteArray()));
  }

  private static byte[] wrap(byte[] content) {
    byte[] header = {
      0x30,
      (byte) 0x84,
      (byte) (content.length >> 24),
      (byte) (content.length >> 16),
      (byte) (content.length >> 8),
      (byte) content.length
    };
    byte[] length = content.length < 1 << 24 ? shorter(header) : header;
    byte[] all = java.util.Arrays.copyOf(length, length.length + content.length);
    System.arraycopy(content, 0, all, length.length, content.length);
    return all;
  }

  private static byte[] shorter(byte[] header) {
    return new byte[] {header[0], (byte) 0x83, header[3], header[4], header[5]};
  }

  @ParameterizedTest
  @CsvSource({
    "170d3236313132333030303030305a, 170d3236313332333030303030305a", // month 13
    "170d3236313132333030303030305a, 170d3236303233303030303030305a", // 30 February
    "170d3236313132333030303030305a, 170d323631313233303030303030ff", // not Zulu
    "170d3236313132333030303030305a, 170d3236313132333030303030615a", // not a digit
    "0203010007, 0203ff0007"
  })
  void bytes_that_are_not_what_the_standard_says_are_malformed(String good, String bad) {
    String hex = TestCrl.of(CA).number(65543).der().hex();
    assertThat(hex).contains(good);
    Bytes broken = Bytes.ofHex(hex.replace(good, bad));
    assertThatThrownBy(() -> CertificateList.parse(broken)).isInstanceOf(MalformedException.class);
  }

  @Test
  void what_follows_the_end_is_refused() {
    Bytes longer = Bytes.ofHex(TestCrl.of(CA).der().hex() + "00");
    assertThatThrownBy(() -> CertificateList.parse(longer)).isInstanceOf(MalformedException.class);
  }

  @Test
  void a_critical_extension_stops_its_crl_and_not_its_reading() {
    CertificateList crl =
        TestCrl.of(CA)
            .with(
                new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.2.3"),
                true,
                new GeneralName(GeneralName.dNSName, "a.example"))
            .sign();
    assertThat(crl.defect()).hasValueSatisfying(text -> assertThat(text).contains("1.2.3"));
  }
}
