package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Revokes, suspends and releases, and says what came of it. */
final class Statuses {
  private final Terminal terminal;
  private final Workspace workspace;

  Statuses(Terminal terminal, Workspace workspace) {
    this.terminal = terminal;
    this.workspace = workspace;
  }

  /** All of them or none; ends the command when the ledger refuses. */
  Revocation.Done change(List<Entry> entries, StatusChange wish) {
    List<SerialNumber> serials =
        entries.stream().map(entry -> entry.certificate().serialNumber()).toList();
    return switch (workspace.ledger().revocations().change(serials, wish, workspace.requester())) {
      case Revocation.Refused(String reason) -> throw CommandFailure.refused(reason);
      case Revocation.Done done -> done;
    };
  }

  void print(Revocation.Done done, String verb, Function<Entry, String> already) {
    done.changed().forEach(entry -> terminal.print(verb + " " + text(entry)));
    done.unchanged().forEach(entry -> terminal.print(already.apply(entry) + " " + text(entry)));
  }

  void printJson(Revocation.Done done) {
    terminal.print(
        Json.write(
            Stream.concat(
                    done.changed().stream().map(entry -> json(entry, true)),
                    done.unchanged().stream().map(entry -> json(entry, false)))
                .toList()));
  }

  private static Map<String, Object> json(Entry entry, boolean changed) {
    Map<String, Object> map = ListCommand.json(entry);
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
