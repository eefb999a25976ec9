package dev.postern.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.Latecomers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What curl sees, over both versions of HTTP. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@Tag("alone")
class CurlIT {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"--http1.1,1.1", "--http2,2"})
  void staff_enter_and_others_read_why_not(String version, String number) throws Exception {
    try (SampleApp app = SampleApp.start();
        TestDoor door = new TestDoor().relayTo(app.port()).open()) {
      String url = door.uri("/").toString();
      assertThat(
              curl(version, "--cert", pem("alice", TestDoor.ALICE), url, "-w", "%{http_version}"))
          .isEqualTo("Hello, alice. You are in.\n" + number);
      assertThat(curl(version, "--cert", pem("bob", TestDoor.BOB), url))
          .contains("You are signed in, but not permitted to enter here.");
      assertThat(curl(version, url)).contains("\"code\": \"no-certificate\"");
    }
  }

  @ParameterizedTest
  @CsvSource({"--http1.1", "--http2"})
  void the_end_is_told_to_the_app_and_to_who_opens_a_page(String version) throws Exception {
    var soon = TestDoor.CA.client("alice", TestPki.START, TestDoor.NOW.plus(Duration.ofDays(12)));
    var expiry = new Site.Expiry(Set.of(Notice.values()), Latecomers.REFUSED);
    try (FakeUpstream upstream = FakeUpstream.ok();
        TestDoor door =
            new TestDoor()
                .site(TestDoor.relayed(TestDoor.HOST, upstream.port()).with(expiry))
                .open()) {
      String url = door.uri("/a?b").toString();
      String[] browser = {
        "-HSec-Fetch-Mode: navigate", "-HSec-Fetch-Dest: document", "-HSec-Fetch-Site: none"
      };
      for (String who : List.of(pem("soon", soon), pem("alice", TestDoor.ALICE))) {
        curl(version, "--cert", who, "-HPostern_Certificate_Ends: forged", url);
      }
      assertThat(upstream.heads.getFirst())
          .contains("Postern-Certificate-Ends: 2026-12-05T12:00:00Z")
          .contains("Postern-Certificate-Renew: https://me.test/")
          .doesNotContain("forged");
      assertThat(upstream.heads.getLast()).doesNotContain("ertificate_", "ertificate-E");

      String[] words = {
        version, "--cert", pem("soon", soon), browser[0], browser[1], browser[2], url
      };
      assertThat(curl(words)).contains("ends in 12 days", "href=\"/a?b\"");
      assertThat(upstream.heads).hasSize(2);
      assertThat(curl(words)).doesNotContain("ends in 12 days");
      assertThat(upstream.heads).hasSize(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"--http1.1", "--http2"})
  void a_gigabyte_passes(String version) throws Exception {
    long size = 1L << 30;
    Path big = folder.resolve("big");
    try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
      file.setLength(size);
    }
    try (FakeUpstream upstream =
            new FakeUpstream((peer, head) -> {
              peer.write("HTTP/1.1 100 Continue\r\n\r\n");
              byte[] buffer = new byte[65536];
              long left = size;
              while (left > 0) {
                left -= Math.max(peer.readSome(buffer), 0);
              }
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
              return true;
            });
        TestDoor door = new TestDoor().relayTo(upstream.port()).open()) {
      String url = door.uri("/big").toString();
      assertThat(curl(version, "--cert", pem("alice", TestDoor.ALICE), "-T", big.toString(), url))
          .isEqualTo("done");
      assertThat(door.log.getLast().bytesIn()).isEqualTo(size);
    }
  }

  private String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("curl", "-sS", "--max-time", "60", "--cacert", write("ca.pem", ca())));
    command.addAll(List.of(arguments));
    Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(curl.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static String ca() {
    return pem("CERTIFICATE", TestDoor.CA.root().der().toArray());
  }

  private String pem(String name, TestPki.Holder who) throws IOException {
    return write(
        name + ".pem",
        pem("CERTIFICATE", who.value().der().toArray())
            + pem("PRIVATE KEY", who.key().getEncoded()));
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
