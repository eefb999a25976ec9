package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Latecomers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever's certificate ends soon is told so, in the site's way, and nobody else. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class NoticeTest {
  private static final Instant NEAR = TestDoor.NOW.plus(Duration.ofDays(12));
  private static final TestPki.Holder ENDING = TestDoor.CA.client("alice", TestPki.START, NEAR);
  private static final String PAGE = "Your certificate on this device ends in 12 days.";
  private static final List<String> OPENING =
      List.of(
          "Sec-Fetch-Mode: navigate",
          "Sec-Fetch-Dest: document",
          "Sec-Fetch-Site: none",
          "Accept: text/html");

  private static TestDoor door(FakeUpstream upstream, Notice... notices) {
    var expiry = new Site.Expiry(Set.of(notices), Latecomers.REFUSED);
    return new TestDoor()
        .site(TestDoor.relayed(TestDoor.HOST, upstream.port()).with(expiry))
        .open();
  }

  private static RawClient client(TestDoor door, TestPki.Holder who) throws IOException {
    return new RawClient(door.port(), TestDoor.CA.clientContext(who), TestDoor.HOST);
  }

  /** What a page that is opened brings, but for the headers named here. */
  private static String[] opening(String... instead) {
    List<String> headers = new ArrayList<>(OPENING);
    for (String each : instead) {
      headers.removeIf(header -> header.startsWith(each.substring(0, each.indexOf(':') + 1)));
      headers.add(each);
    }
    return headers.toArray(String[]::new);
  }

  @Test
  void a_page_comes_first_once_a_day_and_leads_on() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream, Notice.PAGE);
        RawClient alice = client(door, ENDING)) {
      RawClient.Response page = alice.get("/a?b=1&c", opening());
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("cache-control")).contains("no-store");
      assertThat(page.body())
          .contains(PAGE)
          .contains("href=\"/a?b=1&amp;c\"")
          .contains("href=\"https://me.test/\"");
      assertThat(upstream.heads).isEmpty();
      assertThat(door.log.getFirst().verdict()).isEqualTo("admitted");
      assertThat(door.log.getFirst().evidence()).isPresent();

      assertThat(alice.get("/a?b=1&c", opening()).body()).doesNotContain(PAGE);
      assertThat(upstream.heads).hasSize(1);
      door.set(TestDoor.NOW.plus(Duration.ofDays(1)).minusSeconds(1));
      alice.get("/", opening());
      assertThat(upstream.heads).hasSize(2);
      door.set(TestDoor.NOW.plus(Duration.ofDays(1)));
      assertThat(alice.get("/", opening()).body()).contains("ends in 11 days");
      assertThat(upstream.heads).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Mode: no-cors",
        "Sec-Fetch-Mode: websocket",
        "Sec-Fetch-Dest: iframe",
        "Sec-Fetch-Dest: empty",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Purpose: prefetch",
        "Sec-Purpose: prefetch;prerender",
        "Purpose: prefetch",
        "Upgrade: websocket"
      })
  void whatever_no_person_opened_goes_on_untouched(String header) throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream, Notice.PAGE);
        RawClient alice = client(door, ENDING)) {
      assertThat(alice.get("/", opening(header)).body()).doesNotContain(PAGE);
      assertThat(upstream.heads).hasSize(1);
      assertThat(alice.get("/", opening()).body()).contains(PAGE); // and nothing was remembered
    }
  }

  @Test
  void programs_forms_and_addresses_of_two_slashes_go_on_untouched() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream, Notice.PAGE);
        RawClient alice = client(door, ENDING)) {
      alice.get("/");
      alice.get("//elsewhere.test/x", opening());
      alice.send(
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
              + String.join("\r\n", OPENING)
              + "\r\n\r\nhi");
      assertThat(alice.receive().body()).doesNotContain(PAGE);
      assertThat(upstream.heads).hasSize(3);
    }
  }

  @Test
  void a_certificate_that_lasts_and_a_site_that_says_nothing_are_not_told() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream, Notice.PAGE, Notice.HEADER);
        TestDoor silent = door(upstream);
        RawClient lasting = client(door, TestDoor.ALICE);
        RawClient ending = client(silent, ENDING);
        RawClient nobody =
            new RawClient(door.port(), TestDoor.CA.clientContext(null), TestDoor.HOST)) {
      lasting.get("/", opening());
      ending.get("/", opening());
      nobody.get("/public/", opening());
      assertThat(upstream.heads)
          .hasSize(3)
          .noneMatch(head -> head.toLowerCase(java.util.Locale.ROOT).contains("postern-cert"));
    }
  }

  @Test
  void the_app_is_told_by_headers_that_nobody_else_can_send() throws Exception {
    String[] forged = {
      "Postern-Certificate-Ends: 2020-01-01T00:00:00Z",
      "postern_certificate_ends: 2020-01-01T00:00:00Z",
      "Postern-Certificate-Renew: https://evil.test/",
      "POSTERN.CERTIFICATE.RENEW: https://evil.test/"
    };
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door = door(upstream, Notice.HEADER);
        RawClient ending = client(door, ENDING);
        RawClient lasting = client(door, TestDoor.ALICE)) {
      ending.get("/", opening(forged));
      assertThat(upstream.heads.getLast())
          .contains("Postern-Certificate-Ends: 2026-12-05T12:00:00Z\r\n")
          .contains("Postern-Certificate-Renew: https://me.test/\r\n")
          .doesNotContain("2020", "evil");
      lasting.get("/", forged);
      assertThat(upstream.heads.getLast()).doesNotContain("2020", "evil");
    }
  }

  @Test
  void latecomers_come_in_where_they_may_renew_and_are_shown_out_when_that_ends() throws Exception {
    Instant end = TestDoor.NOW.minus(Duration.ofDays(1));
    TestPki.Holder late = TestDoor.CA.client("alice", TestPki.START, end);
    try (FakeUpstream upstream =
            new FakeUpstream((peer, _) -> {
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
              return true;
            });
        TestDoor door =
            new TestDoor()
                .site(
                    TestDoor.relayed(TestDoor.HOST, upstream.port())
                        .with(new Site.Expiry(Set.of(), Latecomers.MAY_RENEW)))
                .site(TestDoor.relayed("wiki.test", upstream.port()))
                .open();
        RawClient me = client(door, late);
        RawClient wiki = new RawClient(door.port(), TestDoor.CA.clientContext(late), "wiki.test")) {
      me.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(me.head()).contains("200 OK");
      assertThat(me.read(5)).asString().isEqualTo("begun");
      wiki.send("GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n");
      assertThat(wiki.receive().body())
          .contains("\"code\": \"expired\"")
          .contains("Until 29 November 2026, 12:00 UTC you can still renew it yourself.")
          .contains("\"help\": \"https://me.test/\"");

      door.set(end.plus(TestDoor.GRACE).plusSeconds(1));
      door.gateway().reconsider();
      assertThat(left(me)).isLessThan(95);
      assertThat(door.log)
          .extracting(AccessLog.Entry::verdict)
          .containsExactly("expired", "expired");
      try (RawClient again = client(door, late)) {
        assertThat(again.get("/").body())
            .contains("\"code\": \"expired\"")
            .contains("A new one needs an invitation");
      }
    }
  }

  /** How much still comes before the connection ends, in whichever way. */
  private static int left(RawClient client) {
    try {
      return client.read(95).length;
    } catch (IOException e) {
      return 0;
    }
  }
}
