package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./postern demo} keeps its promises: each line it prints is pasted into a shell. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class DemoIT {
  private static final String LAST_LINE = "Ctrl-C ends the demo.";
  private static final Pattern TRY =
      Pattern.compile(
          "^  # (?<title>.+)\n  (?<command>(?:curl|\\S*/postern) .+)\n  → (?<promise>.+)$",
          Pattern.MULTILINE);

  @TempDir private Path folder;

  private record Try(String title, String command, String promise) {
    boolean isRequest() {
      return command.startsWith("curl");
    }
  }

  @Test
  void every_line_to_paste_prints_what_the_demo_says() {
    try (var demo = Postern.in(folder).start(LAST_LINE, "demo --port 0")) {
      List<Try> tries = tries(demo);
      assertThat(tries).hasSize(8);
      for (Try each : tries) {
        assertThat(paste(each.command()).out()).as(each.title()).contains(each.promise());
        if (each.isRequest()) {
          assertThat(paste(each.command() + " --http1.1").out()).contains(each.promise());
        }
      }
      assertThat(tries.stream().filter(Try::isRequest).map(each -> status(each.command())))
          .containsExactly("200", "403", "403", "403", "200", "403", "403");
    }
  }

  @Test
  void a_browser_is_told_the_same_in_a_page() {
    try (var demo = Postern.in(folder).start(LAST_LINE, "demo --port 0")) {
      for (Try each : tries(demo)) {
        if (!each.isRequest()) {
          assertThat(paste(each.command()).out()).contains(each.promise());
          continue;
        }
        assertThat(paste(each.command() + " -H 'Accept: text/html,*/*;q=0.8'").out())
            .startsWith("<!doctype html>")
            .contains(each.promise().split("[.]", 2)[0]);
      }
    }
  }

  @Test
  void a_changed_rule_holds_from_the_next_request_on() throws IOException {
    try (var demo = Postern.in(folder).start(LAST_LINE, "demo --port 0 --dir world")) {
      Try admin = tries(demo).get(3);
      assertThat(status(admin.command())).isEqualTo("403");
      Path config = folder.resolve("world/postern.yaml");
      Files.writeString(config, Files.readString(config).replace("group:admins", "group:staff"));
      demo.awaitOutput("was read again and is in force");
      assertThat(status(admin.command())).isEqualTo("200");
      assertThat(folder.resolve("world/access.log")).content().contains("\"user\":\"alice\"");
    }
  }

  @Test
  void a_second_run_finds_what_the_first_one_made() throws IOException {
    int port = Postern.freePort();
    String line = "demo --port " + port + " --dir world";
    Path alice = folder.resolve("world/alice.p12");
    byte[] made;
    try (var first = Postern.in(folder).start(LAST_LINE, line)) {
      made = Files.readAllBytes(alice);
      assertThat(first.stop()).isZero();
    }
    try (var second = Postern.in(folder).start(LAST_LINE, line)) {
      Try hello = tries(second).getFirst();
      assertThat(hello.command()).contains("world/alice.p12").contains("localhost:" + port);
      assertThat(paste(hello.command()).out()).contains(hello.promise());
      assertThat(alice).hasBinaryContent(made);
    }
  }

  @Test
  void a_port_in_use_is_one_clear_line() throws IOException {
    try (var squatter = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = squatter.getLocalPort();
      Program.Outcome outcome = Postern.in(folder).run("demo --port " + port);
      assertThat(outcome.exit()).isEqualTo(3);
      assertThat(outcome.err().lines().toList())
          .singleElement()
          .asString()
          .startsWith("postern: cannot listen on localhost:" + port + ": another program listens");
      assertThat(folder.resolve("postern-demo")).doesNotExist();
    }
  }

  @Test
  void a_second_demo_at_the_same_place_is_refused_and_the_first_goes_on() throws IOException {
    String line = "demo --port " + Postern.freePort();
    try (var first = Postern.in(folder).start(LAST_LINE, line)) {
      String config = Files.readString(folder.resolve("postern-demo/postern.yaml"));
      assertThat(Postern.in(folder).run(line).exit()).isEqualTo(3);
      assertThat(folder.resolve("postern-demo/postern.yaml")).hasContent(config);
      assertThat(status(tries(first).getFirst().command())).isEqualTo("200");
    }
  }

  @ParameterizedTest(name = "SIG{0}")
  @ValueSource(strings = {"INT", "TERM"})
  void a_signal_ends_it_and_nothing_stays(String signal) {
    try (var demo = Postern.in(folder).start(LAST_LINE, "demo --port 0")) {
      Try hello = tries(demo).getFirst();
      assertThat(status(hello.command())).isEqualTo("200");
      int gateway = port("https://localhost:(\\d+)", demo.output());
      int application = upstreamPort();
      List<ProcessHandle> children = demo.process().descendants().toList();
      assertThat(Postern.isOpen(gateway)).isTrue();
      assertThat(Postern.isOpen(application)).isTrue();

      demo.signal(signal);

      assertThat(demo.exitCode()).isZero();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      assertThat(Postern.isOpen(gateway)).isFalse();
      assertThat(Postern.isOpen(application)).isFalse();
    }
  }

  private Program.Outcome paste(String line) {
    return Program.in(folder).shell(line);
  }

  private String status(String line) {
    return paste(line + " -s -o /dev/null -w '%{http_code}'").succeeded().out();
  }

  private static List<Try> tries(Postern.Running demo) {
    List<Try> tries = new ArrayList<>();
    Matcher matcher = TRY.matcher(demo.output());
    while (matcher.find()) {
      tries.add(
          new Try(matcher.group("title"), matcher.group("command"), matcher.group("promise")));
    }
    return tries;
  }

  private int upstreamPort() {
    try {
      return port(
          "upstream: http://127.0.0.1:(\\d+)",
          Files.readString(folder.resolve("postern-demo/postern.yaml")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int port(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
