package dev.postern.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.IdentityMapping;
import dev.postern.access.PathPattern;
import dev.postern.access.Rule;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.config.PosternConfig.AccessLog;
import dev.postern.config.PosternConfig.Tls;
import dev.postern.config.SiteConfig.Header;
import dev.postern.config.SiteConfig.Posture;
import dev.postern.path.TrustAnchor;
import dev.postern.status.StatusSettings;
import dev.postern.x509.KeyAlgorithm;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a good file becomes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigFileTest {
  private static final Path FOLDER = Path.of("/etc/postern");

  @Test
  void a_folder_is_called_one_and_so_is_what_is_not_there() {
    assertThat(ConfigFile.read(Path.of("src/main")))
        .isEqualTo(
            new ConfigFile.Refused(
                List.of(new ConfigProblem(0, "", "it is a folder, not a file"))));
    assertThat(ConfigFile.read(Path.of("src/no-such-file")))
        .isEqualTo(
            new ConfigFile.Refused(List.of(new ConfigProblem(0, "", "there is no such file"))));
  }

  @Test
  void two_keys_are_enough_and_the_rest_is_safe() {
    PosternConfig config = accepted("name: Example\ndomain: example.com\n");
    assertThat(config)
        .isEqualTo(
            new PosternConfig(
                "Example",
                "example.com",
                FOLDER.resolve("postern-data"),
                new PosternConfig.Listen(
                    ListenAddress.everywhere(8443),
                    Optional.of(ListenAddress.everywhere(8080)),
                    Optional.empty()),
                new Tls(Tls.Engine.BORINGSSL, Tls.Version.TLS_1_2, Optional.empty()),
                List.of(),
                List.of(),
                new PublishConfig(
                    Optional.of(URI.create("http://pki.example.com:8080")),
                    new PublishConfig.Crl(
                        Duration.ofDays(7), Duration.ofDays(1), 1, Optional.empty()),
                    new PublishConfig.Ocsp(Duration.ofHours(8))),
                new PagesConfig(
                    Optional.of("enrol.example.com"),
                    Optional.of("me.example.com"),
                    Optional.of("admin.example.com"),
                    8443,
                    true,
                    Duration.ofHours(24),
                    Duration.ZERO,
                    Optional.empty(),
                    KeyAlgorithm.P256,
                    Optional.empty()),
                Optional.empty(),
                new PosternConfig.Limits(16L << 30, Optional.empty()),
                new PosternConfig.Timeouts(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(20)),
                new AccessLog.Stdout()));
  }

  @Test
  void postern_s_own_pages_may_be_elsewhere_or_closed() {
    PagesConfig pages =
        accepted(
                """
                name: Example
                domain: example.com
                pages:
                  enrol: join.example.com
                  admin: off
                  port: 443
                  phone: off
                  key: rsa2048
                  invitation: 3d
                  grace: off
                  contact: help@example.com
                  certificate: { chain: wild.pem, key: wild.key }
                """)
            .pages();
    assertThat(pages.hosts()).containsExactly("join.example.com", "me.example.com");
    assertThat(pages.address("me.example.com")).isEqualTo("https://me.example.com");
    assertThat(pages.phone()).isFalse();
    assertThat(pages.key()).isEqualTo(KeyAlgorithm.RSA_2048);
    assertThat(pages.invitation()).isEqualTo(Duration.ofDays(3));
    assertThat(pages.grace()).isZero();
    assertThat(pages.contact()).contains("mailto:help@example.com");
    assertThat(pages.certificate().orElseThrow().chain()).isEqualTo(FOLDER.resolve("wild.pem"));
  }

  @ParameterizedTest
  @CsvSource({"off,0", "0,0", "0d,0", "90d,90", "7d,7"})
  void grace_is_a_duration_or_off(String written, int days) {
    String text = "name: Example\ndomain: example.com\npages: { grace: " + written + " }\n";
    assertThat(accepted(text).pages().grace()).isEqualTo(Duration.ofDays(days));
  }

  @ParameterizedTest
  @CsvSource({"off,''", "header,HEADER", "page,PAGE", "both,HEADER PAGE"})
  void a_site_tells_of_the_end_in_two_ways(String written, String expected) {
    var site =
        accepted(
                """
                name: Example
                domain: example.com
                sites:
                  - { host: a.example.com, upstream: "http://127.0.0.1:1", expiry: %s, rules: [{ allow: users }] }
                """
                    .formatted(written))
            .sites()
            .getFirst();
    assertThat(site.expiry().stream().map(Enum::name).sorted().collect(Collectors.joining(" ")))
        .isEqualTo(expected);
  }

  @Test
  void a_site_needs_three_keys_and_asks_for_certificates() {
    PosternConfig config =
        accepted(
            """
            name: Example
            domain: example.com
            sites:
              - host: Wiki.example.com
                upstream: http://127.0.0.1:3000/
                rules: [{ allow: users }]
            """);
    assertThat(config.sites())
        .containsExactly(
            new SiteConfig(
                "wiki.example.com",
                URI.create("http://127.0.0.1:3000"),
                Posture.WANT,
                Set.of(Header.REMOTE_USER),
                List.of(
                    new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.AnyUser()))),
                Set.of(),
                16L << 30,
                new SiteConfig.Timeouts(
                    Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMinutes(10)),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void every_key_is_mapped() {
    PosternConfig config =
        accepted(
            """
            name: "Example & Söhne"
            domain: example.com
            data: /var/lib/postern
            listen: { https: "127.0.0.1:443", http: "[::1]:80" }
            tls: { engine: jdk, min: 1.3, default-host: wiki.example.com }
            publish:
              url: http://PKI.example.com:80/ca/
              crl: { validity: 2d, every: 12h, shards: 16, delta: 1h }
              ocsp: { validity: 1h }
            limits: { max-body: 1GiB, connections: 5000 }
            timeouts: { handshake: 1s, header: 2s, idle: 3m, body: 4s, drain: 500ms }
            access-log: log/access.jsonl
            sites:
              - host: wiki.example.com
                upstream: https://[::1]:3000
                upstream-ca: upstream.pem
                posture: strict
                headers: [remote-user, forwarded, client-cert, xfcc, ssl-client]
                expiry: both
                max-body: 10MiB
                timeouts: { connect: 1s, response: 2h, idle: 1d }
                certificate: { chain: ../wiki.pem, key: /keys/wiki.key }
                rules:
                  - { path: /health, allow: anyone }
                  - { path: /admin/**, methods: [GET, POST], allow: ["group:admins", "user:bob"] }
                  - { path: /closed/*, methods: PUT, allow: nobody }
            trust:
              - name: partner
                roots: [partner.pem, old.pem]
                intermediates: between.pem
                identity: { field: san.email, pattern: '([a-z]+)@partner\\.example' }
                accept: [legacy-v1]
              - name: cards
                roots: cards.pem
                identity: serial
                revocation:
                  crl: [cards.crl, "http://pki.cards.example:8080/cards.crl"]
                  ocsp: http://ocsp.cards.example/
                  fetch: certificate
                  private-addresses: allowed
                  max-age: 2h
                  unknown: allow
            """);
    assertThat(config.name()).isEqualTo("Example & Söhne");
    assertThat(config.data()).isEqualTo(Path.of("/var/lib/postern"));
    assertThat(config.listen().https().socket().toString()).isEqualTo("/127.0.0.1:443");
    assertThat(config.listen().http().orElseThrow().socket().getAddress().getHostAddress())
        .isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(config.tls())
        .isEqualTo(new Tls(Tls.Engine.JDK, Tls.Version.TLS_1_3, Optional.of("wiki.example.com")));
    assertThat(config.publish())
        .isEqualTo(
            new PublishConfig(
                Optional.of(URI.create("http://pki.example.com/ca")),
                new PublishConfig.Crl(
                    Duration.ofDays(2), Duration.ofHours(12), 16, Optional.of(Duration.ofHours(1))),
                new PublishConfig.Ocsp(Duration.ofHours(1))));
    assertThat(config.limits()).isEqualTo(new PosternConfig.Limits(1L << 30, Optional.of(5000)));
    assertThat(config.timeouts())
        .isEqualTo(
            new PosternConfig.Timeouts(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(3),
                Duration.ofSeconds(4),
                Duration.ofMillis(500)));
    assertThat(config.accessLog())
        .isEqualTo(new AccessLog.File(FOLDER.resolve("log/access.jsonl")));
    assertThat(config.sites())
        .containsExactly(
            new SiteConfig(
                "wiki.example.com",
                URI.create("https://[::1]:3000"),
                Posture.STRICT,
                Set.of(Header.values()),
                List.of(
                    rule("/health", Set.of(), "anyone"),
                    rule("/admin/**", Set.of("GET", "POST"), "group:admins", "user:bob"),
                    rule("/closed/*", Set.of("PUT"), "nobody")),
                Set.of(SiteConfig.Notice.values()),
                10L << 20,
                new SiteConfig.Timeouts(
                    Duration.ofSeconds(1), Duration.ofHours(2), Duration.ofDays(1)),
                Optional.of(
                    new SiteConfig.CertificateFiles(
                        Path.of("/etc/wiki.pem"), Path.of("/keys/wiki.key"))),
                Optional.of(FOLDER.resolve("upstream.pem"))));
    assertPartner(config.trust().getFirst());
    assertThat(config.trust().getLast().identity())
        .isEqualTo(new IdentityMapping(IdentityMapping.Source.SERIAL, Optional.empty()));
    assertThat(config.trust().getLast().accept()).isEmpty();
    assertThat(config.trust().getFirst().revocation()).isEmpty();
    assertThat(config.trust().getLast().revocation())
        .contains(
            new TrustConfig.Revocation(
                new StatusSettings(
                    "cards",
                    List.of(
                        new StatusSettings.Location.OfFile(FOLDER.resolve("cards.crl")),
                        new StatusSettings.Location.AtUrl(
                            URI.create("http://pki.cards.example:8080/cards.crl"))),
                    new StatusSettings.Ocsp.Responder(URI.create("http://ocsp.cards.example/")),
                    StatusSettings.Reach.CERTIFICATE,
                    StatusSettings.PrivateAddresses.ALLOWED,
                    Duration.ofHours(2)),
                UnknownStatusPolicy.ALLOW));
  }

  private static void assertPartner(TrustConfig partner) {
    assertThat(partner.name()).isEqualTo("partner");
    assertThat(partner.roots())
        .containsExactly(FOLDER.resolve("partner.pem"), FOLDER.resolve("old.pem"));
    assertThat(partner.intermediates()).containsExactly(FOLDER.resolve("between.pem"));
    assertThat(partner.identity().source()).isEqualTo(IdentityMapping.Source.SAN_EMAIL);
    assertThat(partner.identity().pattern().orElseThrow().pattern())
        .isEqualTo("([a-z]+)@partner\\.example");
    assertThat(partner.accept()).containsExactly(TrustAnchor.Leniency.LEGACY_V1);
  }

  private static Rule rule(String path, Set<String> methods, String... who) {
    return new Rule(
        new PathPattern(path), methods, List.of(who).stream().map(Rule.Who::parse).toList());
  }

  @Test
  void http_and_the_access_log_can_be_off() {
    PosternConfig config =
        accepted("name: a\ndomain: b.example\nlisten: { http: off }\naccess-log: off\n");
    assertThat(config.listen().http()).isEmpty();
    assertThat(config.publish().url()).as("nobody would answer there").isEmpty();
    assertThat(config.accessLog()).isEqualTo(new AccessLog.Off());
  }

  @Test
  void limits_of_the_file_are_those_of_its_sites_unless_they_say_otherwise() {
    PosternConfig config =
        accepted(
            """
            name: a
            domain: example.com
            limits: { max-body: 1MiB }
            sites:
              - { host: a.example.com, upstream: "http://a", rules: [{ allow: users }] }
              - { host: b.example.com, upstream: "h2c://b:50051", max-body: 2MiB, rules: [{ allow: users }] }
            """);
    assertThat(config.sites().stream().map(SiteConfig::maxBody))
        .containsExactly(1L << 20, 2L << 20);
  }

  @Test
  void anchors_are_understood_in_moderation() {
    PosternConfig config =
        accepted(
            """
            name: a
            domain: example.com
            sites:
              - { host: a.example.com, upstream: "http://a", rules: &staff [{ allow: users }] }
              - { host: b.example.com, upstream: "http://b", rules: *staff }
            """);
    assertThat(config.sites().getFirst().rules()).isEqualTo(config.sites().getLast().rules());
  }

  @Test
  void the_sample_is_accepted_whatever_the_name() {
    for (String name :
        List.of("Example", "A \"B\" \\ 'C': #1 {x}", "Öl & Söhne 🔑", "yes", "- a")) {
      PosternConfig config =
          accepted(new SampleConfig(name, "example.com", "./postern-data").text());
      assertThat(config.name()).isEqualTo(name);
      assertThat(config.domain()).isEqualTo("example.com");
      assertThat(config.data()).isEqualTo(FOLDER.resolve("postern-data"));
      assertThat(config.sites()).hasSize(1);
    }
  }

  @Test
  void what_says_nothing_of_an_unknown_status_denies_it() {
    TrustConfig.Revocation revocation =
        accepted(
                """
                name: Example
                domain: example.com
                trust:
                  - { name: p, roots: p.pem, identity: serial, revocation: { ocsp: true } }
                """)
            .trust()
            .getFirst()
            .revocation()
            .orElseThrow();
    assertThat(revocation.unknown()).isEqualTo(UnknownStatusPolicy.DENY);
    assertThat(revocation.settings().reach()).isEqualTo(StatusSettings.Reach.CERTIFICATE);
    assertThat(revocation.settings().privateAddresses())
        .isEqualTo(StatusSettings.PrivateAddresses.REFUSED);
  }

  @Test
  void what_the_sample_says_in_comments_is_accepted_too() {
    String text =
        new SampleConfig("Example", "example.com", ".")
            .text()
            .replaceAll("(?m)^# (?=trust:|mail:|  )", "");
    PosternConfig config = accepted(text);
    assertThat(config.trust()).hasSize(1);
    assertThat(config.trust().getFirst().accept()).isNotEmpty();
    assertThat(config.mail()).isPresent();
  }

  @Test
  void a_file_is_read_and_its_folder_is_where_paths_start(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("postern.yaml");
    Files.writeString(file, "name: a\ndomain: example.com\ndata: there\n");
    assertThat(ConfigFile.read(file))
        .isInstanceOfSatisfying(
            ConfigFile.Accepted.class,
            read -> assertThat(read.config().data()).isEqualTo(folder.resolve("there")));
  }

  @Test
  void a_file_that_is_not_there_or_no_file_is_a_problem(@TempDir Path folder) {
    assertThat(ConfigFile.read(folder.resolve("none.yaml")))
        .isEqualTo(
            new ConfigFile.Refused(List.of(new ConfigProblem(0, "", "there is no such file"))));
    assertThat(ConfigFile.read(folder)).isInstanceOf(ConfigFile.Refused.class);
  }

  private static PosternConfig accepted(String text) {
    return switch (ConfigFile.parse(text.getBytes(StandardCharsets.UTF_8), FOLDER)) {
      case ConfigFile.Accepted(PosternConfig config) -> config;
      case ConfigFile.Refused(List<ConfigProblem> problems, _) ->
          throw new AssertionError(problems.stream().map(ConfigProblem::text).toList());
    };
  }
}
