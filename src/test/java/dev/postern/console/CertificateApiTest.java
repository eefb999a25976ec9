package dev.postern.console;

import static dev.postern.console.ConsoleFixture.JSON;
import static dev.postern.console.ConsoleFixture.NOW;
import static dev.postern.console.ConsoleFixture.header;
import static dev.postern.console.ConsoleFixture.json;
import static dev.postern.console.ConsoleFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.access.Role;
import dev.postern.console.ConsoleFixture.Ask;
import dev.postern.web.Reply;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CertificateApiTest {
  private static final String ROOT = "/api/v1/certificates";

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

  private List<String> serials(String query) {
    Reply reply = console.get(ROOT + query);
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    return serials(json(reply));
  }

  private static List<String> serials(JsonNode page) {
    return page.get("items").valueStream().map(each -> each.get("serial").textValue()).toList();
  }

  private static String path(Certificate certificate) {
    return ROOT + "/" + certificate.serialNumber().hex();
  }

  @Test
  void filters_narrow_the_list() {
    Certificate laptop = console.issue("alice");
    Certificate phone = console.issue("alice", "Alice (phone)", Duration.ofDays(10));
    String a = laptop.serialNumber().hex();
    String b = phone.serialNumber().hex();
    assertThat(serials("?user=alice")).containsExactly(b, a);
    assertThat(serials("?user=alice&text=PHO")).containsExactly(b);
    assertThat(serials("?text=" + laptop.serialNumber().tail())).containsExactly(a);
    assertThat(serials("?user=alice&state=expiring")).isEmpty();
    assertThat(serials("?user=alice&state=active")).containsExactly(b, a);
    assertThat(serials("?user=alice&expiresAfter=2027-01-01")).containsExactly(a);
    assertThat(serials("?user=alice&expiresBefore=2027-01-01T00:00:00Z")).containsExactly(b);
    assertThat(serials("?profile=server")).isEmpty();
    assertThat(serials("?profile=client&user=alice&limit=1")).containsExactly(b);
    assertThat(serials("?state=revoked")).isEmpty();
    console.now = NOW.plus(Duration.ofDays(11));
    assertThat(serials("?user=alice&state=expired")).containsExactly(b);
    assertThat(serials("?user=alice&state=active")).containsExactly(a);
  }

  @Test
  void expiring_is_what_somebody_has_to_see_to() {
    String phone = console.issue("alice", "Alice (phone)", Duration.ofDays(9)).serialNumber().hex();
    String own = console.issueOwn(Duration.ofDays(9)).serialNumber().hex();
    String laptop = console.issue("alice").serialNumber().hex();
    for (int day : List.of(0, 5)) {
      console.now = NOW.plus(Duration.ofDays(day));
      assertThat(serials("?state=expiring")).as("day " + day).isEmpty();
    }
    console.now = NOW.plus(Duration.ofDays(7));
    assertThat(serials("?state=expiring")).containsExactly(phone);
    assertThat(serials("?state=expiring&user=alice&text=pho")).containsExactly(phone);
    assertThat(serials("?state=expiring&text=respond")).isEmpty();
    assertThat(serials("?state=active&user=alice")).containsExactly(laptop, own, phone);
    assertThat(state(phone)).isEqualTo("expiring");
    assertThat(state(own)).isEqualTo("active");
    assertThat(state(laptop)).isEqualTo("active");
    JsonNode counts = json(console.get("/api/v1/status")).get("certificates");
    assertThat(counts.get("expiring").intValue()).isEqualTo(1);
    console.now = NOW.plus(Duration.ofDays(340));
    assertThat(serials("?state=expiring")).contains(laptop).doesNotContain(phone, own);
  }

  private String state(String serial) {
    return json(console.get(ROOT + "/" + serial)).get("state").textValue();
  }

  @Test
  void every_answer_ends_its_line() {
    assertThat(text(console.get(ROOT))).endsWith("}\n");
    assertThat(text(console.get(ROOT + "/00"))).endsWith("}\n");
    assertThat(text(console.get("/api/v1/openapi.json"))).endsWith("}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?usr=alice",
        "?state=lost",
        "?limit=0",
        "?limit=501",
        "?limit=x",
        "?after=x",
        "?after=-1",
        "?after=99999999999999999999",
        "?expiresBefore=soon",
        "?expiresBefore=2026-13-01",
        "?user=a&user=b",
        "?text=%00",
        "?text=%zz"
      })
  void a_filter_that_is_none_is_refused(String query) {
    Reply reply = console.get(ROOT + query);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(header(reply, "content-type")).isEqualTo("application/problem+json");
    assertThat(json(reply).get("detail").textValue()).isNotBlank();
  }

  @Test
  void a_certificate_is_found_by_its_whole_fingerprint_and_by_no_part_of_it() {
    console.issue("bob");
    Certificate wanted = console.issue("alice");
    String hex = wanted.fingerprint().hex();
    String colons = hex.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
    String serial = wanted.serialNumber().hex();
    assertThat(serials("?text=" + hex)).containsExactly(serial);
    assertThat(serials("?text=" + colons)).containsExactly(serial);
    assertThat(serials("?user=alice&state=active&text=" + hex)).containsExactly(serial);
    assertThat(serials("?user=bob&text=" + hex)).isEmpty();
    assertThat(serials("?text=" + hex.substring(0, 62))).isEmpty();
    assertThat(serials("?text=" + "0".repeat(64))).isEmpty();
  }

  @Test
  void a_text_that_is_long_is_refused_and_one_without_words_finds_nothing() {
    assertThat(console.get(ROOT + "?text=" + "a".repeat(301)).status()).isEqualTo(400);
    console.issue("alice");
    assertThat(serials("?text=%25")).isEmpty();
    assertThat(serials("?text='%20or%201=1%20--")).isEmpty();
  }

  @Test
  void pages_follow_each_other_whatever_is_issued_meanwhile() {
    List<String> issued = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      issued.addFirst(console.issue("alice").serialNumber().hex());
    }
    List<String> read = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = json(console.get(ROOT + "?user=alice&limit=3" + after));
      read.addAll(serials(page));
      console.issue("alice"); // goes in front
      console.now = console.now.minusSeconds(5); // by a clock that was set back
      after = page.get("next").isNull() ? "" : "&after=" + page.get("next").textValue();
    } while (!after.isEmpty());
    assertThat(read).containsExactlyElementsOf(issued);
  }

  @Test
  void one_certificate_is_shown_with_its_history_and_as_a_file() throws Exception {
    Certificate certificate = console.issue("alice");
    JsonNode shown = json(console.get(path(certificate)));
    assertThat(shown.get("fingerprint").textValue()).isEqualTo(certificate.fingerprint().hex());
    assertThat(shown.get("history").findValuesAsText("kind"))
        .containsExactly("certificate.intended", "certificate.issued");
    assertThat(shown.get("state").textValue()).isEqualTo("active");
    assertThat(shown.get("lastUsedAt").isNull()).isTrue();
    Reply file = console.get(path(certificate) + "/pem");
    assertThat(text(file)).isEqualTo(shown.get("pem").textValue()).startsWith("-----BEGIN");
    assertThat(header(file, "content-disposition")).startsWith("attachment");
  }

  @ParameterizedTest
  @CsvSource({"abcdef12, 404", "00, 400", "xyz, 400", "1, 404"})
  void what_was_never_issued_is_not_there(String serial, int status) {
    assertThat(console.get(ROOT + "/" + serial).status()).isEqualTo(status);
    assertThat(console.post(ROOT + "/" + serial + "/suspend", "").status()).isEqualTo(status);
  }

  @Test
  void a_certificate_is_suspended_released_and_revoked_with_who_and_from_where() {
    Certificate certificate = console.issue("alice");
    JsonNode suspended = json(console.post(path(certificate) + "/suspend", ""));
    assertThat(suspended.get("state").textValue()).isEqualTo("suspended");
    assertThat(serials("?state=suspended")).hasSize(1);
    assertThat(json(console.post(path(certificate) + "/release", "{}")).get("state").textValue())
        .isEqualTo("active");
    assertThat(serials("?state=suspended")).isEmpty();
    Reply revoked = console.post(path(certificate) + "/revoke", "{\"reason\":\"keyCompromise\"}");
    assertThat(json(revoked).get("revocationReason").textValue()).isEqualTo("keyCompromise");
    assertThat(json(revoked).get("changed").booleanValue()).isTrue();
    assertThat(serials("?state=revoked")).containsExactly(certificate.serialNumber().hex());
    assertThat(serials("?state=active")).doesNotContain(certificate.serialNumber().hex());
    JsonNode last = json(console.get("/api/v1/events?kind=certificate.revoked")).at("/items/0");
    assertThat(last.get("who").textValue()).isEqualTo("admin:root@192.0.2.7");
    assertThat(last.at("/detail/reason").textValue()).isEqualTo("keyCompromise");
    assertThat(console.post(path(certificate) + "/release", "").status()).isEqualTo(409);
    Reply again = console.post(path(certificate) + "/revoke", "{\"reason\":\"superseded\"}");
    assertThat(json(again).get("changed").booleanValue()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"reason\":\"because\"} | 422",
        "{\"reason\":\"certificateHold\"} | 422",
        "{\"reason\":\"removeFromCRL\"} | 422",
        "{} | 400",
        "{\"reason\":1} | 400",
        "{\"reason\":\"superseded\",\"x\":1} | 400",
        "reason=superseded | 400"
      })
  void without_a_good_reason_nothing_is_revoked(String body, int status) {
    Certificate certificate = console.issue("alice");
    assertThat(console.post(path(certificate) + "/revoke", body).status()).isEqualTo(status);
    assertThat(serials("?state=revoked")).isEmpty();
  }

  @Test
  void only_administrators_write_and_only_from_here() {
    Certificate certificate = console.issue("alice");
    Ask revoke = Ask.post(path(certificate) + "/revoke", JSON, "{\"reason\":\"keyCompromise\"}");
    assertThat(console.ask("audrey", revoke).status()).isEqualTo(403);
    assertThat(console.ask("alice", revoke).status()).isEqualTo(403);
    assertThat(console.ask(null, revoke).status()).isEqualTo(403);
    assertThat(console.ask("root", revoke.with("sec-fetch-site", "cross-site")).status())
        .isEqualTo(403);
    assertThat(console.ask("root", revoke.with("origin", "https://wiki.example.com")).status())
        .isEqualTo(403);
    assertThat(serials("?state=revoked")).isEmpty();
    assertThat(console.ask("root", revoke.with("sec-fetch-site", "same-origin")).status())
        .isEqualTo(200);
    assertThat(serials("?state=revoked")).hasSize(1);
  }

  @Test
  void auditors_look_and_strangers_do_not() {
    Ask list = Ask.get(ROOT);
    assertThat(console.ask("audrey", list).status()).isEqualTo(200);
    assertThat(console.ask("alice", list).status()).isEqualTo(403);
    assertThat(console.ask(null, list).status()).isEqualTo(403);
  }

  @Test
  void the_same_request_with_a_key_is_done_once() {
    Certificate certificate = console.issue("alice");
    Ask revoke =
        Ask.post(path(certificate) + "/revoke", JSON, "{\"reason\":\"superseded\"}")
            .with("idempotency-key", "k1");
    Reply first = console.ask("root", revoke);
    long position = console.ledger.events().position();
    Reply second = console.ask("root", revoke);
    assertThat(text(second)).isEqualTo(text(first)).contains("\"changed\":true");
    assertThat(header(second, "idempotency-replayed")).isEqualTo("true");
    assertThat(console.ledger.events().position()).isEqualTo(position);
    Ask other =
        Ask.post(path(certificate) + "/revoke", JSON, "{\"reason\":\"keyCompromise\"}")
            .with("idempotency-key", "k1");
    assertThat(console.ask("root", other).status()).isEqualTo(422);
    assertThat(console.ask("root", other.with("idempotency-key", "k2")).status()).isEqualTo(200);
    assertThat(console.ask("root", revoke.with("idempotency-key", "a b")).status()).isEqualTo(400);
    console.now = console.now.plus(Duration.ofHours(25));
    assertThat(text(console.ask("root", revoke))).contains("\"changed\":false");
  }

  @Test
  void a_key_belongs_to_who_uses_it_and_a_malformed_request_does_not_use_it_up() {
    console.user("ruth", Role.ADMIN.group());
    Certificate certificate = console.issue("alice");
    Ask broken = Ask.post(path(certificate) + "/revoke", JSON, "{").with("idempotency-key", "k1");
    assertThat(console.ask("root", broken).status()).isEqualTo(400);
    Ask suspend = Ask.post(path(certificate) + "/suspend", JSON, "").with("idempotency-key", "k1");
    Stream.of("root", "ruth")
        .forEach(
            who -> assertThat(header(console.ask(who, suspend), "idempotency-replayed")).isEmpty());
  }
}
