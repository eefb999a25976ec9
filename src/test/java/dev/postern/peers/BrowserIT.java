package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gateway.SampleApp;
import dev.postern.peers.Installation.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * What a person sees: Chromium with the certificate in its NSS store. Only a policy makes it choose
 * a certificate without asking, and policies are files below /etc.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserIT {
  private static final Path POLICIES = Path.of("/etc/chromium/policies/managed");
  private static final Path SCREENSHOTS = Postern.HOME.resolve("target/screenshots");
  private static final Dimension DESK = new Dimension(1000, 700);
  private static final Dimension PHONE = new Dimension(500, 800);

  /** Held, so that its level stays; Selenium warns of each Chromium that is newer than itself. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  @TempDir private static Path folder;

  private SampleApp app;
  private Installation installation;
  private Served served;
  private Path policy;

  @BeforeAll
  void install() throws IOException {
    SELENIUM.setLevel(Level.SEVERE);
    app = SampleApp.start();
    installation = Installation.in(folder);
    installation.configure("http://127.0.0.1:" + app.port(), SITE_RULES);
    served = installation.serve();
    Files.createDirectories(POLICIES);
    policy = POLICIES.resolve("postern-test-" + ProcessHandle.current().pid() + ".json");
    Files.writeString(
        policy,
        """
        {"AutoSelectCertificateForUrls":["{\\"pattern\\":\\"https://%s:%d\\",\\"filter\\":{}}"]}
        """
            .formatted(HOST, served.port()));
    Files.createDirectories(SCREENSHOTS);
  }

  @AfterAll
  void end() throws IOException {
    Files.deleteIfExists(policy);
    served.close();
    app.close();
  }

  @Test
  void alice_signs_in_and_the_application_greets_her() throws IOException {
    try (var browser = Browser.of(home("alice"))) {
      browser.open(served.url("/"));
      assertThat(browser.text("h1")).isEqualTo("Hello, alice.");
      assertThat(browser.text("dl")).contains("alice@example.test", "staff");
      browser.picture("application");

      browser.open(served.url("/admin/"));
      assertThat(browser.text("h1")).contains("not permitted to enter here");
    }
  }

  @Test
  void nobody_reads_what_is_missing() throws IOException {
    try (var browser = Browser.of(home(""))) {
      browser.open(served.url("/"));
      assertThat(browser.text("h1")).contains("You need a certificate to enter here");
      assertThat(browser.driver().getTitle()).isEqualTo(browser.text("h1"));
      assertThat(browser.text("a.button")).isEqualTo("Try again");
      assertThat(browser.text("footer")).matches("Reference \\w{10}");
      assertThat(browser.driver().findElements(By.cssSelector("dl"))).isEmpty();
      browser.picture("no-certificate");

      browser.open(served.url("/health"));
      assertThat(browser.text("body")).contains("Hello, whoever you are.");
    }
  }

  @Test
  void bob_reads_who_he_is_and_that_he_may_not() throws IOException {
    try (var browser = Browser.of(home("bob"))) {
      browser.open(served.url("/"));
      assertThat(browser.text("h1")).contains("You are signed in, but not permitted");
      assertThat(browser.text("dl")).contains("Bob", "Example Issuing CA");
      browser.picture("not-permitted");
    }
  }

  /** A HOME whose NSS store trusts our root and has {@code who}'s certificate. */
  private Path home(String who) throws IOException {
    Path home = Files.createDirectories(folder.resolve("home-" + who));
    Path store = Files.createDirectories(home.resolve(".pki/nssdb"));
    var tools = Program.in(folder);
    String database = "sql:" + store;
    tools.run("certutil", "-N", "-d", database, "--empty-password").succeeded();
    String root = installation.root().toString();
    tools.run("certutil", "-A", "-d", database, "-t", "C,,", "-n", "root", "-i", root).succeeded();
    if (!who.isEmpty()) {
      String file = who + ".p12";
      tools.run("pk12util", "-i", file, "-d", database, "-W", Postern.PASSPHRASE).succeeded();
    }
    return home;
  }

  private record Browser(ChromeDriver driver) implements AutoCloseable {
    static Browser of(Path home) {
      var service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
              .usingAnyFreePort()
              .withLogFile(home.resolve("driver.log").toFile())
              .withEnvironment(Map.of("HOME", home.toString(), "PATH", System.getenv("PATH")))
              .build();
      var options = new ChromeOptions();
      options.setBinary("/usr/bin/chromium");
      options.addArguments(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--host-resolver-rules=MAP " + HOST + " 127.0.0.1",
          "--user-data-dir=" + home.resolve("profile"));
      var driver = new ChromeDriver(service, options);
      driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(30));
      return new Browser(driver);
    }

    void open(String url) {
      driver.get(url);
    }

    String text(String selector) {
      return driver.findElement(By.cssSelector(selector)).getText();
    }

    /** In both colour schemes, on a desk and on a phone, where nothing may be cut off. */
    void picture(String name) throws IOException {
      for (String scheme : List.of("light", "dark")) {
        Map<String, Object> dark = Map.of("name", "prefers-color-scheme", "value", scheme);
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(dark)));
        for (Dimension size : List.of(DESK, PHONE)) {
          driver.manage().window().setSize(size);
          WebElement page = driver.findElement(By.cssSelector("html"));
          assertThat(page.getDomProperty("scrollWidth"))
              .as("nothing to scroll sideways")
              .isEqualTo(page.getDomProperty("clientWidth"));
          String device = size.equals(DESK) ? "desk" : "phone";
          Files.write(
              SCREENSHOTS.resolve(name + "-" + scheme + "-" + device + ".png"),
              driver.getScreenshotAs(OutputType.BYTES));
        }
      }
    }

    @Override
    public void close() {
      driver.quit();
    }
  }
}
