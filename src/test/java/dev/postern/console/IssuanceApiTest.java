package dev.postern.console;

import static dev.postern.console.ConsoleFixture.JSON;
import static dev.postern.console.ConsoleFixture.header;
import static dev.postern.console.ConsoleFixture.json;
import static dev.postern.console.ConsoleFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.console.ConsoleFixture.Ask;
import dev.postern.fakes.TestRequests;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
class IssuanceApiTest {
  private static final String ROOT = "/api/v1/certificates";

  @TempDir private Path folder;
  private ConsoleFixture console;
  private Bytes request;

  @BeforeEach
  void open() throws Exception {
    console = new ConsoleFixture(folder);
    request = Bytes.of(TestRequests.csr("CN=whoever"));
  }

  @AfterEach
  void close() {
    console.close();
  }

  private Map<String, Object> good() {
    Map<String, Object> body = new HashMap<>();
    body.put("csr", Pem.write(Pem.CERTIFICATE_REQUEST, request));
    body.put("profile", "client");
    body.put("user", "alice");
    return body;
  }

  private static Ask ask(Map<String, Object> body) throws Exception {
    return Ask.post(ROOT, JSON, new ObjectMapper().writeValueAsString(body));
  }

  private Reply issue(@Nullable String who, Map<String, Object> body) throws Exception {
    return console.ask(who, ask(body));
  }

  private long issued() {
    return json(console.get("/api/v1/events?kind=certificate.issued&who=admin"))
        .get("items")
        .size();
  }

  @Test
  void a_certificate_comes_back_and_stands_in_the_ledger_with_who_asked() throws Exception {
    Map<String, Object> body = good();
    body.put("names", List.of("email:a@example.com", "uri:urn:x"));
    body.put("validity", "2d");
    Reply reply = issue("root", body);
    assertThat(reply.status()).as(text(reply)).isEqualTo(201);
    JsonNode answer = json(reply);
    String serial = answer.get("serial").textValue();
    assertThat(header(reply, "location")).isEqualTo(ROOT + "/" + serial);
    JsonNode shown = json(console.get(ROOT + "/" + serial));
    assertThat(shown.get("pem")).isEqualTo(answer.get("pem"));
    for (String field : List.of("serial", "profile", "user", "notAfter", "names", "fingerprint")) {
      assertThat(answer.get(field)).as(field).isEqualTo(shown.get(field));
    }
    assertThat(answer.get("names").valueStream().map(JsonNode::textValue))
        .containsExactly("email:a@example.com", "URI:urn:x");
    assertThat(answer.get("notAfter").textValue()).isEqualTo("2026-11-03T12:00:00Z");
    assertThat(shown.get("requester").textValue()).isEqualTo("admin:root@192.0.2.7");
    assertThat(
            Pem.certificates(answer.get("pem").textValue().getBytes(StandardCharsets.US_ASCII))
                .getFirst()
                .publicKey()
                .der())
        .isEqualTo(dev.postern.x509.CertificationRequest.parse(request).publicKey().der());
    assertThat(issued()).isEqualTo(1);
  }

  @Test
  void base64_of_the_DER_does_as_well_as_PEM() throws Exception {
    Map<String, Object> body = good();
    body.put("csr", request.base64());
    assertThat(issue("root", body).status()).isEqualTo(201);
  }

  @Test
  void only_administrators_issue() throws Exception {
    assertThat(issue("audrey", good()).status()).isEqualTo(403);
    assertThat(issue("alice", good()).status()).isEqualTo(403);
    assertThat(issue(null, good()).status()).isEqualTo(403);
    assertThat(console.ask("root", ask(good()).with("sec-fetch-site", "cross-site")).status())
        .isEqualTo(403);
    assertThat(issued()).isZero();
    assertThat(issue("root", good()).status()).isEqualTo(201);
    assertThat(issued()).isEqualTo(1);
  }

  @Test
  void everything_that_is_wrong_is_said_at_once() throws Exception {
    Map<String, Object> body = good();
    body.put("csr", "AAAA");
    body.put("profile", "ocsp-responder");
    body.put("names", List.of("colour:red", "email:"));
    body.put("validity", "for ever");
    Reply reply = issue("root", body);
    assertThat(reply.status()).isEqualTo(422);
    assertThat(header(reply, "content-type")).isEqualTo("application/problem+json");
    JsonNode problem = json(reply);
    assertThat(problem.get("errors").findValuesAsText("field"))
        .containsExactly("csr", "profile", "names", "names", "validity");
    assertThat(problem.get("errors").findValuesAsText("reason")).noneMatch(String::isBlank);
    assertThat(problem.get("detail").textValue()).contains("csr: ", "profile: ", "validity: ");
    assertThat(issued()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 422 | csr",
        "{\"csr\":1} | 400 | csr",
        "{\"csr\":\"!\",\"profile\":\"client\"} | 422 | csr",
        "{\"csr\":\"\",\"profile\":\"client\"} | 422 | csr",
        "{\"csr\":\"-----BEGIN CERTIFICATE REQUEST-----\"} | 422 | csr",
        "{\"colour\":\"red\"} | 400 | colour",
        "{\"names\":\"dns:a\"} | 400 | names",
        "[] | 400 | body",
        "{ | 400 | body",
        "{\"csr\":\"a\",\"csr\":\"b\"} | 400 | body",
      })
  void what_cannot_be_read_is_named(String body, int status, String field) {
    Reply reply = console.post(ROOT, body);
    assertThat(reply.status()).as(text(reply)).isEqualTo(status);
    assertThat(json(reply).get("detail").textValue()).contains(field);
    assertThat(issued()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "ALICE\\u0000", ""})
  void for_nobody_there_is_none(String user) throws Exception {
    Map<String, Object> body = good();
    body.put("user", user);
    assertThat(issue("root", body).status()).isEqualTo(422);
    assertThat(issued()).isZero();
  }

  @Test
  void a_request_that_was_changed_proves_nothing() throws Exception {
    byte[] changed = request.toArray();
    changed[changed.length - 1] ^= 1;
    Map<String, Object> body = good();
    body.put("csr", Bytes.of(changed).base64());
    body.put("validity", "9999d");
    Reply reply = issue("root", body);
    assertThat(reply.status()).isEqualTo(422);
    assertThat(json(reply).get("errors").findValuesAsText("field"))
        .contains("signature", "validity");
    assertThat(issued()).isZero();
  }

  @Test
  void with_a_key_it_is_issued_once_and_without_each_time() throws Exception {
    Ask keyed = ask(good()).with("idempotency-key", "k1");
    Reply first = console.ask("root", keyed);
    Reply second = console.ask("root", keyed);
    assertThat(text(second)).isEqualTo(text(first));
    assertThat(header(second, "location")).isEqualTo(header(first, "location"));
    assertThat(issued()).isEqualTo(1);
    long changes = console.ledger.changes();
    issue("root", good());
    issue("root", good());
    assertThat(issued()).isEqualTo(3);
    assertThat(console.ledger.changes()).as("writes beside the issuing").isEqualTo(changes);
  }
}
