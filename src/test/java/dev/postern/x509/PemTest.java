package dev.postern.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.fakes.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PemTest {
  private static final Certificate ROOT = TestAuthority.root("Pem").certificate();

  @Test
  void what_is_written_is_read_again() throws MalformedException {
    Bytes content = Bytes.of(new byte[100]);
    String text = Pem.write("X509 CRL", content);
    assertThat(text.lines()).first().isEqualTo("-----BEGIN X509 CRL-----");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(64));
    assertThat(Pem.parse(text)).containsExactly(new Pem.Block("X509 CRL", content, List.of()));
  }

  @Test
  void prose_other_blocks_and_windows_line_ends_are_skipped() throws MalformedException {
    String file =
        "subject=CN = Pem\n\n" + Pem.write(ROOT) + "bag\n" + Pem.write("X", Bytes.ofHex("00"));
    byte[] bytes = file.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    assertThat(Pem.looksLikePem(bytes)).isTrue();
    assertThat(Pem.certificates(bytes)).containsExactly(ROOT);
  }

  @Test
  void a_chain_keeps_its_order() throws MalformedException {
    Certificate other = TestAuthority.root("Other").certificate();
    byte[] file = Pem.write(List.of(other, ROOT)).getBytes(StandardCharsets.US_ASCII);
    assertThat(Pem.certificates(file)).containsExactly(other, ROOT);
  }

  @Test
  void der_is_read_as_well() throws MalformedException {
    assertThat(Pem.looksLikePem(ROOT.der().toArray())).isFalse();
    assertThat(Pem.certificates(ROOT.der().toArray())).containsExactly(ROOT);
  }

  @Test
  void the_headers_of_old_key_files_are_kept_apart() throws MalformedException {
    String text =
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,00

        AAAA
        -----END RSA PRIVATE KEY-----
        """;
    assertThat(Pem.parse(text))
        .containsExactly(
            new Pem.Block(
                "RSA PRIVATE KEY",
                Bytes.ofHex("000000"),
                List.of("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,00")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END OTHER-----\n",
        "-----BEGIN CERTIFICATE-----\nA!AA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n-----BEGIN X-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN X-----\nAAAA\n-----END X-----\n",
        "",
        "nothing of the kind"
      })
  void what_holds_no_certificate_is_malformed(String text) {
    assertThatThrownBy(() -> Pem.certificates(text.getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void a_file_with_endless_blocks_is_malformed() throws MalformedException {
    assertThat(Pem.parse(Pem.write("X", Bytes.ofHex("00")).repeat(1000))).hasSize(1000);
    assertThatThrownBy(() -> Pem.parse(Pem.write("X", Bytes.ofHex("00")).repeat(1001)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("1000");
  }
}
