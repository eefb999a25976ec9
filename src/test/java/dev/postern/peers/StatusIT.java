package dev.postern.peers;

import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gateway.SampleApp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells those who watch over it, asked by curl. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@Tag("alone")
class StatusIT {
  private static final Pattern PORT = Pattern.compile("Metrics and health on port (\\d+)");

  private static final Pattern METRIC =
      Pattern.compile("\\b(?:postern|jvm|process)_[a-z_]+(?<!_)\\b");

  @TempDir private static Path folder;

  @Test
  void requests_are_counted_by_site_and_verdict_and_by_nothing_of_a_person() throws Exception {
    try (var app = SampleApp.start()) {
      var installation = installation("counted", app.port());
      try (var served = installation.serve()) {
        String address = status(served);
        assertThat(served.status("alice", "/")).isEqualTo("200");
        assertThat(served.status("alice", "/")).isEqualTo("200");
        assertThat(served.status("bob", "/")).isEqualTo("403");
        assertThat(served.status(null, "/")).isEqualTo("403");

        assertThat(curl(address + "/healthz")).isEqualTo("ok\n200");
        assertThat(curl(address + "/readyz")).isEqualTo("ready\n200");
        assertThat(curl(address + "/other")).endsWith("404");
        assertThat(curl(address + "/healthz", "-X", "POST", "-d", "x")).endsWith("405");
        String metrics = curl(address + "/metrics");
        assertThat(metrics)
            .contains(
                "postern_requests_total{site=\"wiki.example.test\",status=\"2xx\",verdict=\"admitted\"} 2.0",
                "postern_requests_total{site=\"wiki.example.test\",status=\"4xx\",verdict=\"not-permitted\"} 1.0",
                "postern_requests_total{site=\"wiki.example.test\",status=\"4xx\",verdict=\"no-certificate\"} 1.0",
                "postern_handshakes_total{result=\"done\"} 4.0",
                "postern_request_seconds_count{site=\"wiki.example.test\"} 4",
                "postern_revoked 0.0",
                "postern_ledger_age_seconds ",
                "jvm_memory_used_bytes")
            .doesNotContain("alice", "bob", "127.0.0.1");
      }
    }
  }

  @Test
  void what_dashboard_and_alerts_ask_for_is_there_and_prometheus_can_read_them() throws Exception {
    Path watching = Path.of("docs/watching").toAbsolutePath();
    Program.in(folder)
        .run("promtool", "check", "rules", watching.resolve("alerts.yaml").toString())
        .succeeded();
    try (var app = SampleApp.start()) {
      var installation = installation("named", app.port());
      try (var served = installation.serve()) {
        assertThat(served.status("alice", "/")).isEqualTo("200");
        assertThat(served.status("bob", "/")).isEqualTo("403");
        String metrics = curl(status(served) + "/metrics");
        Files.writeString(folder.resolve("metrics.txt"), metrics.replaceFirst("200$", ""));
        // It frowns on some names of the JVM's, which are Micrometer's.
        assertThat(
                Program.in(folder)
                    .shell("promtool check metrics <metrics.txt 2>&1 || true")
                    .succeeded()
                    .out())
            .doesNotContain("error", "postern_");
        Set<String> there =
            metrics
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[ {]", 2)[0])
                .collect(Collectors.toSet());
        for (String file : List.of("alerts.yaml", "grafana-dashboard.json")) {
          Matcher name = METRIC.matcher(Files.readString(watching.resolve(file)));
          Set<String> wanted = new TreeSet<>();
          while (name.find()) {
            wanted.add(name.group());
          }
          assertThat(wanted).as(file).hasSizeGreaterThan(4);
          assertThat(there).as(file).containsAll(wanted);
        }
      }
    }
  }

  @Test
  void top_shows_who_comes_and_who_is_refused_to_the_owner_of_the_data() throws Exception {
    try (var app = SampleApp.start()) {
      var installation = installation("shown", app.port());
      assertThat(installation.postern.run("top").failed().err())
          .contains("no server is running here");
      try (var served = installation.serve()) {
        try (var top = installation.postern.start("\"handshakes\":", "top --json --count 4")) {
          assertThat(served.status("alice", "/")).isEqualTo("200");
          assertThat(served.status("bob", "/page")).isEqualTo("403");
          Soon.within(
              Duration.ofSeconds(20),
              "both are shown",
              () -> top.output().contains("\"not-permitted\"") && top.output().contains("/page"));
          assertThat(top.output()).contains("\"user\":\"alice\"", "\"verdict\":\"admitted\"");
        }
        assertThat(installation.postern.succeeds("top").out())
            .contains("Postern", "wiki.example.test", "1 not-permitted");
        try (var sockets = Files.list(installation.path("postern-data/live"))) {
          assertThat(sockets).hasSize(1);
        }
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(installation.path("postern-data/live"))))
            .isEqualTo("rwx------");
      }
    }
  }

  private static Installation installation(String name, int upstream) throws Exception {
    Installation installation = Installation.in(Files.createDirectory(folder.resolve(name)));
    installation.configure("http://127.0.0.1:" + upstream, SITE_RULES);
    installation.replaceConfig(
        Files.readString(installation.config())
            .replace("http: off", "http: \"127.0.0.1:0\"\n  status: \"127.0.0.1:0\""));
    return installation;
  }

  private static String status(Installation.Served served) {
    Matcher port = PORT.matcher(served.running().output());
    assertThat(port.find()).isTrue();
    return "http://127.0.0.1:" + port.group(1);
  }

  private static String curl(String address, String... further) {
    String[] words = new String[further.length + 7];
    System.arraycopy(
        new String[] {"curl", "-sS", "--max-time", "20", "-w", "%{http_code}", address},
        0,
        words,
        0,
        7);
    System.arraycopy(further, 0, words, 7, further.length);
    return Program.in(folder).run(words).succeeded().out();
  }
}
