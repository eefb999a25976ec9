package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fakes.Revoking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others read what is published: OpenSSL, GnuTLS, curl, nginx. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PublishIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final int port = Postern.freePort();
  private Installation installation;
  private Revoking ledger;

  @BeforeEach
  void install() {
    installation = Installation.in(folder);
    ledger = new Revoking(folder.resolve("postern-data"));
  }

  @AfterEach
  void keep() {
    installation.postern.keepIssued();
  }

  private Installation.Served publishing(String crl) {
    installation.publish(port, crl);
    installation.signed("alice", "alice-1");
    installation.signed("alice", "alice-2");
    shell("cat postern-data/ca/issuing.pem postern-data/ca/root.pem > bundle.pem").succeeded();
    return installation.serve();
  }

  private Program.Outcome shell(String line) {
    return Program.in(folder).with("U", "http://127.0.0.1:" + port).with("K", keyId()).shell(line);
  }

  private String keyId() {
    return Program.in(folder)
        .shell(
            "openssl x509 -in postern-data/ca/issuing.pem -noout -ext subjectKeyIdentifier"
                + " | tail -1 | tr -d ' :\\n' | tr A-F a-f")
        .succeeded()
        .out();
  }

  private String serial(String file) {
    return Program.in(folder)
        .shell("openssl x509 -in " + file + ".pem -noout -serial")
        .succeeded()
        .out()
        .strip()
        .replace("serial=", "");
  }

  /** Fetches until the number in it is greater than {@code before}. */
  private long fetched(String path, String file, long before) {
    long[] number = new long[1];
    Soon.within(
        SOON,
        "a newer " + path,
        () -> {
          var fetched = shell("curl -sSf $U" + path + " -o " + file + ".der");
          if (fetched.exit() != 0) {
            return false;
          }
          String text =
              shell(
                      "openssl crl -inform der -in %1$s.der -out %1$s.pem && openssl crl -in %1$s.pem"
                              .formatted(file)
                          + " -noout -crlnumber")
                  .succeeded()
                  .out()
                  .strip();
          number[0] = Long.parseLong(text.replaceFirst("crlNumber=(0x)?", ""), 16);
          return number[0] > before;
        });
    return number[0];
  }

  private Program.Outcome verify(String options, String file) {
    return shell("openssl verify -CAfile bundle.pem " + options + " " + file + ".pem");
  }

  @Test
  void openssl_and_gnutls_take_the_full_list_and_a_revocation_is_soon_in_it() {
    try (var _ = publishing("validity: 7d")) {
      String full = "/crl/$K.crl";
      long first = fetched(full, "full", 0);
      shell("openssl crl -in full.pem -CAfile postern-data/ca/issuing.pem -noout").succeeded();
      String lists = "-crl_check_all -CRLfile full.pem -CRLfile postern-data/ca/root.crl";
      verify(lists, "alice-1").succeeded();
      long began = System.nanoTime();
      ledger.revoke(serial("alice-1"), 1);
      long second = fetched(full, "full", first);
      System.out.printf(
          "revoked by another process: in the CRL after %d ms%n",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
      assertThat(verify(lists, "alice-1").failed().err()).contains("certificate revoked");
      verify(lists, "alice-2").succeeded();
      assertThat(shell("certtool --crl-info --inder --infile full.der").succeeded().out())
          .containsIgnoringCase(serial("alice-1"))
          .contains("Revoked certificates (1)");
      ledger.suspend(serial("alice-2"));
      long third = fetched(full, "full", second);
      assertThat(shell("openssl crl -in full.pem -noout -text").succeeded().out())
          .contains("Certificate Hold", "Key Compromise");
      ledger.release(serial("alice-2"));
      fetched(full, "full", third);
      verify(lists, "alice-2").succeeded();
    }
    // What was published last is there after a restart, and without a server.
    var text = installation.postern.succeeds("crl --chain --passphrase-file passphrase").out();
    assertThat(text).contains("-----BEGIN X509 CRL-----").endsWith("-----END X509 CRL-----\n");
    installation.postern.succeeds("crl --pem --out chain.pem --passphrase-file passphrase");
    shell("openssl crl -in chain.pem -CAfile postern-data/ca/issuing.pem -noout").succeeded();
  }

  @Test
  void http_says_what_it_is_and_for_how_long() {
    try (var served = publishing("validity: 7d")) {
      fetched("/crl/$K.crl", "full", 0);
      String head = shell("curl -sSI $U/crl/$K.crl").succeeded().out();
      assertThat(head)
          .startsWith("HTTP/1.1 200")
          .contains("content-type: application/pkix-crl", "expires: ", "last-modified: ")
          .containsPattern("max-age=604\\d{3}");
      assertThat(
              shell(
                      "curl -sS -o /dev/null -w '%{http_code} %{size_download}' $U/crl/$K.crl -H"
                          + " \"If-None-Match: $(curl -sSI $U/crl/$K.crl | sed -n 's/etag: //p' |"
                          + " tr -d '\\r')\"")
                  .succeeded()
                  .out())
          .isEqualTo("304 0");
      for (String each : new String[] {"cer", "pem", "p7c"}) {
        shell("curl -sSf $U/ca/$K." + each + " -o ca." + each).succeeded();
      }
      assertThat(shell("openssl x509 -inform der -in ca.cer -noout -subject").succeeded().out())
          .contains("Example Issuing CA");
      assertThat(shell("openssl pkcs7 -inform der -in ca.p7c -print_certs").succeeded().out())
          .contains("Example Issuing CA", "Example Root CA");
      assertThat(shell("certtool --p7-info --inder --infile ca.p7c").succeeded().out())
          .contains("BEGIN CERTIFICATE");
      assertThat(shell("curl -sSf -H 'Accept: text/html' $U/").succeeded().out())
          .contains("<h2>Example Root CA</h2>", "/crl/" + keyId() + ".crl");
      String refused = " -o /dev/null -w '%{http_code}' ";
      assertThat(shell("curl -sS" + refused + "$U/crl/00.crl").out()).isEqualTo("404");
      assertThat(shell("curl -sS -X PUT" + refused + "$U/crl/$K.crl").out()).isEqualTo("405");
      assertThat(shell("curl -sS" + refused + "$U/ocsp").out()).isEqualTo("405");
      assertThat(
              shell(
                      "curl -sS"
                          + refused
                          + "-H 'Content-Type: application/ocsp-request'"
                          + " --data-binary @<(head -c 20000 /dev/zero) $U/ocsp")
                  .out())
          .isEqualTo("413");
      assertThat(shell("curl -sS" + refused + "$U/elsewhere").out())
          .as("as before")
          .isEqualTo("308");
      assertThat(
              shell("curl -sS" + refused + "-H 'Host: " + Installation.HOST + "' $U/ca/$K.cer")
                  .out())
          .as("a site's own host belongs to the site")
          .isEqualTo("308");
      assertThat(served.running().process().isAlive()).isTrue();
    }
  }

  @Test
  void openssl_and_gnutls_ask_for_the_status_and_see_a_revocation_in_the_next_answer() {
    String ask = "openssl ocsp -issuer postern-data/ca/issuing.pem -CAfile bundle.pem -url $U/ocsp";
    try (var served = publishing("validity: 7d")) {
      for (String options : new String[] {"", " -no_nonce", " -sha256", " -sha384 -no_nonce"}) {
        var outcome = shell(ask + options + " -cert alice-1.pem").succeeded();
        assertThat(outcome.out()).contains("alice-1.pem: good");
        assertThat(outcome.err()).contains("Response verify OK");
      }
      assertThat(shell(ask + " -cert alice-1.pem -cert alice-2.pem").succeeded().out())
          .contains("alice-1.pem: good", "alice-2.pem: good");
      String greeted =
          shell(
                  "openssl s_client -status -connect 127.0.0.1:"
                      + served.port()
                      + " -servername "
                      + Installation.HOST
                      + " -CAfile bundle.pem < /dev/null")
              .succeeded()
              .out();
      assertThat(greeted).contains("OCSP Response Status: successful", "Cert Status: good");
      assertThat(shell(ask + " -serial 0x1234").succeeded().out())
          .contains("revoked", "certificateHold", "1970");
      assertThat(
              shell(
                      "openssl ocsp -issuer postern-data/ca/root.pem -CAfile bundle.pem -url $U/ocsp"
                          + " -cert postern-data/ca/issuing.pem")
                  .out())
          .as("another issuer's")
          .contains("issuing.pem: unknown");
      String gnutls =
          "ocsptool --ask=$U/ocsp --load-cert alice-1.pem --load-issuer postern-data/ca/issuing.pem"
              + " --load-trust bundle.pem";
      assertThat(shell(gnutls).succeeded().out()).contains("Certificate Status: good");
      String get =
          "openssl ocsp -no_nonce -issuer postern-data/ca/issuing.pem -cert alice-1.pem -reqout q"
              + " && curl -sSf -o a \"$U/ocsp/$(base64 -w0 q | sed 's/+/%2B/g;s/=/%3D/g;s,/,%2F,g')\""
              + " && openssl ocsp -respin a -issuer postern-data/ca/issuing.pem -cert alice-1.pem"
              + " -CAfile bundle.pem";
      assertThat(shell(get).succeeded().out()).contains("alice-1.pem: good");
      ledger.revoke(serial("alice-1"), 4);
      assertThat(shell(get).succeeded().out())
          .contains("alice-1.pem: revoked", "Reason: superseded");
      assertThat(shell(ask + " -cert alice-1.pem").succeeded().out()).contains("revoked");
      assertThat(shell(gnutls).out()).contains("Certificate Status: revoked");
      ledger.suspend(serial("alice-2"));
      assertThat(shell(ask + " -no_nonce -cert alice-2.pem").succeeded().out())
          .contains("certificateHold");
      ledger.release(serial("alice-2"));
      assertThat(shell(ask + " -no_nonce -cert alice-2.pem").succeeded().out())
          .contains("alice-2.pem: good");
    }
  }

  @Test
  void openssl_takes_shards_and_deltas_by_what_the_certificates_say() {
    try (var _ = publishing("shards: 4, delta: 1h")) {
      int shard = shardOf("alice-1");
      String mine = "/crl/$K/" + shard + ".crl";
      long first = fetched(mine, "shard", 0);
      String root = " -CRLfile postern-data/ca/root.crl";
      String lists = "-crl_check_all -extended_crl -CRLfile shard.pem" + root;
      verify(lists, "alice-1").succeeded();
      fetched("/crl/$K/" + (shard + 1) % 4 + ".crl", "other", 0);
      assertThat(
              verify("-crl_check_all -extended_crl -CRLfile other.pem" + root, "alice-1")
                  .failed()
                  .err())
          .as("another shard says nothing about it")
          .contains("different CRL scope");
      long delta = fetched("/crl/$K/" + shard + "-delta.crl", "delta", 0);
      ledger.revoke(serial("alice-1"), 1);
      fetched("/crl/$K/" + shard + "-delta.crl", "delta", delta);
      verify(lists, "alice-1").succeeded(); // the old shard alone does not know
      assertThat(verify(lists + " -use_deltas -CRLfile delta.pem", "alice-1").failed().err())
          .contains("certificate revoked");
      fetched(mine, "shard", first);
      assertThat(verify(lists, "alice-1").failed().err()).contains("certificate revoked");
      fetched("/crl/$K.crl", "full", 0);
      assertThat(verify("-crl_check_all -CRLfile full.pem" + root, "alice-1").failed().err())
          .contains("certificate revoked");
    }
  }

  private int shardOf(String file) {
    String names =
        shell("openssl x509 -in " + file + ".pem -noout -ext crlDistributionPoints")
            .succeeded()
            .out();
    return Integer.parseInt(names.replaceAll("(?s).*/(\\d+)\\.crl.*", "$1"));
  }

  @Test
  void nginx_with_ssl_ocsp_lets_alice_in_until_she_is_revoked() throws IOException {
    try (var _ = publishing("validity: 7d")) {
      int nginxPort = Postern.freePort();
      int proxyPort = Postern.freePort();
      Program.in(folder)
          .shell(
              "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj"
                  + " /CN=localhost -keyout nginx.key -out nginx.crt -days 2")
          .succeeded();
      Files.writeString(
          folder.resolve("nginx.conf"),
          """
          daemon off;
          pid %1$s/nginx.pid;
          error_log %1$s/nginx.log info;
          events { worker_connections 64; }
          http {
            access_log off;
            client_body_temp_path %1$s/body;
            proxy_temp_path %1$s/proxy;
            fastcgi_temp_path %1$s/fastcgi;
            uwsgi_temp_path %1$s/uwsgi;
            scgi_temp_path %1$s/scgi;
            server {
              listen 127.0.0.1:%2$d ssl;
              ssl_certificate %1$s/nginx.crt;
              ssl_certificate_key %1$s/nginx.key;
              ssl_client_certificate %1$s/bundle.pem;
              ssl_verify_client on;
              ssl_verify_depth 2;
              ssl_ocsp leaf;
              ssl_ocsp_responder http://127.0.0.1:%3$d/ocsp;
              location / { return 200 "in"; }
            }
            server {
              listen 127.0.0.1:%3$d;
              location / { proxy_pass http://127.0.0.1:%4$d; }
            }
          }
          """
              .formatted(folder, nginxPort, proxyPort, port));
      Process nginx =
          new ProcessBuilder("/usr/sbin/nginx", "-c", folder.resolve("nginx.conf").toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("nginx.out").toFile())
              .start();
      try {
        Soon.within(SOON, "nginx", () -> Postern.isOpen(nginxPort));
        String in =
            "curl -sS -k --max-time 20 -o /dev/null -w '%{http_code}' https://127.0.0.1:"
                + nginxPort;
        String alice = " --cert alice-1.pem --key alice-1.key";
        assertThat(shell(in + alice).out()).isEqualTo("200");
        assertThat(shell(in).out()).as("nobody").isEqualTo("400");
        ledger.revoke(serial("alice-1"), 1);
        assertThat(shell(in + alice).out()).as("revoked").isEqualTo("400");
        assertThat(shell(in + " --cert alice-2.pem --key alice-2.key").out()).isEqualTo("200");
      } finally {
        nginx.destroy();
        nginx.onExit().orTimeout(10, TimeUnit.SECONDS).join();
      }
    }
  }
}
