package dev.postern.path;

import static dev.postern.path.TestChain.code;
import static dev.postern.path.TestChain.root;
import static dev.postern.path.TestChain.validate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.path.PathProblem.Code;
import dev.postern.path.TestChain.Party;
import dev.postern.x509.GeneralName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9525 §6, RFC 5280 §7. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PeerNamesTest {
  private static final Party ROOT = root("Root").sign();

  private static Optional<Code> asked(Party leaf, String... names) {
    List<GeneralName> wanted = Stream.of(names).map(GeneralName::parse).toList();
    return code(validate(PathRules.DEFAULT.withNames(wanted), leaf, ROOT));
  }

  @ParameterizedTest
  @CsvSource({
    "dns:a.example, dns:a.example",
    "dns:A.example, dns:a.EXAMPLE",
    "dns:*.example, dns:a.example",
    "ip:192.0.2.1, ip:192.0.2.1",
    "ip:2001:db8::1, ip:2001:DB8:0::1",
    "email:Alice@a.example, email:Alice@A.example",
    "uri:spiffe://a/b, uri:spiffe://a/b",
  })
  void a_name_it_has_is_found(String has, String asked) {
    assertThat(asked(ROOT.leaf("Leaf").names(has).sign(), asked)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "dns:a.example, dns:b.example",
    "dns:a.example, dns:a.example.",
    "dns:*.example, dns:a.b.example",
    "dns:*.example, dns:example",
    "dns:*.example, dns:*.example",
    "dns:192.0.2.1.example, ip:192.0.2.1",
    "ip:192.0.2.1, ip:192.0.2.2",
    "ip:192.0.2.1, dns:192.0.2.1",
    "email:Alice@a.example, email:alice@a.example",
    "email:alice@a.example, dns:a.example",
    "uri:spiffe://a/b, uri:spiffe://a/B",
  })
  void a_name_it_has_not_is_missed(String has, String asked) {
    assertThat(asked(ROOT.leaf("Leaf").names(has).sign(), asked)).contains(Code.NAME_MISMATCH);
  }

  @Test
  void every_name_asked_for_must_be_there() {
    Party leaf = ROOT.leaf("Leaf").names("dns:a.example", "dns:b.example").sign();
    assertThat(asked(leaf, "dns:a.example", "dns:b.example")).isEmpty();
    assertThat(asked(leaf, "dns:a.example", "dns:c.example")).contains(Code.NAME_MISMATCH);
  }

  @Test
  void the_common_name_is_no_name() {
    assertThat(asked(ROOT.leaf("a.example").sign(), "dns:a.example")).contains(Code.NAME_MISMATCH);
    assertThat(asked(ROOT.leaf("a.example").names("dns:a.example").sign(), "dns:a.example"))
        .isEmpty();
  }
}
