package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.access.Role;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code init} and the administrator. */
@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
class FirstAdminTest {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void setUp() throws IOException {
    shell = new Shell(folder);
  }

  private JsonNode json(String... words) throws IOException {
    return new ObjectMapper().readTree(shell.run(words).succeeded().out());
  }

  @Test
  void init_makes_an_administrator_with_a_certificate() throws Exception {
    String out =
        shell
            .run("init", "--name", "Example", "--domain", "example.com", "--admin", "Ann Smith")
            .succeeded()
            .out();
    assertThat(out)
        .contains("user admin")
        .contains("admin.example.com")
        .contains("shown this once");
    var password = Pattern.compile("Password: +(\\S+)").matcher(out);
    assertThat(password.find()).isTrue();

    Path file = shell.path("admin.p12");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    var opening =
        Pkcs12.open(
            Bytes.of(Files.readAllBytes(file)), Passphrase.of(password.group(1).toCharArray()));
    assertThat(opening).isInstanceOf(Pkcs12.Opening.Opened.class);
    Certificate certificate = ((Pkcs12.Opening.Opened) opening).certificates().getFirst();
    assertThat(certificate.subject()).hasToString("CN=Ann Smith,UID=admin,O=Example");

    JsonNode users = json("user", "list", "--json");
    assertThat(users).hasSize(1);
    assertThat(users.get(0).get("groups").get(0).asText()).isEqualTo(Role.ADMIN.group());
    assertThat(json("list", "--json", "--user", "admin").get(0).get("serial").asText())
        .isEqualTo(certificate.serialNumber().hex());
    assertThat(shell.run("list").succeeded().out()).contains("admin");
    assertThat(shell.run("show", "--pem", certificate.serialNumber().hex()).succeeded().out())
        .startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void without_an_administrator_there_is_neither_user_nor_file() throws Exception {
    String out = shell.run("init", "--name", "Example", "--no-admin").succeeded().out();
    assertThat(out).doesNotContain("Password");
    assertThat(shell.path("admin.p12")).doesNotExist();
    assertThat(json("user", "list", "--json")).isEmpty();
    assertThat(json("list", "--json")).isEmpty();
  }

  @Test
  void an_administrator_whom_no_certificate_can_name_leaves_nothing_behind() {
    shell.run("init", "--name", "Example", "--admin", "x".repeat(129)).failedInOneLine(1);
    assertThat(folder.toFile().list()).containsExactly("passphrase");
    shell.run("init", "--name", "Example", "--admin", " ").failedInOneLine(1);
    assertThat(folder.toFile().list()).containsExactly("passphrase");
  }

  @Test
  void an_existing_folder_for_the_root_stays_when_init_fails() throws Exception {
    Path root = Files.createDirectory(shell.path("postern-root"));
    Files.writeString(root.resolve("notes"), "mine");
    shell.run("init", "--name", "Example", "--admin", "x".repeat(129)).failedInOneLine(1);
    assertThat(root.toFile().list()).containsExactly("notes");
  }

  @Test
  void somebody_elses_file_of_that_name_stays() throws Exception {
    Files.writeString(shell.path("admin.p12"), "precious");
    assertThat(shell.run("init", "--name", "Example").failedInOneLine(2)).contains("--no-admin");
    assertThat(shell.path("admin.p12")).hasContent("precious");
    assertThat(shell.path("postern-data")).doesNotExist();
  }
}
