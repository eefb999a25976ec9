package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.keys.Pkcs12.Opening;
import dev.postern.x509.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The published PBMAC1 files of RFC 9579, OpenSSL and GnuTLS; skipped where they are not here. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class Pkcs12VectorsTest {
  @Test
  void every_published_PBMAC1_file_is_opened_or_refused_as_published() throws IOException {
    Path folder =
        Path.of(Optional.ofNullable(System.getenv("POSTERN_VECTORS")).orElse("../shared/vectors"));
    Path file = folder.resolve("p12-pbmac1.json");
    assumeTrue(Files.exists(file), "no vectors in " + folder.toAbsolutePath().normalize());
    JsonNode tests = new ObjectMapper().readTree(file.toFile()).get("tests");
    assertThat(tests).isNotEmpty();
    SoftAssertions softly = new SoftAssertions();
    for (JsonNode test : tests) {
      Opening opening =
          Pkcs12.open(
              Bytes.ofBase64(test.get("p12").asText()),
              Passphrase.of(test.get("password").asText().toCharArray()));
      softly
          .assertThat(opening instanceof Opening.Opened ? "OPEN" : "REJECT")
          .as("%s: %s", test.get("id").asText(), opening)
          .isEqualTo(test.get("expected").asText());
    }
    softly.assertAll();
  }
}
