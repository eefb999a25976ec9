package dev.postern.path;

import static dev.postern.path.TestChain.code;
import static dev.postern.path.TestChain.root;
import static dev.postern.path.TestChain.validate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.path.PathProblem.Code;
import dev.postern.path.TestChain.Party;
import dev.postern.x509.DistinguishedName;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.OtherName;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 5280 §4.2.1.10, RFC 9549, RFC 9598. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NameConstraintsTest {
  private static GeneralName base(String text) {
    int colon = text.indexOf(':');
    String value = text.substring(colon + 1);
    return switch (text.substring(0, colon)) {
      case "dns" -> new GeneralName(GeneralName.dNSName, value);
      case "email" -> new GeneralName(GeneralName.rfc822Name, value);
      case "uri" -> new GeneralName(GeneralName.uniformResourceIdentifier, value);
      case "ip" -> new GeneralName(GeneralName.iPAddress, value);
      case "dir" -> new GeneralName(DistinguishedName.parse(value).structure());
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Optional<Code> permitted(String base, String name) {
    Party ca = root("CA").permits(base(base)).sign();
    return code(validate(ca.leaf("Leaf").names(name).sign(), ca));
  }

  private static Optional<Code> excluded(String base, String name) {
    Party ca = root("CA").excludes(base(base)).sign();
    return code(validate(ca.leaf("Leaf").names(name).sign(), ca));
  }

  @ParameterizedTest
  @CsvSource({
    "dns:example.com, dns:example.com",
    "dns:example.com, dns:a.b.EXAMPLE.com",
    "dns:example.com, dns:*.example.com",
    "dns:xn--bcher-kva.example, dns:www.xn--bcher-kva.example",
    "email:example.com, email:alice@EXAMPLE.com",
    "email:.example.com, email:alice@mail.example.com",
    "email:alice@example.com, email:alice@Example.com",
    "uri:example.com, uri:https://example.com/path?query",
    "uri:.example.com, uri:spiffe://user@a.example.com:80/x",
    "ip:192.0.2.0/24, ip:192.0.2.255",
    "ip:2001:db8::/32, ip:2001:db8:1::1",
  })
  void a_name_inside_is_permitted_and_can_be_excluded(String base, String name) {
    assertThat(permitted(base, name)).isEmpty();
    assertThat(excluded(base, name)).contains(Code.NAME_NOT_PERMITTED);
  }

  @ParameterizedTest
  @CsvSource({
    "dns:example.com, dns:notexample.com",
    "dns:example.com, dns:example.com.evil",
    "dns:a.b.example.com, dns:*.example.com",
    "email:example.com, email:alice@mail.example.com",
    "email:.example.com, email:alice@example.com",
    "email:alice@example.com, email:Alice@example.com",
    "uri:example.com, uri:https://a.example.com/",
    "uri:.example.com, uri:https://example.com/",
    "uri:example.com, uri:https://evil.net/@example.com",
    "ip:192.0.2.0/24, ip:192.0.3.1",
    "ip:192.0.2.0/24, ip:2001:db8::1",
    "ip:2001:db8::/32, ip:2001:db9::1",
  })
  void a_name_outside_is_not_permitted_and_cannot_be_excluded(String base, String name) {
    assertThat(permitted(base, name)).contains(Code.NAME_NOT_PERMITTED);
    assertThat(excluded(base, name)).isEmpty();
  }

  @Test
  void a_wildcard_that_can_stand_for_an_excluded_host_is_excluded() {
    assertThat(excluded("dns:secret.example.com", "dns:*.example.com"))
        .contains(Code.NAME_NOT_PERMITTED);
    assertThat(permitted("dns:secret.example.com", "dns:*.example.com"))
        .contains(Code.NAME_NOT_PERMITTED);
    assertThat(excluded("dns:a.secret.example.com", "dns:*.example.com")).isEmpty();
  }

  @Test
  void a_uri_without_a_host_name_is_refused_where_uris_are_constrained() {
    for (String uri :
        new String[] {"uri:urn:uuid:1", "uri:http://192.0.2.1/", "uri:http://[::1]/"}) {
      assertThat(permitted("uri:example.com", uri)).contains(Code.NAME_NOT_PERMITTED);
      assertThat(excluded("uri:example.com", uri)).contains(Code.NAME_NOT_PERMITTED);
      assertThat(permitted("dns:example.com", uri)).isEmpty();
    }
  }

  @Test
  void constraints_on_one_form_leave_the_others_alone() {
    assertThat(permitted("ip:192.0.2.0/24", "dns:example.com")).isEmpty();
    assertThat(excluded("ip:192.0.2.0/24", "dns:example.com")).isEmpty();
  }

  @Test
  void exclusion_outweighs_permission() {
    var both =
        new NameConstraints(
            new GeneralSubtree[] {new GeneralSubtree(base("dns:example.com"))},
            new GeneralSubtree[] {new GeneralSubtree(base("dns:a.example.com"))});
    Party ca = root("CA").with(Extension.nameConstraints, true, both).sign();
    assertThat(code(validate(ca.leaf("Leaf").names("dns:b.example.com").sign(), ca))).isEmpty();
    assertThat(code(validate(ca.leaf("Leaf").names("dns:a.example.com").sign(), ca)))
        .contains(Code.NAME_NOT_PERMITTED);
  }

  @Test
  void every_ca_on_the_path_narrows_and_none_widens() {
    Party top = root("Top").permits(base("dns:example.com")).sign();
    Party wide = top.ca("Wide").permits(base("dns:example.com"), base("dns:example.net")).sign();
    Party leaf = wide.leaf("Leaf").names("dns:a.example.com").sign();
    Party other = wide.leaf("Leaf").names("dns:a.example.net").sign();
    assertThat(code(validate(leaf, top, wide))).isEmpty();
    assertThat(code(validate(other, top, wide))).contains(Code.NAME_NOT_PERMITTED);
  }

  @Test
  void an_intermediate_is_bound_by_those_above_but_not_by_itself() {
    Party top = root("Top").sign();
    Party own = top.ca("Own").names("dns:a.example").excludes(base("dns:a.example")).sign();
    assertThat(code(validate(own.leaf("Leaf").sign(), top, own))).isEmpty();
    Party below = own.ca("Below").names("dns:b.a.example").sign();
    assertThat(code(validate(below.leaf("Leaf").sign(), top, own, below)))
        .contains(Code.NAME_NOT_PERMITTED);
  }

  @Test
  void a_self_issued_intermediate_is_excused_and_a_self_issued_leaf_is_not() {
    Party top = root("Top").sign();
    Party ca = top.ca("CA").excludes(base("dns:a.example")).sign();
    Party rolled = ca.ca("CA").names("dns:a.example").sign();
    Party selfIssued = ca.leaf("CA").names("dns:a.example").sign();
    assertThat(code(validate(rolled.leaf("Leaf").sign(), top, ca, rolled))).isEmpty();
    assertThat(code(validate(selfIssued, top, ca))).contains(Code.NAME_NOT_PERMITTED);
  }

  @Test
  void directory_names_are_compared_from_the_top_in_order() {
    Party test = root("CA").permits(base("dir:O=TEST")).sign();
    Party other = root("CA").permits(base("dir:O=Other")).sign();
    Party common = root("CA").permits(base("dir:CN=Leaf")).sign();
    assertThat(code(validate(test.leaf("Leaf").sign(), test))).isEmpty();
    assertThat(code(validate(other.leaf("Leaf").sign(), other))).contains(Code.NAME_NOT_PERMITTED);
    assertThat(code(validate(common.leaf("Leaf").sign(), common)))
        .contains(Code.NAME_NOT_PERMITTED);
  }

  @Test
  void a_mailbox_in_the_subject_counts_where_there_is_no_alternative_name() {
    DistinguishedName mailed =
        DistinguishedName.builder().add(BCStyle.EmailAddress, "eve@evil.example").build();
    Party ca = root("CA").permits(base("email:example.com")).sign();
    Party leaf = ca.leaf("Leaf").called(mailed).sign();
    Party named = ca.leaf("Leaf").called(mailed).names("email:alice@example.com").sign();
    assertThat(code(validate(leaf, ca))).contains(Code.NAME_NOT_PERMITTED);
    assertThat(code(validate(named, ca))).isEmpty();
  }

  @Test
  void an_internationalised_mailbox_is_a_mailbox() {
    assertThat(otherName("1.3.6.1.5.5.7.8.9", "müller@evil.example", "email:example.com"))
        .contains(Code.NAME_NOT_PERMITTED);
    assertThat(otherName("1.3.6.1.5.5.7.8.9", "müller@example.com", "email:example.com")).isEmpty();
  }

  private static Optional<Code> otherName(String type, String value, String permits) {
    Party ca = root("CA").permits(base(permits)).sign();
    return code(
        validate(
            ca.leaf("Leaf")
                .with(Extension.subjectAlternativeName, false, other(type, value))
                .sign(),
            ca));
  }

  private static GeneralNames other(String type, String value) {
    return new GeneralNames(
        new GeneralName(
            GeneralName.otherName,
            new OtherName(new ASN1ObjectIdentifier(type), new DERUTF8String(value))));
  }

  @Test
  void a_form_we_cannot_compare_is_refused_where_it_is_constrained() {
    GeneralName upn = other("1.3.6.1.4.1.311.20.2.3", "example.com").getNames()[0];
    Party permits = root("CA").permits(upn).sign();
    Party excludes = root("CA").excludes(upn).sign();
    for (Party ca : new Party[] {permits, excludes}) {
      assertThat(code(validate(ca.leaf("Leaf").names("upn:a@example.com").sign(), ca)))
          .contains(Code.NAME_NOT_PERMITTED);
      assertThat(code(validate(ca.leaf("Leaf").names("dns:a.example").sign(), ca))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns:.example.com",
        "dns:*.example.com",
        "dns:192.0.2.1",
        "email:a@b@example.com",
        "email:@example.com",
        "uri:https://example.com",
      })
  void a_malformed_base_is_refused(String base) {
    assertThat(permitted(base, "dns:example.com")).contains(Code.MALFORMED);
    assertThat(excluded(base, "dns:example.com")).contains(Code.MALFORMED);
  }

  @Test
  void an_address_range_that_is_no_prefix_is_refused() {
    byte[] holes = {(byte) 192, 0, 2, 0, (byte) 255, 0, (byte) 255, 0};
    byte[] odd = {1, 2, 3, 4};
    byte[] all = new byte[8];
    assertThat(permitsRange(holes)).contains(Code.MALFORMED);
    assertThat(permitsRange(odd)).contains(Code.MALFORMED);
    assertThat(permitsRange(all)).isEmpty();
  }

  private static Optional<Code> permitsRange(byte[] range) {
    var base = new GeneralName(GeneralName.iPAddress, new DEROctetString(range));
    Party ca = root("CA").permits(base).sign();
    return code(validate(ca.leaf("Leaf").names("ip:192.0.2.1").sign(), ca));
  }

  @Test
  void constraints_that_are_empty_or_not_critical_or_no_constraints_are_refused() {
    var real =
        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(base("dir:O=Test"))}, null);
    assertThat(constrained(true, real)).isEmpty();
    assertThat(constrained(false, real)).contains(Code.NOT_CONFORMING);
    assertThat(constrained(true, new DERSequence())).contains(Code.MALFORMED);
    assertThat(constrained(true, DERNull.INSTANCE)).contains(Code.MALFORMED);
  }

  private static Optional<Code> constrained(boolean critical, ASN1Encodable value) {
    Party ca = root("CA").with(Extension.nameConstraints, critical, value).sign();
    return code(validate(ca.leaf("Leaf").sign(), ca));
  }

  @Test
  void thousands_of_names_against_thousands_of_constraints_are_not_compared_to_the_end() {
    GeneralName[] bases =
        IntStream.range(0, 1000)
            .mapToObj(i -> base("dns:x" + i + ".example"))
            .toArray(GeneralName[]::new);
    String[] names =
        IntStream.range(0, 1000).mapToObj(i -> "dns:y" + i + ".example").toArray(String[]::new);
    Party ca = root("CA").excludes(bases).sign();
    assertThat(code(validate(ca.leaf("Leaf").names(names).sign(), ca)))
        .contains(Code.TOO_MUCH_WORK);
    assertThat(code(validate(ca.leaf("Leaf").names(names[0]).sign(), ca))).isEmpty();
  }

  @Test
  void a_name_made_to_be_read_for_long_is_not() {
    String slow = "uri:a://" + "x".repeat(200_000) + "/";
    assertThat(permitted("uri:example.com", slow + "\u0001")).isPresent();
    assertThat(excluded("dns:example.com", "dns:" + "a.".repeat(50_000) + "b")).isPresent();
    assertThat(excluded("uri:example.com", slow)).isPresent();
  }

  @Test
  void letters_outside_ascii_are_not_folded_into_it() {
    assertThat(otherName("1.3.6.1.5.5.7.8.9", "a@\u212A.example", "email:k.example"))
        .contains(Code.NAME_NOT_PERMITTED);
    assertThat(otherName("1.3.6.1.5.5.7.8.9", "a@K.example", "email:k.example")).isEmpty();
  }
}
