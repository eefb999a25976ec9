package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers we did not write, configured by {@code postern export}: the right people enter, and
 * nobody else.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExportIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String KEYS = " --passphrase-file passphrase";
  private static final String RULES =
      """
          - { path: /health, allow: anyone }
          - { path: /admin/**, allow: "group:admins" }
          - { path: /read, methods: [GET], allow: users }
          - { path: /closed, allow: nobody }
          - { allow: ["group:staff", "user:bob"] }
      """;

  @TempDir Path folder;
  private final int port = Postern.freePort();
  private final int publishPort = Postern.freePort();
  private Installation installation;
  private Nginx upstream;

  @BeforeEach
  void install() throws IOException {
    installation = Installation.in(folder, "Exämple, \"Ltd\" + Söhne");
    upstream = Nginx.in(folder);
    installation.export(port, publishPort, upstream.url(), RULES);
    // A user whose common name looks like another's subject, and one who is called like a word of
    // nginx's and Caddy's maps.
    installation.postern.succeeds("user", "add", "mallory", "--display-name", "x,UID=root,O=y");
    installation.postern.succeeds("user add default");
    installation.postern.succeeds("user add root --group admins");
    for (String each : List.of("alice", "bob", "mallory", "default", "root")) {
      installation.signed(each, each);
    }
    strangers();
  }

  @AfterEach
  void end() {
    upstream.close();
    installation.postern.keepIssued();
  }

  /** Certificates for alice that do not count: of other CAs below our root, and expired. */
  private void strangers() throws IOException {
    Files.writeString(
        folder.resolve("strangers.sh"),
        """
        set -e
        cat > ext.cnf <<END
        [ca]
        basicConstraints=critical,CA:TRUE
        keyUsage=critical,keyCertSign,cRLSign
        subjectKeyIdentifier=hash
        authorityKeyIdentifier=keyid
        [client]
        basicConstraints=CA:FALSE
        keyUsage=critical,digitalSignature
        extendedKeyUsage=clientAuth
        [old]
        database=old.txt
        new_certs_dir=.
        rand_serial=yes
        default_md=sha256
        policy=any
        x509_extensions=client
        [any]
        UID=optional
        commonName=optional
        END
        new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc"
        # A CA below our root; one of its own; one below our root with our issuing CA's name. All certify alice.
        $new -subj '/CN=Other CA' -keyout ca1.key -out ca1.csr
        $new -x509 -subj '/CN=Stranger CA' -keyout ca2.key -out ca2.pem -days 30
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca3.key
        openssl x509 -x509toreq -in postern-data/ca/issuing.pem -signkey ca3.key -out ca3.csr
        for ca in ca1 ca3; do
          openssl x509 -req -in $ca.csr -CA postern-root/root.pem -CAkey postern-root/root.key \\
            -passin file:passphrase -days 30 -extfile ext.cnf -extensions ca -out $ca.pem
        done
        for ca in ca1 ca2 ca3; do
          $new -subj '/UID=alice/CN=Alice' -keyout $ca-alice.key -out alice.csr
          openssl x509 -req -in alice.csr -CA $ca.pem -CAkey $ca.key -days 5 -extfile ext.cnf \\
            -extensions client -out leaf.pem
          cat leaf.pem $ca.pem > $ca-alice.pem
        done
        # Of the issuing CA, but long over.
        touch old.txt
        cp ca1-alice.key expired.key
        $new -key expired.key -subj '/UID=alice/CN=Alice' -out expired.csr
        openssl ca -batch -config ext.cnf -name old -cert postern-data/ca/issuing.pem -notext \\
          -keyfile postern-data/keys/issuing.key -passin file:passphrase -in expired.csr \\
          -startdate 20200101000000Z -enddate 20200201000000Z -out expired.pem
        """
            .replace("$new -key expired.key", "openssl req -new -key expired.key"));
    shell("sh strangers.sh").succeeded();
  }

  private Program.Outcome shell(String line) {
    return Program.in(folder).shell(line);
  }

  /** The status, or the TLS alert that curl heard. */
  private String enter(String who, String path, String... further) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
    words.addAll(List.of("--cacert", installation.root().toString()));
    words.addAll(List.of("--resolve", Installation.HOST + ":" + port + ":127.0.0.1"));
    words.addAll(List.of("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is"));
    if (!who.isEmpty()) {
      words.addAll(List.of("--cert", who + ".pem", "--key", who + ".key"));
    }
    words.addAll(List.of(further));
    words.add("https://" + Installation.HOST + ":" + port + path);
    var outcome = Program.in(folder).run(words.toArray(String[]::new));
    return outcome.exit() == 0 ? outcome.out() : "TLS";
  }

  private String export(ExportedServer.Kind kind, String options) {
    return "export " + kind.word() + " --out export-" + kind.word() + options + KEYS;
  }

  private ExportedServer serving(ExportedServer.Kind kind, String options) {
    installation.postern.succeeds(export(kind, options));
    return ExportedServer.start(kind, folder, folder.resolve("export-" + kind.word()), port);
  }

  @ParameterizedTest
  @EnumSource
  void the_right_people_enter_and_nobody_else(ExportedServer.Kind kind) throws IOException {
    try (var server = serving(kind, "")) {
      Map<String, String> seen = matrix(server);
      identityIsOurs(server);
      watched(server, seen);
      System.out.println("export " + kind.word() + ": " + seen);
    }
    if (kind != ExportedServer.Kind.HAPROXY) {
      Path key = folder.resolve("export-" + kind.word() + "/" + Installation.HOST + ".key");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
  }

  private Map<String, String> matrix(ExportedServer server) {
    Map<String, String> seen = new LinkedHashMap<>();
    seen.put("alice", enter("alice", "/"));
    seen.put("alice, TLS 1.2, HTTP/1.1", enter("alice", "/", "--tls-max", "1.2", "--http1.1"));
    seen.put("bob", enter("bob", "/"));
    seen.put("anyone's page without", enter("", "/health"));
    seen.put("admin page, admin", enter("root", "/admin/x"));
    seen.put("GET", enter("default", "/read"));
    assertThat(seen.values()).as("%s %s", seen, server.log()).containsOnly("200");
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("none", enter("", "/"));
    refused.put("wrong CA", enter("ca2-alice", "/"));
    refused.put("other CA below our root", enter("ca1-alice", "/"));
    refused.put("another CA below our root of our name", enter("ca3-alice", "/"));
    refused.put("expired", enter("expired", "/"));
    refused.put("wrong path", enter("alice", "/admin/x"));
    refused.put("another user's name in the common name", enter("mallory", "/admin/x"));
    refused.put("user called default", enter("default", "/"));
    refused.put("POST", enter("default", "/read", "-X", "POST"));
    refused.put("closed", enter("alice", "/closed"));
    refused.put("closed/", enter("alice", "/closed/"));
    refused.put("HEALTH", enter("", "/HEALTH"));
    for (String path :
        List.of(
            "/ADMIN/x",
            "/%61dmin/x",
            "//admin/x",
            "/y/../admin/x",
            "/y/%2e%2e/admin/x",
            "/y%2f..%2fadmin",
            "/admin;y/x",
            "/%2561dmin/x",
            "/y/..;/admin/x")) {
      refused.put(path, enter("alice", path));
    }
    assertThat(refused.values())
        .as("%s %s", refused, server.log())
        .allMatch(each -> List.of("400", "403", "404", "TLS").contains(each));
    seen.putAll(refused);
    return seen;
  }

  /** What clients send under the names of our headers never arrives, however it is spelled. */
  private void identityIsOurs(ExportedServer server) {
    List<String> forged = new ArrayList<>();
    for (String name :
        List.of(
            "Remote-User",
            "remote_user",
            "X-Forwarded-User",
            "X_Forwarded-User",
            "Remote.User",
            "X-Forwarded-Groups",
            "X-SSL-Client-S-DN",
            "X-Ssl_Client-S-Dn",
            "Client-Cert",
            "Client_Cert",
            "X-Forwarded-Client-Cert",
            "X-Original-URL")) {
      forged.addAll(List.of("-H", name + ": forged"));
    }
    forged.addAll(List.of("-H", "Connection: Remote-User, X-Forwarded-User, X-Forwarded-Groups"));
    for (String version : List.of("--http1.1", "--http2")) {
      List<String> plain = new ArrayList<>(List.of(version));
      upstream.forget();
      assertThat(enter("alice", "/", plain.toArray(String[]::new))).isEqualTo("200");
      assertThat(upstream.arrived("remote-user")).singleElement().asString().endsWith(": alice");
      upstream.forget();
      plain.addAll(forged);
      String status = enter("alice", "/", plain.toArray(String[]::new));
      assertThat(status).isIn("200", "403"); // Apache refuses the twins
      assertThat(upstream.log()).doesNotContain("forged");
      if (status.equals("200")) {
        assertThat(upstream.arrived("remote-user")).singleElement().asString().endsWith(": alice");
        assertThat(upstream.arrived("x-forwarded-groups"))
            .singleElement()
            .asString()
            .endsWith(": staff");
      }
      upstream.forget();
      plain.removeIf(word -> word.matches(".*[_.].*: forged"));
      plain.removeIf(word -> word.equals("-H"));
      List<String> honest = new ArrayList<>(List.of(version));
      plain.stream().skip(1).forEach(word -> honest.addAll(List.of("-H", word)));
      assertThat(enter("alice", "/", honest.toArray(String[]::new))).isEqualTo("200");
      assertThat(upstream.log()).doesNotContain("forged");
      assertThat(upstream.arrived("remote-user")).singleElement().asString().endsWith(": alice");
      upstream.forget();
      assertThat(enter("", "/health", honest.toArray(String[]::new))).isEqualTo("200");
      assertThat(upstream.log()).doesNotContain("forged");
      assertThat(upstream.arrived("remote-user")).as(server.kind.word()).isEmpty();
    }
  }

  /** The command fails the first time. */
  private void watched(ExportedServer server, Map<String, String> seen) {
    assertThat(resumed("bob", "-sess_out")).as(server.log()).contains("HTTP/1.1 200");
    writeScript(
        "reload.sh", "test -e again || { touch again; echo not yet; exit 7; }\n" + server.reload());
    String watching = export(server.kind, " --watch --every 1s --exec ./reload.sh");
    try (var watch = installation.postern.start("Watching.", watching)) {
      long began = System.nanoTime();
      installation.postern.succeeds("group add admins alice");
      out("alice among the admins", () -> enter("alice", "/admin/x").equals("200"));
      say(server.kind, "a new admin is in", began);
      assertThat(watch.output())
          .contains("./reload.sh: exit code 7, tried again: not yet", "Ran ./reload.sh");
      assertThat(enter("bob", "/")).isEqualTo("200");
      began = System.nanoTime();
      installation.postern.succeeds("revoke bob --reason keyCompromise" + KEYS);
      out("bob out", () -> !enter("bob", "/").equals("200"));
      say(server.kind, "a revoked certificate is out", began);
      seen.put("revoked", enter("bob", "/"));
      assertThat(resumed("bob", "-sess_in")).as("a resumed session").doesNotContain(" 200 ");
      assertThat(seen.get("revoked")).isIn("403", "TLS");
      assertThat(enter("alice", "/")).isEqualTo("200");
      assertThat(watch.stop()).isZero();
    }
  }

  /** For two seconds on end: while a server takes over, its old processes still answer some. */
  private static void out(String what, BooleanSupplier condition) {
    Soon.within(SOON, what, () -> steady(condition));
  }

  private static boolean steady(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    while (condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return true;
      }
    }
    return false;
  }

  @Test
  void others_ask_our_responder_and_read_our_lists() throws IOException {
    installation.export(0, publishPort, upstream.url(), RULES);
    try (var _ = installation.serve()) {
      String options = " --ocsp --listen 127.0.0.1:" + port;
      try (var server = serving(ExportedServer.Kind.APACHE, options)) {
        assertThat(enter("alice", "/")).as(server.log()).isEqualTo("200");
        installation.postern.succeeds("suspend alice" + KEYS);
        assertThat(enter("alice", "/")).as(server.log()).isEqualTo("TLS");
        installation.postern.succeeds("release alice" + KEYS);
        assertThat(enter("alice", "/")).as(server.log()).isEqualTo("200");
      }
      try (var server = serving(ExportedServer.Kind.NGINX, options)) {
        assertThat(enter("alice", "/")).as(server.log()).isEqualTo("200");
        assertThat(publishes("alice")).isTrue();
        installation.postern.succeeds("revoke alice --reason keyCompromise" + KEYS);
        assertThat(enter("alice", "/")).as(server.log()).isEqualTo("403");
      }
      assertThat(publishes("alice")).as("the list of before").isTrue();
      installation.postern.succeeds(export(ExportedServer.Kind.NGINX, ""));
      assertThat(publishes("alice")).as("revoked").isFalse();
      assertThat(publishes("root")).isTrue();
      assertThat(publishes("ca1-alice")).as("another CA below our root").isFalse();
    }
  }

  /** Whether mosquitto, given the files that nginx was given, lets somebody publish. */
  private boolean publishes(String who) throws IOException {
    int mqtt = Postern.freePort();
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        """
        user root
        listener %1$d 127.0.0.1
        cafile export-nginx/client-ca.pem
        crlfile export-nginx/crl.pem
        certfile export-nginx/%2$s.pem
        keyfile export-nginx/%2$s.key
        require_certificate true
        use_identity_as_username false
        allow_anonymous true
        """
            .formatted(mqtt, Installation.HOST));
    Process broker =
        new ProcessBuilder("/usr/sbin/mosquitto", "-c", "mosquitto.conf")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("mosquitto.txt").toFile())
            .start();
    try {
      Soon.within(SOON, "mosquitto", () -> Postern.isOpen(mqtt));
      return shell(
                  "timeout 20 mosquitto_pub -h 127.0.0.1 --insecure -p %d -q 1 -t door -m hello --cafile %s --cert %s.pem --key %s.key"
                      .formatted(mqtt, installation.root(), who, who))
              .exit()
          == 0;
    } finally {
      broker.destroy();
      broker.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  private static void say(ExportedServer.Kind kind, String what, long began) {
    System.out.printf(
        "export --watch %s: %s after %d ms, the command included%n",
        kind.word(), what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  private void writeScript(String name, String line) {
    try {
      Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + line + "\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** One request over TLS 1.2, whose session is kept or taken up again. */
  private String resumed(String who, String how) {
    return shell(
            "(printf 'GET / HTTP/1.1\\r\\nHost: %1$s\\r\\nConnection: close\\r\\n\\r\\n'; sleep 1) | timeout 20"
                    .formatted(Installation.HOST)
                + " openssl s_client -tls1_2 -ign_eof -connect 127.0.0.1:%d -servername %s -cert %s.pem -key %s.key %s session"
                    .formatted(port, Installation.HOST, who, who, how))
        .out();
  }
}
