package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.User;
import dev.postern.web.TlsEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A resumed session skips the trust manager; it must not skip the Doorkeeper. */
@Tag("slow")
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class ResumptionTest {
  static Stream<Arguments> engines() {
    return Stream.of(TlsEngine.values())
        .flatMap(engine ->
            Stream.of("TLSv1.2", "TLSv1.3")
                .map(tls -> Arguments.argumentSet(engine + " " + tls, engine, tls)));
  }

  @FunctionalInterface
  private interface Change {
    void make(TestDoor door);
  }

  /** A first visit, a change, and a second visit on a resumed session. */
  private static RawClient.Response after(Change change, TlsEngine engine, String tls)
      throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().engine(engine).relayTo(upstream.port()).open()) {
      SSLContext context = TestDoor.CA.clientContext(TestDoor.ALICE);
      Instant born;
      try (var first = new RawClient(door.port(), context, TestDoor.HOST, tls)) {
        assertThat(first.get("/").status()).isEqualTo(200);
        born = Instant.ofEpochMilli(first.socket().getSession().getCreationTime());
      }
      change.make(door);
      try (var second = new RawClient(door.port(), context, TestDoor.HOST, tls)) {
        assertThat(Instant.ofEpochMilli(second.socket().getSession().getCreationTime()))
            .as("the session was resumed")
            .isEqualTo(born);
        return second.get("/");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void nothing_changed_and_the_door_opens(TlsEngine engine, String tls) throws Exception {
    assertThat(after(door -> {}, engine, tls).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void a_disabled_user_is_refused(TlsEngine engine, String tls) throws Exception {
    var response =
        after(
            door -> {
              door.users.put("alice", TestDoor.user("alice", User.State.DISABLED, "staff"));
              door.gateway().replace(door.state(door.sites()));
            },
            engine,
            tls);
    assertThat(response.status()).isEqualTo(403);
    assertThat(response.body()).contains("user-disabled");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void a_revoked_certificate_is_refused(TlsEngine engine, String tls) throws Exception {
    var response = after(door -> door.revoke(TestDoor.ALICE.value()), engine, tls);
    assertThat(response.status()).isEqualTo(403);
    assertThat(response.body()).contains("\"revoked\"");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void the_revocation_of_another_certificate_changes_nothing(TlsEngine engine, String tls)
      throws Exception {
    assertThat(after(door -> door.revoke(TestDoor.BOB.value()), engine, tls).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void an_expired_certificate_is_refused(TlsEngine engine, String tls) throws Exception {
    var response = after(door -> door.set(TestPki.END.plusSeconds(60)), engine, tls);
    assertThat(response.status()).isEqualTo(403);
    assertThat(response.body()).contains("\"expired\"");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void a_changed_rule_is_obeyed(TlsEngine engine, String tls) throws Exception {
    var response =
        after(
            door -> {
              Site site = door.sites().getFirst();
              door.gateway()
                  .replace(
                      door.state(List.of(site.with(List.of(TestDoor.rule("/**", "user:bob"))))));
            },
            engine,
            tls);
    assertThat(response.status()).isEqualTo(403);
    assertThat(response.body()).contains("not-permitted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_ticket_outlives_one_change_of_keys_and_not_two(String tls) throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = new TestDoor().relayTo(upstream.port()).open()) {
      SSLContext context = TestDoor.CA.clientContext(TestDoor.ALICE);
      try (var first = new RawClient(door.port(), context, TestDoor.HOST, tls)) {
        assertThat(first.get("/").status()).isEqualTo(200);
      }
      for (int hours : new int[] {12, 36}) {
        door.set(TestDoor.NOW.plus(Duration.ofHours(hours)));
        door.gateway().replace(door.state(door.sites())); // rotates, and keeps the sites' TLS
        long before = System.currentTimeMillis();
        try (var again = new RawClient(door.port(), context, TestDoor.HOST, tls)) {
          boolean fresh = again.socket().getSession().getCreationTime() >= before;
          assertThat(fresh).as("after %d hours", hours).isEqualTo(hours > 12);
          assertThat(again.get("/").status()).isEqualTo(200);
        }
      }
    }
  }
}
