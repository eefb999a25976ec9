package dev.postern.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.access.IdentityMapping.Source;
import dev.postern.fakes.TestAuthority;
import dev.postern.fakes.TestDirectory;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IdentityMappingTest {
  private static final TestAuthority CA = TestAuthority.root("CA");

  private final TestDirectory directory =
      new TestDirectory().with("alice").with("bob").with("0abc").with("CN=alice,O=Example");

  @ParameterizedTest
  @CsvSource({
    "san.email, email:Alice@EXAMPLE.com, alice",
    "san.upn, upn:alice, alice",
    "san.uri, uri:alice, alice",
    "san.dns, dns:alice, alice"
  })
  void an_alternative_name_of_the_right_kind_names_the_user(
      String source, String name, String user) {
    Certificate certificate = certificate("CN=bob,UID=bob", name);
    assertThat(user(source, certificate)).contains(user);
  }

  @ParameterizedTest
  @CsvSource({
    "san.email, upn:alice@example.com",
    "san.upn, email:alice",
    "san.uri, dns:alice",
    "san.dns, uri:alice",
    "san.email, email:alice@example.org",
    "san.email, email:alice",
    "san.upn, upn:Alice"
  })
  void an_alternative_name_of_another_kind_names_nobody(String source, String name) {
    assertThat(user(source, certificate("CN=alice,UID=alice", name))).isEmpty();
  }

  @Test
  void subject_serial_and_fingerprint_can_name_the_user() {
    Certificate alice =
        CA.client(DistinguishedName.parse("CN=alice,O=Example"))
            .serial(BigInteger.valueOf(0xabc))
            .sign();
    directory.with(alice.fingerprint().hex());
    assertThat(user("subject.cn", alice)).contains("alice");
    assertThat(user("subject.uid", alice)).isEmpty();
    assertThat(user("subject.dn", alice)).contains("CN=alice,O=Example");
    assertThat(user("serial", alice)).contains("0abc");
    assertThat(user("fingerprint", alice)).contains(alice.fingerprint().hex());
    assertThat(user("subject.uid", certificate("UID=bob"))).contains("bob");
    assertThat(user("subject.cn", certificate("UID=bob"))).isEmpty();
    assertThat(user("subject.dn", certificate("O=Example,CN=alice"))).isEmpty();
    assertThat(user("fingerprint", certificate("CN=alice"))).isEmpty();
  }

  @Test
  void values_that_name_different_users_name_nobody() {
    assertThat(user("san.email", certificate("CN=x", "email:alice@example.com"))).contains("alice");
    assertThat(
            user(
                "san.email",
                certificate("CN=x", "email:alice@example.com", "email:bob@example.com")))
        .isEmpty();
    assertThat(user("subject.cn", certificate("CN=alice,CN=bob"))).isEmpty();
    assertThat(user("subject.uid", certificate("UID=alice+CN=x,UID=bob"))).isEmpty();
  }

  @Test
  void values_that_name_one_user_twice_or_nobody_beside_name_that_user() {
    assertThat(user("subject.cn", certificate("CN=alice,CN=alice"))).contains("alice");
    assertThat(
            user(
                "san.email",
                certificate("CN=x", "email:alice@example.com", "email:other@example.org")))
        .contains("alice");
  }

  @Test
  void a_pattern_matches_the_whole_value_and_its_group_is_the_name() {
    String pattern = "([a-z]+)@corp\\.example";
    assertThat(user("san.email", pattern, "email:alice@corp.example")).contains("alice");
    assertThat(user("san.upn", pattern, "upn:alice@corp.example")).contains("alice");
    assertThat(user("san.email", pattern, "email:alice@corp.example.evil.example")).isEmpty();
    assertThat(user("san.email", pattern, "email:x+alice@corp.example")).isEmpty();
    assertThat(user("san.email", pattern, "email:alice@corpXexample")).isEmpty();
    assertThat(user("san.email", pattern, "email:nobody@corp.example")).isEmpty();
  }

  @Test
  void a_pattern_without_groups_gives_the_value_and_an_absent_group_gives_nobody() {
    assertThat(user("san.dns", "[a-z]+", "dns:alice")).contains("alice");
    assertThat(user("san.dns", "(bob)?.*", "dns:alice")).isEmpty();
    assertThat(user("san.dns", "(alice)?.*", "dns:alice-laptop")).contains("alice");
  }

  @Test
  void a_value_too_long_to_be_matched_names_nobody() {
    assertThat(user("san.dns", "(alice).*", "dns:alice" + "a".repeat(500))).contains("alice");
    assertThat(user("san.dns", "(alice).*", "dns:alice" + "a".repeat(508))).isEmpty();
  }

  @Test
  void a_certificate_of_version_1_has_a_subject_only() {
    Certificate old = CA.client(DistinguishedName.parse("CN=alice")).signVersion1();
    assertThat(user("subject.cn", old)).contains("alice");
    assertThat(user("san.email", old)).isEmpty();
  }

  @Test
  void the_words_of_the_file_are_read_and_listed() {
    for (Source source : Source.values()) {
      assertThat(Source.parse(source.word())).isEqualTo(source);
    }
    assertThatThrownBy(() -> Source.parse("cn"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("san.email")
        .hasMessageContaining("not cn");
  }

  private Optional<String> user(String source, String pattern, String name) {
    var mapping = new IdentityMapping(Source.parse(source), Optional.of(Pattern.compile(pattern)));
    return mapping.user(certificate("CN=x", name), directory).map(User::name);
  }

  private Optional<String> user(String source, Certificate certificate) {
    return new IdentityMapping(Source.parse(source), Optional.empty())
        .user(certificate, directory)
        .map(User::name);
  }

  private static Certificate certificate(String subject, String... names) {
    return CA.client(
            DistinguishedName.parse(subject),
            Stream.of(names).map(GeneralName::parse).toArray(GeneralName[]::new))
        .sign();
  }
}
