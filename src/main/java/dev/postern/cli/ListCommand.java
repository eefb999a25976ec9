package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.StatusChange;
import dev.postern.console.Views;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.Page;
import dev.postern.x509.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern list}: what was issued. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the certificates that were issued, newest first.",
    footer = {
      "",
      "Example:  postern list --user alice",
      "          postern list --expiring 30d --json"
    })
final class ListCommand implements Callable<Integer> {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      description =
          "Words that names, users and serial numbers begin with, or a whole SHA-256 fingerprint.")
  private @Nullable String text;

  @Option(names = "--user", paramLabel = "USER", description = "Only this user's.")
  private @Nullable String user;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      description = "Only server, client or device.")
  private @Nullable String profile;

  @Option(
      names = "--expiring",
      paramLabel = "TIME",
      description = {
        "Only those that end within this time, like 30d,",
        "without those that Postern renews by itself."
      })
  private @Nullable String expiring;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  private int limit = 100;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      Instant now = workspace.now();
      Page page = workspace.ledger().list(query(now));
      if (json) {
        terminal.print(
            Json.write(page.entries().stream().map(each -> Views.json(each, now)).toList()));
      } else if (page.entries().isEmpty()) {
        boolean narrowed = text != null || user != null || profile != null || expiring != null;
        terminal.print(
            narrowed ? "No certificate fits." : "No certificates. postern issue makes one.");
      } else {
        print(page, now);
      }
    }
    return 0;
  }

  private CertificateQuery query(Instant now) {
    if (limit < 1 || limit > CertificateQuery.MAX_LIMIT) {
      throw CommandFailure.usage("--limit is 1 to " + CertificateQuery.MAX_LIMIT);
    }
    CertificateQuery query = CertificateQuery.ALL.limit(limit);
    query = text == null ? query : query.text(text);
    query = user == null ? query : query.user(user);
    query = profile == null ? query : query.profile(profile);
    return expiring == null
        ? query
        : query
            .leavingOutOwn()
            .expiringAfter(now)
            .expiringBefore(now.plus(Durations.parse("--expiring", expiring)));
  }

  private void print(Page page, Instant now) {
    var table = new Table("SERIAL", "PROFILE", "NAME", "USER", "EXPIRES", "STATE");
    for (Entry entry : page.entries()) {
      Certificate certificate = entry.certificate();
      table.row(
          "…" + certificate.serialNumber().tail(),
          entry.profile(),
          certificate.subject().commonName().orElse("-"),
          entry.user().orElse("-"),
          DAY.format(certificate.notAfter()),
          state(entry, now));
    }
    table.print(terminal);
    if (page.next().isPresent()) {
      terminal.remark("There are more; narrow the list, or raise --limit.");
    }
  }

  private static String state(Entry entry, Instant now) {
    Certificate certificate = entry.certificate();
    if (entry.revoked().isPresent()) {
      return StatusChange.isHold(entry.revoked().get()) ? "suspended" : "revoked";
    }
    if (!certificate.validAt(now)) {
      return now.isBefore(certificate.notBefore()) ? "not yet valid" : "expired";
    }
    long days = Duration.between(now, certificate.notAfter()).toDays();
    return days < 30 ? "ends in " + days + (days == 1 ? " day" : " days") : "good";
  }
}
