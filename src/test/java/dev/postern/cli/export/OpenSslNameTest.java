package dev.postern.cli.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.x509.DistinguishedName;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenSslNameTest {
  @Test
  void specials_stand_behind_a_backslash_and_the_rest_in_digits() {
    var name =
        DistinguishedName.builder()
            .organization("Söhne, \"Ltd\" + <x>;\\")
            .commonName(" #UID=root ")
            .build();
    assertThat(OpenSslName.of(name))
        .contains(
            new OpenSslName(
                "CN=\\ #UID=root\\ ,O=S\\C3\\B6hne\\, \\\"Ltd\\\" \\+ \\<x\\>\\;\\\\",
                "CN=\\ #UID=root\\ ,O=Söhne\\, \\\"Ltd\\\" \\+ \\<x\\>\\;\\\\"));
  }

  @Test
  void what_OpenSSL_writes_in_a_way_of_its_own_is_not_guessed() {
    var name = DistinguishedName.builder().add(BCStyle.PSEUDONYM, "x").build();
    assertThat(OpenSslName.of(name)).isEmpty();
    assertThat(OpenSslName.of(DistinguishedName.builder().build())).isEmpty();
  }

  @Test
  void a_quoted_text_means_itself_alone() {
    String text = "CN=a\\, \"b\"#c|(d)[e]{f}*.$^'`%{g},O=h";
    assertThat(Quoting.regex(text)).matches("[A-Za-z0-9/_\\\\-]+");
    assertThat(Pattern.matches(Quoting.regex(text), text)).isTrue();
    assertThat(Pattern.matches(Quoting.regex("a.b"), "axb")).isFalse();
    assertThat(Quoting.percent("a,b;c\"d\u00e9")).isEqualTo("a%2Cb%3Bc%22d%C3%A9");
    assertThat(Quoting.percent("é").getBytes(StandardCharsets.US_ASCII)).hasSize(6);
    assertThat(Quoting.comment("a\n}b")).isEqualTo("a?}b");
  }
}
