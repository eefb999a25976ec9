package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DistinguishedNameTest {
  private static final DistinguishedName ALICE =
      DistinguishedName.builder().organization("Example").commonName("Alice").build();

  @Test
  void text_has_the_most_specific_attribute_first_and_the_encoding_last() {
    assertThat(ALICE.toString()).isEqualTo("CN=Alice,O=Example");
    assertThat(ALICE.structure().getRDNs()[0].getFirst().getType()).isEqualTo(BCStyle.O);
    assertThat(DistinguishedName.parse("CN=Alice,O=Example").der()).isEqualTo(ALICE.der());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CN=a\\,b,O=c", "CN=a\\+b", "CN=\\#a", "CN=Ünïcode", "UID=x,CN=y\\=z"})
  void text_is_read_back_as_the_same_name(String text) {
    DistinguishedName name = DistinguishedName.parse(text);
    assertThat(DistinguishedName.parse(name.toString())).isEqualTo(name);
    assertThat(DistinguishedName.of(name.structure()).der()).isEqualTo(name.der());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Alice", "CN", "=a", "XYZ=a", "CN=a,b"})
  void text_that_is_no_name_is_refused(String text) {
    assertThatThrownBy(() -> DistinguishedName.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void case_inner_spaces_and_string_types_do_not_tell_names_apart() {
    DistinguishedName other = DistinguishedName.parse("cn=ALICE,o=example");
    assertThat(other).isEqualTo(ALICE).hasSameHashCodeAs(ALICE);
    assertThat(of(new DERUTF8String("a  b"))).isEqualTo(of(new DERPrintableString("a b")));
  }

  private static DistinguishedName of(org.bouncycastle.asn1.ASN1Encodable value) {
    return DistinguishedName.of(new X500Name(new RDN[] {new RDN(BCStyle.CN, value)}));
  }

  @Test
  void the_order_of_attributes_tells_names_apart() {
    assertThat(DistinguishedName.parse("O=Example,CN=Alice")).isNotEqualTo(ALICE);
    assertThat(DistinguishedName.parse("CN=Alice")).isNotEqualTo(ALICE);
    assertThat(DistinguishedName.parse("CN=Alice+O=Example")).isNotEqualTo(ALICE);
    assertThat(DistinguishedName.parse("CN=Alic,O=Example")).isNotEqualTo(ALICE);
  }

  @Test
  void a_name_is_within_itself_and_those_it_begins_with() {
    assertThat(ALICE.isWithin(ALICE)).isTrue();
    assertThat(ALICE.isWithin(DistinguishedName.parse("O=EXAMPLE"))).isTrue();
    assertThat(ALICE.isWithin(DistinguishedName.builder().build())).isTrue();
    assertThat(ALICE.isWithin(DistinguishedName.parse("CN=Alice"))).isFalse();
    assertThat(ALICE.isWithin(DistinguishedName.parse("CN=Bob,O=Example"))).isFalse();
    assertThat(DistinguishedName.parse("O=Example").isWithin(ALICE)).isFalse();
  }

  @Test
  void the_empty_name_equals_itself_only() {
    DistinguishedName empty = DistinguishedName.builder().build();
    assertThat(empty.isEmpty()).isTrue();
    assertThat(empty).isEqualTo(DistinguishedName.builder().build()).isNotEqualTo(ALICE);
    assertThat(empty.commonName()).isEmpty();
  }

  @Test
  void every_value_of_an_attribute_is_seen_and_the_last_is_the_most_specific() {
    DistinguishedName twice =
        DistinguishedName.builder().userId("bob").commonName("x").userId("alice").build();
    assertThat(twice.attributes(BCStyle.UID)).containsExactly("bob", "alice");
    assertThat(twice.userId()).contains("alice");
  }

  @Test
  void an_attribute_beside_another_in_one_rdn_is_seen() {
    DistinguishedName name = DistinguishedName.parse("UID=alice+CN=Alice,O=Example");
    assertThat(name.userId()).contains("alice");
    assertThat(name.commonName()).contains("Alice");
    assertThat(name.organization()).contains("Example");
  }
}
