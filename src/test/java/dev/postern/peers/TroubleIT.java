package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.gateway.SampleApp;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong around a gateway at work: it is killed, its disk is full, its ledger is locked or
 * gone, its files are rubbish. What was acknowledged is never lost, whoever is known goes on, and
 * when the trouble is over it needs no help.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
class TroubleIT {
  private static final Duration SOON = Duration.ofSeconds(15);

  @TempDir private Path folder;
  private SampleApp app;

  @BeforeEach
  void start() {
    app = SampleApp.start();
  }

  @AfterEach
  void end() {
    app.close();
  }

  /** With the console at localhost, where Java's client finds it, for root. */
  private Installation installation(Path where) throws IOException {
    Installation installation = Installation.in(where);
    installation.user("root", " --group postern-admins");
    installation.user("carol", " --group staff");
    installation.configure("http://127.0.0.1:" + app.port(), SITE_RULES);
    String text = Files.readString(installation.config());
    installation.replaceConfig(
        text.substring(0, text.indexOf("  - host: localhost"))
            + "pages: { admin: localhost, enrol: off, me: off }\naccess-log: off\n");
    return installation;
  }

  private static HttpClient root(Installation installation) {
    return HttpClient.newBuilder()
        .sslContext(KeptConnection.context(installation, "root"))
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  /** Revokes by REST; the status of the answer. */
  private static int revoke(HttpClient client, Served served, Crowd.Member member)
      throws IOException {
    String serial = member.certificate().serialNumber().hex();
    try {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create(
                          "https://localhost:%d/api/v1/certificates/%s/revoke"
                              .formatted(served.port(), serial)))
                  .timeout(Duration.ofSeconds(30))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"keyCompromise\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Of those that the ledger knows, the users whose certificate is revoked. */
  private static Set<String> revoked(Installation installation) throws IOException {
    Set<String> users = new HashSet<>();
    new ObjectMapper()
        .readTree(installation.postern.succeeds("list --json --limit 1000").out())
        .forEach(each -> {
          if (!each.path("revokedAt").isNull()) {
            users.add(each.path("user").asText());
          }
        });
    return users;
  }

  private static void isSound(Path ledger) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
        var statement = connection.createStatement();
        var result = statement.executeQuery("pragma integrity_check")) {
      assertThat(result.getString(1)).isEqualTo("ok");
    }
  }

  private static void unharmed(Served served) {
    assertThat(served.running().output()).doesNotContain("xception", "this is a bug");
  }

