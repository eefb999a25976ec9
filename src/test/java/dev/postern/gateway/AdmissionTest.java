package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.User;
import dev.postern.web.TlsEngine;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class AdmissionTest {
  static Stream<Arguments> engines() {
    return Stream.of(TlsEngine.values())
        .flatMap(engine ->
            Stream.of(Version.HTTP_1_1, Version.HTTP_2)
                .map(version -> Arguments.argumentSet(engine + " " + version, engine, version)));
  }

  static HttpResponse<String> get(
      TestDoor door, TestPki.@Nullable Holder who, Version version, String path, String... headers)
      throws IOException, InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(TestDoor.CA.clientContext(who))
            .version(version)
            .connectTimeout(Duration.ofSeconds(5))
            .build()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(door.uri(path)).timeout(Duration.ofSeconds(10));
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(response.version()).isEqualTo(version);
      return response;
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void staff_enter_and_others_are_told_why_not(TlsEngine engine, Version version) throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().engine(engine).relayTo(app.port()).open()) {
      var alice = get(door, TestDoor.ALICE, version, "/");
      assertThat(alice.statusCode()).isEqualTo(200);
      assertThat(alice.body()).contains("Hello, alice");

      var bob = get(door, TestDoor.BOB, version, "/");
      assertThat(bob.statusCode()).isEqualTo(403);
      assertThat(bob.body()).contains("\"code\": \"not-permitted\"").contains("bob (laptop)");

      var nobody = get(door, null, version, "/");
      assertThat(nobody.statusCode()).isEqualTo(403);
      assertThat(nobody.body()).contains("\"code\": \"no-certificate\"").contains("enrol.test");

      var admin = get(door, TestDoor.ALICE, version, "/admin/x");
      assertThat(admin.statusCode()).isEqualTo(403);

      assertThat(door.log)
          .extracting(AccessLog.Entry::verdict)
          .containsExactly("admitted", "not-permitted", "no-certificate", "not-permitted");
      assertThat(door.log.get(1).user()).contains("bob"); // who was refused is what an admin asks
      assertThat(door.log.get(2).user()).isEmpty();
      assertThat(bob.body()).contains(door.log.get(1).reference());
    }
  }

  @Test
  void a_public_path_is_open_and_its_neighbour_is_not() throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open()) {
      assertThat(get(door, null, Version.HTTP_2, "/public/x").statusCode()).isEqualTo(200);
      assertThat(get(door, null, Version.HTTP_2, "/publicity").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void each_denial_has_its_code() throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().withoutCaNames().relayTo(app.port()).open()) {
      var strange = TestDoor.STRANGE_CA.client("alice");
      var old = TestDoor.CA.client("alice", TestPki.START, Instant.parse("2026-02-01T00:00:00Z"));
      var early = TestDoor.CA.client("alice", Instant.parse("2027-01-01T00:00:00Z"), TestPki.END);
      door.users.put("carl", TestDoor.user("carl", User.State.DISABLED));
      door.gateway().replace(door.state(door.sites()));
      assertThat(code(door, strange)).contains("untrusted-issuer");
      assertThat(code(door, old)).contains("expired");
      assertThat(code(door, early)).contains("not-yet-valid");
      assertThat(code(door, TestDoor.CA.client("nobody"))).contains("unknown-user");
      assertThat(code(door, TestDoor.CA.client("carl"))).contains("user-disabled");
    }
  }

  private static String code(TestDoor door, TestPki.Holder who) throws Exception {
    return get(door, who, Version.HTTP_1_1, "/")
        .body()
        .lines()
        .filter(line -> line.contains("\"code\""))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_browser_gets_a_page_without_scripts() throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open()) {
      var page = get(door, TestDoor.BOB, Version.HTTP_2, "/x", "Accept", "text/html,*/*;q=0.8");
      assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("content-security-policy"))
          .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
      assertThat(page.body())
          .contains("<h1>You are signed in, but not permitted to enter here.</h1>")
          .contains("bob (laptop)")
          .contains("href=\"/x\"")
          .contains(door.log.getFirst().reference())
          .doesNotContain("<script");
    }
  }

  @Test
  void a_page_repeats_no_markup_and_leads_nowhere_else() throws Exception {
    String script = "<script>alert(1)</script>\"'";
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open();
        RawClient client =
            new RawClient(
                door.port(),
                TestDoor.CA.clientContext(TestDoor.CA.client("bob", script)),
                TestDoor.HOST)) {
      var page = client.get("/<script>alert(1)</script>\"'?<script>\"", "Accept: text/html");
      assertThat(page.status()).isEqualTo(403);
      assertThat(page.body()).contains("alert(1)").contains("&#34;&#39;").doesNotContain("<script");
    }
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open();
        RawClient client =
            new RawClient(door.port(), TestDoor.CA.clientContext(TestDoor.BOB), TestDoor.HOST)) {
      var page = client.get("//evil.test/sign-in", "Accept: text/html");
      assertThat(page.status()).isEqualTo(403);
      assertThat(page.body()).contains("href=\"/").doesNotContain("href=\"//");
    }
  }
}
