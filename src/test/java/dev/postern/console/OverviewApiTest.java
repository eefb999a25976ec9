package dev.postern.console;

import static dev.postern.console.ConsoleFixture.JSON;
import static dev.postern.console.ConsoleFixture.NOW;
import static dev.postern.console.ConsoleFixture.header;
import static dev.postern.console.ConsoleFixture.json;
import static dev.postern.console.ConsoleFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.console.ConsoleFixture.Ask;
import dev.postern.ledger.SignIn;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OverviewApiTest {
  @TempDir private Path folder;
  private ConsoleFixture console;

  @BeforeEach
  void open() {
    console = new ConsoleFixture(folder);
  }

  @AfterEach
  void close() {
    console.close();
  }

  @Test
  void status_counts() {
    console.identity("root");
    console.issue("alice", "Alice (phone)", Duration.ofDays(10));
    Certificate lost = console.issue("alice");
    console.post(
        "/api/v1/certificates/" + lost.serialNumber().hex() + "/revoke",
        "{\"reason\":\"keyCompromise\"}");
    JsonNode status = json(console.get("/api/v1/status"));
    assertThat(status.get("people").intValue()).isEqualTo(3);
    assertThat(status.get("certificates").toString())
        .isEqualTo("{\"active\":2,\"expiring\":0,\"expired\":0,\"suspended\":0,\"revoked\":1}");
    assertThat(status.at("/authorities/0/root").booleanValue()).isTrue();
  }

  @Test
  void who_comes_to_its_root_is_led_to_the_description() {
    for (String address : List.of("/api/v1", "/api/v1/")) {
      Reply reply = console.get(address);
      assertThat(reply.status()).as(address).isEqualTo(303);
      assertThat(header(reply, "location")).isEqualTo("/api/v1/openapi.json");
    }
    assertThat(console.get("/api/v1/other").status()).isEqualTo(404);
  }

  @Test
  void the_audit_trail_is_filtered_and_paged() {
    console.ask("root", Ask.patch("/api/v1/users/alice", "{\"state\":\"disabled\"}"));
    String events = "/api/v1/events";
    assertThat(json(console.get(events + "?kind=user.disabled")).get("items")).hasSize(1);
    assertThat(json(console.get(events + "?who=admin:root")).get("items")).hasSize(1);
    assertThat(json(console.get(events + "?who=admin:audrey")).get("items")).isEmpty();
    assertThat(json(console.get(events + "?subject=alice")).get("items")).hasSize(2);
    assertThat(json(console.get(events + "?from=2026-11-02")).get("items")).isEmpty();
    assertThat(json(console.get(events + "?until=2026-11-01")).get("items")).isEmpty();
    JsonNode first = json(console.get(events + "?limit=2"));
    JsonNode second = json(console.get(events + "?limit=2&after=" + first.get("next").asText()));
    assertThat(second.at("/items/0/position").longValue())
        .isEqualTo(first.at("/items/1/position").longValue() - 1);
    assertThat(console.get(events + "?after=0").status()).isEqualTo(400);
  }

  @Test
  void an_explanation_says_what_the_page_says() {
    Certificate certificate = console.issue("alice");
    String serial = certificate.serialNumber().hex();
    JsonNode staff = explain("serial=" + serial + "&url=https://wiki.example.com/");
    assertThat(staff.get("allowed").booleanValue()).isTrue();
    console.identity("alice"); // follows
    JsonNode admin = explain("serial=" + serial + "&url=https://wiki.example.com/admin");
    assertThat(admin.get("code").textValue()).isEqualTo("not-permitted");
    assertThat(admin.get("why").textValue()).isEqualTo(words("denial.not-permitted.title"));
    console.post("/api/v1/certificates/" + serial + "/revoke", "{\"reason\":\"keyCompromise\"}");
    console.identity("root"); // follows
    assertThat(explain("serial=" + serial + "&url=wiki.example.com").get("code").textValue())
        .isEqualTo("revoked");
    assertThat(explain("url=https://wiki.example.com/").get("code").textValue())
        .isEqualTo("no-certificate");
    assertThat(explain("user=alice&url=https://wiki.example.com/").get("allowed").booleanValue())
        .isTrue();
    assertThat(explain("user=root&url=https://wiki.example.com/").get("allowed").booleanValue())
        .isFalse();
  }

  private JsonNode explain(String query) {
    return json(console.get("/api/v1/explain?" + query));
  }

  private static String words(String key) {
    return ResourceBundle.getBundle(
            "dev.postern.web.pages", Locale.ROOT, Pages.class.getClassLoader())
        .getString(key);
  }

  @ParameterizedTest
  @CsvSource({
    "user=alice, 400",
    "user=alice&serial=1234&url=https://wiki.example.com/, 400",
    "user=zed&url=https://wiki.example.com/, 422",
    "user=alice&url=https://other.example.com/, 422",
    "user=alice&url=https://wiki.example.com/a/../b, 422",
    "user=alice&url=ht%20tp:, 400",
    "serial=12&url=https://wiki.example.com/, 400",
    "serial=1234567890abcdef&url=https://wiki.example.com/, 422",
    "user=alice&method=get%20x&url=https://wiki.example.com/, 422"
  })
  void what_cannot_be_explained_is_said(String query, int status) {
    assertThat(console.get("/api/v1/explain?" + query).status()).isEqualTo(status);
  }

  @Test
  void sign_ins_are_counted_by_hour_and_the_last_use_is_remembered() {
    Certificate certificate = console.issue("alice");
    String serial = certificate.serialNumber().hex();
    console.signIns.record(signIn("admitted", serial));
    console.signIns.record(signIn("admitted", serial));
    console.signIns.record(signIn("revoked", serial));
    console.signIns.close(); // writes
    JsonNode counts = json(console.get("/api/v1/sign-ins")).get("items");
    assertThat(counts.toString())
        .isEqualTo(
            "[{\"hour\":\"2026-11-01T12:00:00Z\",\"code\":\"admitted\",\"count\":2},"
                + "{\"hour\":\"2026-11-01T12:00:00Z\",\"code\":\"revoked\",\"count\":1}]");
    JsonNode recent = json(console.get("/api/v1/sign-ins/recent")).get("items");
    assertThat(recent.findValuesAsText("code")).containsExactly("revoked", "admitted", "admitted");
    JsonNode shown = json(console.get("/api/v1/certificates/" + serial));
    assertThat(shown.get("lastUsedFrom").textValue()).isEqualTo("198.51.100.9");
    assertThat(console.get("/api/v1/sign-ins?from=2020-01-01").status()).isEqualTo(400);
  }

  private static SignIn signIn(String code, String serial) {
    return new SignIn(
        NOW,
        code,
        "wiki.example.com",
        "/",
        "198.51.100.9",
        Optional.of("alice"),
        Optional.of(serial),
        true,
        "REF");
  }

  @Test
  void the_document_describes_every_route_and_no_other() {
    JsonNode document = json(console.get("/api/v1/openapi.json"));
    List<String> described = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .fieldNames()
                .forEachRemaining(method ->
                    described.add(
                        method.toUpperCase(Locale.ROOT) + " " + Api.ROOT + path.getKey())));
    assertThat(described).containsExactlyInAnyOrderElementsOf(Console.api(console.services()));
    document
        .findValuesAsText("$ref")
        .forEach(reference ->
            assertThat(document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
  }

  @Test
  void sites_and_authorities_are_shown() {
    assertThat(json(console.get("/api/v1/sites")).at("/items/0/rules/1").textValue())
        .isEqualTo("/** → group:staff");
    JsonNode authority = json(console.get("/api/v1/authorities")).at("/items/0");
    assertThat(
            text(console.get("/api/v1/authorities/" + authority.get("keyId").textValue() + "/pem")))
        .startsWith("-----BEGIN CERTIFICATE");
    assertThat(console.get("/api/v1/authorities/00/pem").status()).isEqualTo(404);
    assertThat(console.ask("root", Ask.post("/api/v1/sites", JSON, "{}")).status()).isEqualTo(405);
  }
}
