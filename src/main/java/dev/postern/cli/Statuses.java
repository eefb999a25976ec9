package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.console.Views;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What revoke, suspend and release have in common: which certificates, and what came of it. */
final class Statuses {
  @Mixin private WorkspaceOptions where = new WorkspaceOptions();
  @Mixin private CertificateChoice choice = new CertificateChoice();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /**
   * All of them or none; ends the command when the ledger refuses. {@code verb} is what happened to
   * those that changed, {@code already} what is to be said of the others.
   */
  void change(Terminal terminal, StatusChange wish, String verb, Function<Entry, String> already) {
    try (var workspace = Workspace.openLedger(where, terminal)) {
      List<SerialNumber> serials =
          choice.entries(workspace, wish).stream()
              .map(entry -> entry.certificate().serialNumber())
              .toList();
      switch (workspace.ledger().revocations().change(serials, wish, workspace.requester())) {
        case Revocation.Refused(String reason) -> throw CommandFailure.refused(reason);
        case Revocation.Done done when json ->
            terminal.print(Json.write(json(done, workspace.now())));
        case Revocation.Done(List<Entry> changed, List<Entry> unchanged) -> {
          changed.forEach(entry -> terminal.print(verb + " " + text(entry)));
          unchanged.forEach(entry -> terminal.print(already.apply(entry) + " " + text(entry)));
        }
      }
      ConsoleDoor.warn(workspace, terminal);
    }
  }

  private static List<Map<String, Object>> json(Revocation.Done done, Instant now) {
    return Stream.concat(
            done.changed().stream().map(entry -> json(entry, true, now)),
            done.unchanged().stream().map(entry -> json(entry, false, now)))
        .toList();
  }

  private static Map<String, Object> json(Entry entry, boolean changed, Instant now) {
    Map<String, Object> map = Views.json(entry, now);
    map.put("changed", changed);
    return map;
  }

  private static String text(Entry entry) {
    Certificate certificate = entry.certificate();
    return "…"
        + certificate.serialNumber().tail()
        + "  "
        + certificate.subject().commonName().orElse(certificate.subject().toString())
        + entry.user().map(user -> ", of " + user).orElse("")
        + entry.revoked().map(Statuses::text).orElse("");
  }

  /** {@code , since 2026-11-23T14:00:00Z (keyCompromise)}. */
  private static String text(Revoked status) {
    return ", since "
        + status.revocationTime().truncatedTo(ChronoUnit.SECONDS)
        + " ("
        + status.reason().word()
        + ")";
  }
}
