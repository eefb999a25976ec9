package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.PathPattern;
import dev.postern.access.Rule;
import dev.postern.peers.Soon;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
@SuppressWarnings("StringConcatToTextBlock") // each line is whole
class JsonAccessLogTest {
  @Test
  void it_has_one_json_line_a_request() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonAccessLog log = JsonAccessLog.to(out)) {
      log.record(
          new AccessLog.Entry(
              TestDoor.NOW,
              "REF",
              "127.0.0.1",
              "wiki.test",
              "GET",
              "/a\"\n\u009b",
              "HTTP/2",
              403,
              Optional.of("alice"),
              Optional.of("0a"),
              true,
              Optional.empty(),
              "not-permitted",
              true,
              Optional.of("why"),
              Optional.empty(),
              1,
              2,
              Duration.ofMillis(3),
              Optional.empty()));
      log.record(
          new AccessLog.Entry(
              TestDoor.NOW.plusSeconds(61).plusNanos(1_020_999),
              "REF",
              "::1",
              "wiki.test",
              "GET",
              "/",
              "HTTP/1.1",
              200,
              Optional.of("jürgen😀"),
              Optional.empty(),
              false,
              Optional.of(
                  new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.Group("staff")))),
              "admitted",
              false,
              Optional.empty(),
              Optional.of("127.0.0.1:80"),
              Long.MAX_VALUE,
              0,
              Duration.ZERO,
              Optional.of(Duration.ofNanos(1999))));
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"time\":\"2026-11-23T12:00:00.000000Z\",\"ref\":\"REF\",\"client\":\"127.0.0.1\","
                + "\"host\":\"wiki.test\",\"method\":\"GET\",\"path\":\"/a\\\"\\u000a\\u009b\","
                + "\"protocol\":\"HTTP/2\",\"status\":403,\"user\":\"alice\",\"certificate\":\"0a\","
                + "\"verdict\":\"not-permitted\",\"evidence\":\"why\",\"in\":1,\"out\":2,\"us\":3000}\n"
                + "{\"time\":\"2026-11-23T12:01:01.001020Z\",\"ref\":\"REF\",\"client\":\"::1\","
                + "\"host\":\"wiki.test\",\"method\":\"GET\",\"path\":\"/\","
                + "\"protocol\":\"HTTP/1.1\",\"status\":200,\"user\":\"jürgen\\ud83d\\ude00\","
                + "\"rule\":\"/** → group:staff\",\"verdict\":\"admitted\","
                + "\"upstream\":\"127.0.0.1:80\",\"in\":9223372036854775807,\"out\":0,\"us\":0,"
                + "\"upstreamUs\":1}\n");
  }

  @Test
  void each_of_many_lines_is_whole() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String path = "/" + "a".repeat(1000);
    try (JsonAccessLog log = JsonAccessLog.to(out)) {
      for (int i = 0; i < 500; i++) {
        log.record(plain(path + i));
      }
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(500);
    for (int i = 0; i < 500; i++) {
      assertThat(lines.get(i)).startsWith("{\"time\":").contains(path + i + "\"").endsWith("}");
    }
  }

  /** A disk that is full for a while. */
  @Test
  void it_says_how_many_lines_are_missing() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    ByteArrayOutputStream disk = new ByteArrayOutputStream();
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
          }

          @Override
          public void write(byte[] octets, int from, int length) throws IOException {
            if (full.get()) {
              throw new IOException("no space left on device");
            }
            disk.write(octets, from, length);
          }
        };
    try (JsonAccessLog log = JsonAccessLog.to(out)) {
      log.record(plain("/lost"));
      Soon.within(Duration.ofSeconds(10), "it is dropped", () -> log.dropped() == 1);
      full.set(false);
      log.record(plain("/kept"));
    }
    assertThat(disk.toString(StandardCharsets.UTF_8))
        .contains("\"path\":\"/kept\"")
        .endsWith("}\n{\"dropped\":1}\n")
        .doesNotContain("/lost");
  }

  private static AccessLog.Entry plain(String path) {
    return new AccessLog.Entry(
        TestDoor.NOW,
        "REF",
        "::1",
        "wiki.test",
        "GET",
        path,
        "HTTP/1.1",
        200,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        "admitted",
        false,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        Duration.ZERO,
        Optional.empty());
  }
}
