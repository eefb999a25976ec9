package dev.postern.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.postern.ledger.SignIn;
import dev.postern.web.Reply;
import dev.postern.x509.Certificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/**
 * The console in Chromium, with an installation's worth of people: each page on a desk and on a
 * telephone, light and dark. The pictures stay in {@code target/screenshots}.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ConsoleScreensIT {
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final List<String> DEVICES =
      List.of("laptop", "phone", "tablet", "work laptop with a long name");
  private static final List<String> PEOPLE =
      List.of(
          "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory",
          "niaj", "olivia", "peggy", "rupert", "sybil", "trent", "victor", "walter");

  @TempDir private static Path folder;

  private ConsoleFixture console;
  private HttpServer server;
  private ChromeDriver browser;
  private String certificate = "";

  @BeforeAll
  void open() throws IOException {
    Files.createDirectories(SCREENSHOTS);
    console = new ConsoleFixture(folder.resolve("console"));
    fill();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    browser = browser();
  }

  @AfterAll
  void close() {
    browser.quit();
    server.stop(0);
    console.close();
  }

  /** A month of an installation with some twenty people. */
  private void fill() {
    var random = new Random(4711);
    PEOPLE.forEach(name -> console.user(name, random.nextInt(3) == 0 ? "admins" : "staff"));
    console.identity("root");
    for (String name : PEOPLE) {
      for (String device : DEVICES.subList(0, 1 + random.nextInt(3))) {
        console.now = console.now.plusSeconds(random.nextInt(9000));
        console.issue(
            name,
            console.ledger.users().named(name).orElseThrow().displayName() + " (" + device + ")",
            Duration.ofDays(random.nextInt(5) == 0 ? 20 : 365));
      }
    }
    Certificate lost = console.issue("alice", "Alice (phone)", Duration.ofDays(365));
    certificate = "/certificates/" + lost.serialNumber().hex();
    console.post("/api/v1" + certificate + "/suspend", "");
    Certificate old = console.issue("bob", "Bob (old laptop)", Duration.ofDays(365));
    console.post(
        "/api/v1/certificates/" + old.serialNumber().hex() + "/revoke",
        "{\"reason\":\"keyCompromise\"}");
    for (int i = 0; i < 4000; i++) {
      boolean refused = random.nextInt(12) == 0;
      long ago = (long) (Math.pow(random.nextDouble(), 2) * Duration.ofDays(30).toSeconds());
      console.signIns.record(
          new SignIn(
              console.now.minusSeconds(ago),
              refused
                  ? List.of("no-certificate", "not-permitted", "revoked").get(random.nextInt(3))
                  : SignIn.ADMITTED,
              "wiki.example.com",
              List.of("/", "/admin/users", "/img/logo.svg", "/pages/how-to-get-in")
                  .get(random.nextInt(4)),
              "192.0.2." + random.nextInt(250),
              Optional.of(PEOPLE.get(random.nextInt(PEOPLE.size()))),
              Optional.of(lost.serialNumber().hex()),
              "R" + i));
    }
    console.signIns.close();
  }

  /** Stands in for the gateway, which has let {@code root} in. */
  private void answer(HttpExchange exchange) throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var ask =
        new ConsoleFixture.Ask(
            exchange.getRequestMethod(), exchange.getRequestURI().toString(), body, headers);
    Reply reply = console.ask("root", ask);
    reply.headers().forEach(each -> exchange.getResponseHeaders().add(each.name(), each.value()));
    byte[] bytes = reply.body().toArray();
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private static ChromeDriver browser() throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
            .withEnvironment(Map.of("HOME", home.toString(), "PATH", System.getenv("PATH")))
            .build();
    var options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + home.resolve("profile"));
    var driver = new ChromeDriver(service, options);
    driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(30));
    return driver;
  }

  private void go(String address) {
    browser.get("http://127.0.0.1:" + server.getAddress().getPort() + address);
  }

  private void look(int width, String theme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 500));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
  }

  private void keep(String name) throws IOException {
    Map<String, Object> shot =
        browser.executeCdpCommand(
            "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.write(
        SCREENSHOTS.resolve("console-" + name + ".png"),
        Base64.getDecoder().decode(String.valueOf(shot.get("data"))));
  }

  private long number(String script) {
    return Long.parseLong(String.valueOf(browser.executeScript("return " + script)));
  }

  private Map<String, String> pages() {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("overview", "/");
    pages.put("certificates", "/certificates");
    pages.put("certificate", certificate);
    pages.put("revoke", certificate + "/revoke");
    pages.put("people", "/people");
    pages.put("person", "/people/bob");
    pages.put("add-person", "/add-person");
    pages.put("sites", "/sites?url=https://wiki.example.com/admin&user=alice");
    pages.put("sign-ins", "/sign-ins?pause=1");
    pages.put("audit", "/audit");
    pages.put("authority", "/authority");
    return pages;
  }

  @Test
  void each_page_fits_a_desk_and_a_telephone_in_both_themes() throws IOException {
    for (var page : pages().entrySet()) {
      go(page.getValue());
      for (int width : new int[] {1280, 360}) {
        for (String theme : List.of("light", "dark")) {
          look(width, theme);
          assertThat(number("document.documentElement.scrollWidth"))
              .as(page.getKey() + " at " + width)
              .isLessThanOrEqualTo(width);
          keep(page.getKey() + "-" + width + "-" + theme);
        }
      }
      assertThat(browser.manage().logs().get("browser").getAll()).as(page.getKey()).isEmpty();
    }
  }

  @Test
  void a_certificate_is_revoked_with_the_keyboard_alone() {
    look(1280, "light");
    Certificate certificate = console.issue("carol", "Carol (stolen)", Duration.ofDays(100));
    go("/certificates");
    press(Keys.TAB);
    assertThat(focused().getAttribute("class")).isEqualTo("skip");
    press(Keys.ENTER);
    tabTo("input[name=text]");
    focused().sendKeys("carol stolen");
    press(Keys.ENTER);
    tabTo("td a");
    press(Keys.ENTER);
    assertThat(browser.getCurrentUrl()).endsWith(certificate.serialNumber().hex());
    tabTo("a.danger");
    press(Keys.ENTER);
    tabTo("select");
    focused().sendKeys("Somebody else");
    tabTo("button.danger");
    press(Keys.ENTER);
    assertThat(browser.findElement(By.cssSelector("[role=status]")).getText())
        .contains("is revoked");
    assertThat(
            console
                .ledger
                .withSerial(certificate.serialNumber())
                .orElseThrow()
                .revoked()
                .orElseThrow()
                .reason()
                .word())
        .isEqualTo("keyCompromise");
  }

  private void press(Keys key) {
    new Actions(browser).sendKeys(key).perform();
  }

  private WebElement focused() {
    return browser.switchTo().activeElement();
  }

  private void tabTo(String selector) {
    WebElement wanted = browser.findElement(By.cssSelector(selector));
    for (int i = 0; i < 60 && !focused().equals(wanted); i++) {
      press(Keys.TAB);
    }
    assertThat(focused()).isEqualTo(wanted);
  }
}
