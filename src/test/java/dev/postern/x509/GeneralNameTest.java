package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.OtherName;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GeneralNameTest {
  @ParameterizedTest
  @CsvSource({
    "dns:example.com, DNS:example.com",
    "email:a@example.com, email:a@example.com",
    "URI:https://example.com/a:b, URI:https://example.com/a:b",
    "upn:alice@corp.example, UPN:alice@corp.example",
    "ip:10.0.0.1, IP:10.0.0.1",
    "IP:2001:db8::1, IP:2001:db8:0:0:0:0:0:1"
  })
  void text_becomes_a_name_and_a_name_a_structure_and_back(String given, String written)
      throws MalformedException {
    GeneralName name = GeneralName.parse(given);
    assertThat(name.text()).isEqualTo(written);
    assertThat(GeneralName.parse(name.text())).isEqualTo(name);
    assertThat(GeneralName.of(name.structure())).isEqualTo(name);
  }

  @Test
  void a_directory_name_survives_its_structure() throws MalformedException {
    var name = new GeneralName.DirectoryName(DistinguishedName.parse("CN=a,O=b"));
    assertThat(GeneralName.of(name.structure())).isEqualTo(name);
    assertThat(name.text()).isEqualTo("dirName:CN=a,O=b");
  }

  @Test
  void an_ipv6_address_has_sixteen_bytes() {
    assertThat(GeneralName.IpAddress.parse("::1").address().hex()).isEqualTo("0".repeat(31) + "1");
    assertThat(GeneralName.IpAddress.parse("10.0.0.1").address().hex()).isEqualTo("0a000001");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip:localhost",
        "ip:example.com",
        "ip:8080",
        "ip:10.1",
        "ip:1.2.3.4.5",
        "ip:256.1.1.1",
        "ip:fe80::1%lo",
        "ip:[::1]",
        "ip:10.0.0.0/8",
        "dns:",
        "dns: ",
        "example.com",
        "dirname:CN=a",
        ""
      })
  void what_names_nothing_is_refused(String text) {
    assertThatThrownBy(() -> GeneralName.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_address_of_an_odd_size_is_kept_for_path_to_judge() throws MalformedException {
    var odd =
        new org.bouncycastle.asn1.x509.GeneralName(7, new DEROctetString(new byte[] {1, 2, 3}));
    assertThat(GeneralName.of(odd).text()).isEqualTo("IP:#010203");
  }

  @Test
  void an_unknown_other_name_is_kept_as_it_is() throws MalformedException {
    var other = new OtherName(new ASN1ObjectIdentifier("1.2.3"), new DERIA5String("a"));
    var name = GeneralName.of(new org.bouncycastle.asn1.x509.GeneralName(0, other));
    assertThat(name).isInstanceOf(GeneralName.Other.class);
    assertThat(name.text()).startsWith("other[0]:");
  }

  @Test
  void a_principal_name_that_is_no_utf8_string_is_malformed() {
    var broken = new OtherName(GeneralName.UPN, new DERIA5String("alice"));
    assertThatThrownBy(() -> GeneralName.of(new org.bouncycastle.asn1.x509.GeneralName(0, broken)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("generalName[0]");
  }

  @Test
  void text_beyond_ascii_is_not_written_into_an_ia5_string() {
    var name = new GeneralName.DnsName("bücher.example");
    assertThatThrownBy(name::structure).isInstanceOf(IllegalArgumentException.class);
  }
}
