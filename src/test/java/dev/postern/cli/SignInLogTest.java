package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gateway.AccessLog;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.SqlLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SignInLogTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final String STYLE = "/assets/649c65313895fac4/console.css";

  @TempDir private Path folder;

  private static AccessLog.Entry entry(String host, String path, boolean denied) {
    return new AccessLog.Entry(
        NOW,
        "REF",
        "192.0.2.7",
        host,
        "GET",
        path,
        "HTTP/2",
        denied ? 403 : 200,
        Optional.of("alice"),
        Optional.of("0a"),
        true,
        Optional.empty(),
        denied ? "not-permitted" : SignIn.ADMITTED,
        denied,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        Duration.ZERO,
        Optional.empty());
  }

  @Test
  void what_browsers_fetch_unasked_is_logged_and_no_sign_in() {
    List<String> logged = new ArrayList<>();
    try (var ledger = SqlLedger.open(folder.resolve("ledger.db"), () -> NOW)) {
      SignIns signIns = SignIns.into(ledger.signIns(), () -> NOW);
      var log =
          new SignInLog(
              entry -> logged.add(entry.host() + entry.path()),
              signIns,
              host -> host.equals("admin.test"));
      log.record(entry("admin.test", "/people", false));
      log.record(entry("admin.test", STYLE, false));
      log.record(entry("admin.test", "/favicon.ico", false));
      log.record(entry("admin.test", STYLE, true)); // a stolen certificate is tried somehow
      log.record(entry("wiki.test", "/favicon.ico", false)); // applications answer anywhere
      log.record(entry("wiki.test", "/", true));
      log.record(entry("wiki.test", STYLE, false)); // a site's own, whatever it is called
      log.record(entry("admin.test", "/assets/", false));
      signIns.close();
      assertThat(signIns.recent().reversed())
          .extracting(each -> each.host() + each.path() + " " + each.code())
          .containsExactly(
              "admin.test/people admitted",
              "admin.test" + STYLE + " not-permitted",
              "wiki.test/favicon.ico admitted",
              "wiki.test/ not-permitted",
              "wiki.test" + STYLE + " admitted",
              "admin.test/assets/ admitted");
      assertThat(ledger.signIns().since(NOW))
          .extracting(each -> each.code() + " " + each.count())
          .containsExactly("admitted 4", "not-permitted 2");
    }
    assertThat(logged).hasSize(8).contains("admin.test" + STYLE, "admin.test/favicon.ico");
  }
}