  @Test
  void kill_9_loses_no_revocation_that_was_acknowledged() throws Exception {
    Installation installation = installation(folder);
    var random = new Random(9);
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    List<Crowd.Member> all = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      List<Crowd.Member> members = Crowd.of(installation, "round" + round, 100);
      all.addAll(members);
      Queue<Crowd.Member> left = new ConcurrentLinkedQueue<>(members);
      try (var served = installation.serve();
          var client = root(installation)) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          threads.add(
              Thread.ofPlatform()
                  .start(() -> {
                    try {
                      for (var each = left.poll(); each != null; each = left.poll()) {
                        if (revoke(client, served, each) == 200) {
                          acknowledged.add(each.user());
                        }
                      }
                    } catch (IOException e) {
                      left.clear(); // killed
                    }
                  }));
        }
        int enough = acknowledged.size() + 5 + random.nextInt(60);
        Soon.within(Duration.ofMinutes(1), "revocations", () -> acknowledged.size() >= enough);
        served.running().process().destroyForcibly().waitFor();
        client.shutdownNow();
        for (Thread each : threads) {
          assertThat(each.join(Duration.ofSeconds(40))).isTrue();
        }
      }
    }
    isSound(installation.path("postern-data/ledger.db"));
    Set<String> revoked = revoked(installation);
    System.out.println(
        "TroubleIT: %d of %d revocations acknowledged before a kill, %d in the ledger"
            .formatted(acknowledged.size(), all.size(), revoked.size()));
    assertThat(acknowledged).isNotEmpty();
    assertThat(revoked).containsAll(acknowledged);
    try (var served = installation.serve()) {
      for (Crowd.Member each : List.of(all.getFirst(), all.getLast())) {
        boolean gone = revoked.contains(each.user());
        try (var connection = KeptConnection.open(served, each.context())) {
          assertThat(connection.get("/")).startsWith(gone ? "HTTP/1.1 403" : "HTTP/1.1 200");
        }
      }
      unharmed(served);
    }
  }

  @Test
  void a_full_disk_lets_the_known_in_and_takes_no_promise_back() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        Program.in(folder)
                .run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.toString())
                .exit()
            == 0,
        "may not mount a small disk here: needs root");
    try {
      fillAndRelease(disk);
    } finally {
      Program.in(Path.of("/")).run("umount", disk.toString()).succeeded();
    }
  }

  private void fillAndRelease(Path disk) throws Exception {
    Installation installation = installation(disk);
    List<Crowd.Member> members = Crowd.of(installation, "member", 60);
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    try (var client = root(installation);
        var served = installation.serve()) {
      assertThat(served.status("alice", "/")).isEqualTo("200");
      Path ballast = disk.resolve("ballast");
      int refused = 0;
      for (int i = 0; i < members.size(); i++) {
        if (i == 10) {
          Program.in(disk).run("dd", "if=/dev/zero", "of=" + ballast, "bs=1k").failed();
        }
        int status = revoke(client, served, members.get(i));
        if (status == 200) {
          acknowledged.add(members.get(i).user());
        } else {
          assertThat(status).isEqualTo(503);
          if (++refused == 3) {
            break;
          }
        }
      }
      assertThat(refused).as("the disk is full").isEqualTo(3);
      String keys = " --password-file passphrase --passphrase-file passphrase";
      for (String command :
          List.of("revoke carol", "issue client carol --out " + folder + "/c.p12" + keys)) {
        Program.Outcome outcome = installation.postern.run(command);
        assertThat(outcome.exit()).as("%s", outcome).isEqualTo(3);
        assertThat(outcome.err()).contains("ledger.db", "the disk is full").hasLineCount(1);
      }
      assertThat(folder.resolve("c.p12")).doesNotExist();
      assertThat(served.status("alice", "/")).isEqualTo("200");
      assertThat(served.status("carol", "/")).isEqualTo("200");
      assertThat(served.status("bob", "/")).isEqualTo("403");

      Files.delete(ballast);
      Set<String> revoked = revoked(installation);
      for (Crowd.Member each : members) {
        assertThat(revoked.contains(each.user()))
            .as(each.user())
            .isEqualTo(acknowledged.contains(each.user()));
      }
      assertThat(revoke(client, served, members.getLast())).isEqualTo(200);
      installation.postern.succeeds("revoke carol");
      Soon.within(SOON, "carol is out", () -> served.status("carol", "/").equals("403"));
      assertThat(served.status("alice", "/")).isEqualTo("200");
      isSound(disk.resolve("postern-data/ledger.db"));
      System.out.println(
          "TroubleIT: %d revocations acknowledged before the disk was full, none lost"
              .formatted(acknowledged.size()));
      unharmed(served);
    }
  }

  @Test
  void while_another_process_writes_to_the_ledger_people_go_on_and_changes_say_why_not()
      throws Exception {
    Installation installation = installation(folder);
    List<Crowd.Member> members = Crowd.of(installation, "member", 2);
    try (var served = installation.serve();
        var client = root(installation);
        var kept = KeptConnection.open(served, "alice");
        var connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + installation.path("postern-data/ledger.db"));
        var statement = connection.createStatement()) {
      assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
      statement.execute("begin exclusive");
      Program.Outcome outcome = installation.postern.run("revoke carol");
      assertThat(outcome.exit()).isEqualTo(3);
      assertThat(outcome.err()).contains("is locked by another process").hasLineCount(1);
      assertThat(revoke(client, served, members.getFirst())).isEqualTo(503);
      assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
      assertThat(served.status("carol", "/")).isEqualTo("200");
      assertThat(served.status("bob", "/")).isEqualTo("403");

      var waiting =
          new ProcessBuilder(Postern.HOME.resolve("postern").toString(), "revoke", "carol");
      Process process = waiting.directory(folder.toFile()).inheritIO().start();
      process.waitFor(1500, TimeUnit.MILLISECONDS); // it has begun, or is soon about to
      statement.execute("rollback");
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as("who waits gets through").isZero();
      Soon.within(SOON, "carol is out", () -> served.status("carol", "/").equals("403"));
      assertThat(revoke(client, served, members.getFirst())).isEqualTo(200);
      assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
      unharmed(served);
    }
  }

  @Test
  void a_ledger_that_cannot_be_read_for_half_a_minute_lets_nobody_in_until_it_can()
      throws Exception {
    Installation installation = installation(folder);
    Path ledger = installation.path("postern-data/ledger.db");
    Path aside = ledger.resolveSibling("aside.db");
    try (var served = installation.serve();
        var kept = KeptConnection.open(served, "alice")) {
      assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
      long began = System.nanoTime();
      Files.move(ledger, aside);
      assertThat(kept.get("/")).as("known from memory").startsWith("HTTP/1.1 200");
      Soon.within(
          Duration.ofSeconds(45),
          "who may be revoked by now is not let in",
          () -> {
            String answer = kept.get("/");
            return answer.startsWith("HTTP/1.1 403") && answer.contains("status-unknown");
          });
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(25));
      assertThat(served.curl(List.of(), "/health", "-o", "/dev/null", "-w", "%{http_code}").out())
          .isEqualTo("200");
      assertThat(ledger).as("no empty one in its place").doesNotExist();
      Files.move(aside, ledger);
      Soon.within(SOON, "alice is in again", () -> served.status("alice", "/").equals("200"));
      assertThat(served.status("bob", "/")).isEqualTo("403");
      installation.postern.succeeds("revoke alice");
      Soon.within(SOON, "alice is out", () -> served.status("alice", "/").equals("403"));
      unharmed(served);
    }
  }

  /** What somebody may put where a file should be. */
  private enum Rubbish {
    NOISE,
    EMPTY,
    HALF,
    FOLDER,
    GONE;

    void instead(Path file, byte[] good) throws IOException {
      Files.delete(file);
      switch (this) {
        case NOISE -> Files.write(file, new byte[] {1, 2, (byte) 0xff, 0, 'x'});
        case EMPTY -> Files.createFile(file);
        case HALF -> Files.write(file, java.util.Arrays.copyOf(good, good.length / 2));
        case FOLDER -> Files.createDirectory(file);
        case GONE -> {}
      }
    }
  }

  @Test
  void rubbish_in_the_place_of_a_file_changes_nothing_until_it_is_mended() throws Exception {
    Installation installation = installation(folder);
    installation.postern.succeeds(
        "issue server "
            + HOST
            + " --out site.pem --passphrase-file passphrase --password-file passphrase");
    Program.in(folder)
        .shell("openssl pkey -in site.key -passin file:passphrase -out open.key")
        .succeeded();
    Files.copy(installation.root(), folder.resolve("partner.pem"));
    String text = Files.readString(installation.config());
    installation.replaceConfig(
        text.replace(
                "    headers: [remote-user, forwarded, client-cert]",
                "    headers: [remote-user]\n    certificate: { chain: site.pem, key: open.key }")
            + "trust:\n  - { name: partner, roots: partner.pem, identity: san.email }\n");
    try (var served = installation.serve();
        var kept = KeptConnection.open(served, "alice")) {
      assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
      int reloads = 0;
      for (String name : List.of("site.pem", "open.key", "partner.pem", "postern.yaml")) {
        Path file = folder.resolve(name);
        byte[] good = Files.readAllBytes(file);
        for (Rubbish rubbish : Rubbish.values()) {
          rubbish.instead(file, good);
          String what = name + ": " + rubbish;
          String told = reload(served, what);
          assertThat(told).as(what).contains(name, "the configuration in force stays as it was");
          assertThat(told.lines().filter(line -> line.contains(name)).count())
              .as("%s:%n%s", what, told)
              .isBetween(1L, 3L);
          assertThat(kept.get("/")).as(what).startsWith("HTTP/1.1 200");
          assertThat(served.status("alice", "/")).as(what).isEqualTo("200");
          Files.deleteIfExists(file);
          Files.write(file, good);
          reloads++;
        }
        String told = reload(served, name + " mended");
        assertThat(told).contains("was read again and is in force");
        assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
      }
      assertThat(served.status("bob", "/")).isEqualTo("403");
      System.out.println("TroubleIT: rubbish " + reloads + " times, nothing lost");
      unharmed(served);
    }
  }

  /** What is printed about it. */
  private static String reload(Served served, String what) {
    int before = served.running().output().length();
    served.running().signal("HUP");
    Soon.within(
        Duration.ofSeconds(20),
        "an answer to " + what,
        () -> {
          String told = served.running().output().substring(before);
          return told.contains("stays as it was") || told.contains("is in force");
        });
    return served.running().output().substring(before);
  }
}
