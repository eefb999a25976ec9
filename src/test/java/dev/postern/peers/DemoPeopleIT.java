package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.fixtures.browser.Browser;
import dev.postern.fixtures.browser.Chromium;
import dev.postern.fixtures.browser.Firefox;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo, by clicking: the printed link, "Hello Alice", the administrator who sees it in the
 * console and revokes it there, and what alice's next click shows.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoPeopleIT {
  private static final Pattern LINK = Pattern.compile("https://enrol\\.localhost:(\\d+)/i/\\w+");
  private static final String PASSWORD = "postern-demo";

  @TempDir private static Path folder;

  private Chromium chromium;
  private Firefox firefox;
  private Path root;

  @BeforeAll
  void start() {
    try (var _ = demo()) {
      root = folder.resolve("postern-demo/root.pem");
      chromium = Chromium.in(folder, "one", root);
      firefox = Firefox.in(folder, "other", root);
    }
  }

  @AfterAll
  void end() {
    chromium.close();
    firefox.close();
  }

  private static Postern.Running demo() {
    return Postern.in(folder).start("Ctrl-C ends the demo.", "demo --port 0");
  }

  @Test
  void alice_in_Chromium_and_the_administrator_in_Firefox() {
    story(chromium, firefox);
  }

  @Test
  void alice_in_Firefox_and_the_administrator_in_Chromium() {
    story(firefox, chromium);
  }

  private void story(Browser alice, Browser admin) {
    alice.removeCertificates();
    admin.removeCertificates();
    try (var demo = demo()) {
      Matcher link = LINK.matcher(demo.output());
      assertThat(link.find()).as(demo.output()).isTrue();
      String port = link.group(1);

      alice.open(link.group());
      assertThat(alice.text("h1")).isEqualTo("Hello Alice");
      alice.type("#device", "desk of " + alice);
      alice.click("Make my certificate");
      alice.untilText("Three steps, and you are in");
      alice.click("Save the file");
      alice.importP12(alice.download("alice-desk-of-" + alice + ".p12"), alice.text("#password"));
      alice.click("Sign in with it");
      alice.untilText("You are signed in at");
      assertThat(alice.text("h1")).isEqualTo("Hello Alice");
      alice.open("https://localhost:" + port + "/");
      assertThat(alice.text("h1")).isEqualTo("Hello, alice.");
      alice.open("https://me.localhost:" + port + "/");

      admin.importP12(folder.resolve("postern-demo/admin.p12"), PASSWORD);
      admin.open("https://admin.localhost:" + port + "/");
      admin.untilText("Signed in as Admin");
      admin.click("Certificates");
      admin.type("#text", "desk " + alice);
      admin.click("Search");
      admin.click("Alice (desk of " + alice + ")");
      admin.click("Revoke …");
      admin.select("#reason", "Somebody else has the key, or may have (device stolen)");
      admin.click("Revoke for good");
      admin.untilText("The certificate is revoked.");
      assertThat(admin.text()).contains("admin:admin@127.0.0.1");

      alice.click("Renew the certificate of this device");
      alice.untilText("Your certificate has been revoked.");
      alice.open("https://localhost:" + port + "/");
      assertThat(alice.text("h1")).isEqualTo("Your certificate has been revoked.");

      admin.click("Sign-ins");
      admin.untilText("certificate revoked");
      admin.click("Audit trail");
      admin.untilText("certificate revoked");
    }
  }
}
