package dev.postern.peers;

import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A partner's CA that OpenSSL keeps: its CRLs and its OCSP responder decide who enters. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignRevocationIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private static Path folder;

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private Installation installation;
  private Nginx nginx;
  private HttpServer web;

  @BeforeAll
  void install() throws IOException {
    installation = Installation.in(folder);
    installation.postern.succeeds("user add carol --group staff");
    nginx = Nginx.in(folder);
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          String condition = exchange.getRequestHeaders().getFirst("If-None-Match");
          asked.add(exchange.getRequestURI() + " " + condition);
          byte[] list =
              Files.readAllBytes(folder.resolve(exchange.getRequestURI().getPath().substring(1)));
          exchange.getResponseHeaders().set("ETag", "\"" + list.length + "\"");
          boolean same = ("\"" + list.length + "\"").equals(condition);
          exchange.sendResponseHeaders(same ? 304 : 200, same ? -1 : list.length);
          if (!same) {
            exchange.getResponseBody().write(list);
          }
          exchange.close();
        });
    web.start();
  }

  @AfterAll
  void end() {
    web.stop(0);
    nginx.close();
  }

  /** With a trust entry for {@code partner}. */
  private Served serve(OpenSslAuthority partner, String... revocation) throws IOException {
    installation.configure(nginx.url(), SITE_RULES);
    String entry =
        "trust:\n  - name: partner\n    roots: %s\n    identity: subject.cn\n    revocation:\n      %s\n"
            .formatted(partner.path("ca.pem"), String.join("\n      ", revocation));
    installation.replaceConfig(Files.readString(installation.config()) + entry);
    return installation.serve();
  }

  private static List<String> as(OpenSslAuthority authority, String name) {
    return List.of(
        "--cert",
        authority.path(name + ".pem").toString(),
        "--key",
        authority.path(name + ".key").toString());
  }

  private static String answer(Served served, OpenSslAuthority authority, String name) {
    String answer = served.curl(as(authority, name), "/", "-w", "%{http_code}").succeeded().out();
    return answer.contains("status-unknown") ? served.running().output() + answer : answer;
  }

  @Test
  void a_crl_in_a_file_decides_and_a_new_one_is_noticed() throws IOException {
    var partner = OpenSslAuthority.in(folder, "by-file");
    partner.client("alice");
    partner.client("carol");
    partner.revoke("carol");
    Path crl = partner.crl("");
    try (Served served = serve(partner, "crl: " + crl)) {
      assertThat(answer(served, partner, "alice")).contains("nginx greets [alice]").endsWith("200");
      assertThat(answer(served, partner, "carol")).contains("\"revoked\"").endsWith("403");

      partner.revoke("alice");
      partner.crl("");
      Soon.within(SOON, "alice is out", () -> answer(served, partner, "alice").endsWith("403"));
      assertThat(answer(served, partner, "alice")).contains("\"revoked\"");

      Files.writeString(crl, "rubbish");
      served.running().awaitOutput("is no CRL");
      assertThat(answer(served, partner, "alice"))
          .as("the last good one stays")
          .contains("\"revoked\"");
      assertThat(served.status("alice", "/")).as("our own alice").isEqualTo("200");
    }
  }

  @Test
  void without_a_list_that_can_be_read_nobody_of_that_authority_enters_and_all_others_do()
      throws IOException {
    var partner = OpenSslAuthority.in(folder, "by-nothing");
    partner.client("alice");
    Files.createFile(partner.path("empty.crl"));
    try (Served served = serve(partner, "crl: " + partner.path("empty.crl"))) {
      assertThat(answer(served, partner, "alice")).contains("status-unknown").endsWith("403");
      assertThat(served.running().output()).contains("trust partner", "is empty", "status-unknown");
      assertThat(served.status("alice", "/")).isEqualTo("200");
    }
    try (Served served = serve(partner, "crl: " + partner.path("empty.crl"), "unknown: allow")) {
      assertThat(answer(served, partner, "alice")).endsWith("200");
    }
  }

  @Test
  void a_stale_list_is_none_and_another_ca_s_is_none() throws IOException {
    var partner = OpenSslAuthority.in(folder, "by-stale");
    partner.client("alice");
    Path stale = partner.crl("-crl_lastupdate 20250101000000Z -crl_nextupdate 20250108000000Z");
    try (Served served = serve(partner, "crl: " + stale)) {
      assertThat(answer(served, partner, "alice")).contains("status-unknown").endsWith("403");
      assertThat(served.running().output()).contains("ran out on 2025-01-08");
      partner.crl("");
      Soon.within(SOON, "alice is in", () -> answer(served, partner, "alice").endsWith("200"));
    }
    var impostor = OpenSslAuthority.in(folder.resolve("elsewhere"), "by-stale");
    try (Served served = serve(partner, "crl: " + impostor.crl(""))) {
      assertThat(answer(served, partner, "alice")).contains("status-unknown").endsWith("403");
      assertThat(served.running().output()).contains("is signed by nobody who may");
    }
  }

  @Test
  void a_crl_at_an_address_is_fetched_before_anybody_is_judged() throws IOException {
    var partner = OpenSslAuthority.in(folder, "by-url");
    partner.client("alice");
    partner.client("carol");
    partner.revoke("carol");
    partner.crl("");
    asked.clear();
    String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/by-url/crl.pem";
    try (Served served = serve(partner, "crl: " + url)) {
      assertThat(answer(served, partner, "alice")).endsWith("200");
      assertThat(answer(served, partner, "carol")).contains("\"revoked\"");
      assertThat(asked).containsExactly("/by-url/crl.pem null");
    }
  }

  @Test
  void a_responder_decides_and_is_asked_once() throws IOException {
    var partner = OpenSslAuthority.in(folder, "by-ocsp");
    partner.client("alice");
    partner.client("carol");
    partner.client("bob");
    partner.revoke("carol");
    int port = Postern.freePort();
    Process responder = partner.responder(port);
    try (Served served = serve(partner, "ocsp: http://127.0.0.1:" + port)) {
      assertThat(answer(served, partner, "alice")).endsWith("200");
      assertThat(answer(served, partner, "carol")).contains("\"revoked\"").endsWith("403");
      String upload = "x".repeat(100_000);
      assertThat(
              served
                  .curl(as(partner, "bob"), "/", "--data", upload, "-w", "%{http_code}")
                  .succeeded()
                  .out())
          .as("a body that comes while the responder is asked")
          .contains("not-permitted");
      responder.destroy();
      responder.onExit().join();
      assertThat(answer(served, partner, "alice")).as("the answer holds").endsWith("200");
    } finally {
      responder.destroyForcibly();
    }
    try (Served served = serve(partner, "ocsp: http://127.0.0.1:" + port)) {
      assertThat(answer(served, partner, "alice")).contains("status-unknown").endsWith("403");
      assertThat(served.status("alice", "/")).isEqualTo("200");
    }
  }

  @Test
  void a_certificate_leads_nowhere_near_unless_that_is_allowed() throws IOException {
    var partner = OpenSslAuthority.in(folder, "by-certificate");
    String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/by-certificate/crl.pem";
    partner.client("alice", "crlDistributionPoints = URI:" + url);
    partner.crl("");
    asked.clear();
    try (Served served = serve(partner, "fetch: certificate")) {
      assertThat(answer(served, partner, "alice")).contains("status-unknown").endsWith("403");
      assertThat(served.running().output()).contains("which a certificate may not lead to");
      assertThat(asked).isEmpty();
    }
    try (Served served = serve(partner, "fetch: certificate", "private-addresses: allowed")) {
      assertThat(answer(served, partner, "alice")).endsWith("200");
      assertThat(asked).containsExactly("/by-certificate/crl.pem null");
    }
  }
}
