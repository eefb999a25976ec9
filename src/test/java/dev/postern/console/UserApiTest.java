package dev.postern.console;

import static dev.postern.console.ConsoleFixture.JSON;
import static dev.postern.console.ConsoleFixture.header;
import static dev.postern.console.ConsoleFixture.json;
import static dev.postern.console.ConsoleFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.access.Role;
import dev.postern.console.ConsoleFixture.Ask;
import dev.postern.ledger.Invitation;
import dev.postern.web.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UserApiTest {
  private static final String ROOT = "/api/v1/users";

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

  private List<String> names(String query) {
    return json(console.get(ROOT + query)).get("items").findValuesAsText("name");
  }

  @Test
  void users_are_listed_searched_and_paged() {
    assertThat(names("")).containsExactly("alice", "audrey", "root");
    assertThat(names("?text=LIC")).containsExactly("alice");
    assertThat(names("?text=audrey@")).containsExactly("audrey");
    assertThat(names("?text=%25")).isEmpty();
    assertThat(names("?group=staff")).containsExactly("alice");
    assertThat(names("?state=disabled")).isEmpty();
    List<String> read = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = json(console.get(ROOT + "?limit=1" + after));
      read.addAll(page.get("items").findValuesAsText("name"));
      after = page.get("next").isNull() ? "" : "&after=" + page.get("next").textValue();
    } while (!after.isEmpty());
    assertThat(read).containsExactly("alice", "audrey", "root");
    assertThat(console.get(ROOT + "?state=asleep").status()).isEqualTo(400);
  }

  @Test
  void a_user_is_added_once() {
    String body =
        "{\"name\":\"bob\",\"displayName\":\"Bob <b>\",\"email\":\"bob@example.com\","
            + "\"groups\":[\"staff\"]}";
    Reply added = console.post(ROOT, body);
    assertThat(added.status()).isEqualTo(201);
    assertThat(header(added, "location")).isEqualTo(ROOT + "/bob");
    Reply shown = console.get(ROOT + "/bob");
    assertThat(text(shown)).isEqualTo(text(added));
    assertThat(header(shown, "etag")).isEqualTo(header(added, "etag"));
    assertThat(console.post(ROOT, body).status()).isEqualTo(409);
    assertThat(console.post(ROOT, "{\"name\":\"rob\",\"email\":\"BOB@example.com\"}").status())
        .isEqualTo(409);
    assertThat(json(console.get("/api/v1/events?subject=bob")).at("/items/0/who").textValue())
        .isEqualTo("admin:root@192.0.2.7");
    assertThat(json(console.get("/api/v1/groups")).get("items").findValuesAsText("name"))
        .containsExactly(Role.ADMIN.group(), Role.AUDITOR.group(), "staff");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"b b\"} | 422",
        "{\"name\":\"bob\",\"email\":\"nowhere\"} | 422",
        "{\"name\":\"bob\",\"displayName\":\"a\\nb\"} | 422",
        "{\"name\":\"bob\",\"groups\":[\"a b\"]} | 422",
        "{\"name\":\"\"} | 400",
        "{\"name\":\"bob\",\"groups\":\"staff\"} | 400",
        "{\"name\":\"bob\",\"admin\":true} | 400"
      })
  void what_is_no_user_is_not_added(String body, int status) {
    assertThat(console.post(ROOT, body).status()).isEqualTo(status);
    assertThat(console.get(ROOT + "/bob").status()).isEqualTo(404);
  }

  @Test
  void who_saw_an_older_state_does_not_overwrite_a_newer_one() {
    String seen = header(console.get(ROOT + "/alice"), "etag");
    Ask change = Ask.patch(ROOT + "/alice", "{\"groups\":[\"staff\",\"admins\"]}");
    Reply done = console.ask("root", change.with("if-match", seen));
    assertThat(json(done).get("groups")).hasSize(2);
    assertThat(header(done, "etag")).isNotEqualTo(seen);
    Ask late = Ask.patch(ROOT + "/alice", "{\"groups\":[]}");
    Reply refused = console.ask("root", late.with("if-match", seen));
    assertThat(refused.status()).isEqualTo(412);
    assertThat(json(refused).get("code").textValue()).isEqualTo("overtaken");
    assertThat(console.ask("root", late.with("if-match", "W/" + header(done, "etag"))).status())
        .isEqualTo(412);
    assertThat(json(console.get(ROOT + "/alice")).get("groups")).hasSize(2);
    assertThat(console.ask("root", late.with("if-match", header(done, "etag"))).status())
        .isEqualTo(200);
  }

  @Test
  void what_is_not_given_stays_and_an_empty_address_goes() {
    Reply closed = console.ask("root", Ask.patch(ROOT + "/alice", "{\"state\":\"disabled\"}"));
    assertThat(json(closed).get("state").textValue()).isEqualTo("disabled");
    assertThat(json(closed).get("email").textValue()).isEqualTo("alice@example.com");
    Reply plain = console.ask("root", Ask.patch(ROOT + "/alice", "{\"email\":\"\"}"));
    assertThat(json(plain).get("email").isNull()).isTrue();
    assertThat(json(plain).get("state").textValue()).isEqualTo("disabled");
    assertThat(names("?state=disabled")).containsExactly("alice");
    assertThat(
            console
                .ask("root", Ask.patch(ROOT + "/alice", "{\"email\":\"root@example.com\"}"))
                .status())
        .isEqualTo(409);
    assertThat(console.ask("root", Ask.patch(ROOT + "/zed", "{}")).status()).isEqualTo(404);
  }

  @Test
  void nobody_locks_the_door_behind_themselves() {
    Ask close = Ask.patch(ROOT + "/root", "{\"state\":\"disabled\"}");
    assertThat(console.ask("root", close).status()).isEqualTo(409);
    assertThat(console.ask("root", Ask.patch(ROOT + "/root", "{\"groups\":[]}")).status())
        .isEqualTo(409);
    console.user("ruth", Role.ADMIN.group());
    assertThat(console.ask("ruth", close).status()).isEqualTo(200);
  }

  @Test
  void auditors_change_nobody() {
    Ask change = Ask.patch(ROOT + "/audrey", "{\"groups\":[\"" + Role.ADMIN.group() + "\"]}");
    assertThat(console.ask("audrey", change).status()).isEqualTo(403);
    assertThat(console.ask("audrey", Ask.post(ROOT, JSON, "{\"name\":\"eve\"}")).status())
        .isEqualTo(403);
    assertThat(json(console.get(ROOT + "/audrey")).at("/groups/0").textValue())
        .isEqualTo(Role.AUDITOR.group());
  }

  @Test
  void an_invitation_is_shown_once_and_never_kept() {
    Ask invite =
        Ask.post(ROOT + "/alice/invitations", JSON, "{\"device\":\"phone\",\"validity\":\"7d\"}")
            .with("idempotency-key", "k");
    Reply first = console.ask("root", invite);
    assertThat(first.status()).isEqualTo(201);
    assertThat(json(first).get("link").textValue()).endsWith("/i/SECRET");
    Reply second = console.ask("root", invite);
    assertThat(second.status()).isEqualTo(409);
    assertThat(text(second)).doesNotContain("SECRET");
    assertThat(console.invitations).containsExactly("alice phone PT168H admin:root@192.0.2.7");
    assertThat(console.ask("audrey", invite).status()).isEqualTo(403);
    assertThat(console.post(ROOT + "/zed/invitations", "{}").status()).isEqualTo(404);
    Reply tooLong = console.post(ROOT + "/alice/invitations", "{\"validity\":\"31d\"}");
    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(text(tooLong)).contains("from five minutes to 30 days");
    assertThat(console.post(ROOT + "/alice/invitations", "{\"validity\":\"30d\"}").status())
        .isEqualTo(201);
    assertThat(console.post(ROOT + "/alice/invitations", "{\"device\":\"refused\"}").status())
        .isEqualTo(422);
  }

  private JsonNode invitations(String query) {
    return json(console.get("/api/v1/invitations" + query));
  }

  @Test
  void invitations_are_listed_and_paged() {
    console.invited("alice", "phone", "1");
    console.now = console.now.plusSeconds(1);
    console.invited("audrey", "desk", "2");
    console.invited("alice", "tablet", "3");
    assertThat(invitations("").get("items").findValuesAsText("user")).hasSize(3);
    JsonNode ofAlice = invitations("?user=ALICE&limit=1");
    assertThat(ofAlice.at("/items/0/device").textValue()).isEqualTo("tablet");
    assertThat(ofAlice.at("/items/0/state").textValue()).isEqualTo("open");
    JsonNode rest = invitations("?user=alice&limit=1&after=" + ofAlice.get("next").textValue());
    assertThat(rest.at("/items/0/device").textValue()).isEqualTo("phone");
    assertThat(rest.get("next").isNull()).isTrue();
    assertThat(invitations("?user=zed").get("items")).isEmpty();
    assertThat(console.get("/api/v1/invitations?after=nowhere").status()).isEqualTo(400);
    console.now = console.now.plus(Duration.ofDays(2));
    assertThat(invitations("?limit=1").at("/items/0/state").textValue()).isEqualTo("expired");
  }

  @Test
  void an_unused_invitation_is_withdrawn_and_by_nobody_who_may_only_look() {
    String id = console.invited("alice", "phone", "1").id();
    Ask withdrawal = Ask.post("/api/v1/invitations/" + id + "/withdrawal", JSON, "");
    assertThat(console.ask("audrey", withdrawal).status()).isEqualTo(403);
    assertThat(invitations("").at("/items/0/state").textValue()).isEqualTo("open");
    Reply done = console.ask("root", withdrawal);
    assertThat(done.status()).isEqualTo(200);
    assertThat(json(done).get("state").textValue()).isEqualTo("withdrawn");
    assertThat(console.ask("root", withdrawal).status()).isEqualTo(200);
    assertThat(
            json(console.get("/api/v1/events?kind=invitation.withdrawn"))
                .get("items")
                .findValues("who"))
        .hasSize(1);
    assertThat(console.post("/api/v1/invitations/000000000000/withdrawal", "").status())
        .isEqualTo(404);
  }

  @Test
  void a_used_invitation_is_not_withdrawn() {
    Invitation used = console.used(console.invited("alice", "phone", "1"), "1");
    String address = "/api/v1/invitations/" + used.id() + "/withdrawal";
    Reply refused = console.post(address, "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(json(refused).get("detail").textValue()).contains("revoke that");
    assertThat(invitations("").at("/items/0/state").textValue()).isEqualTo("used");
  }
}
