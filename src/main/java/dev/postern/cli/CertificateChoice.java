package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.Page;
import dev.postern.x509.Certificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which issued certificates a command is about: one by its number or file, or all of a user. */
final class CertificateChoice {
  private enum Kind {
    SERIAL,
    USER,
    FILE
  }

  @Parameters(
      paramLabel = "SERIAL|USER|FILE",
      description =
          "A serial number or its end, a user (every certificate that has not run out), or a"
              + " certificate file.")
  private String what = "";

  @Option(
      names = "--as",
      paramLabel = "KIND",
      description = "Where it could be more than one thing: serial, user or file.")
  private Optional<Kind> kind = Optional.empty();

  /**
   * Those that {@code wish} can be about; never empty. Of a user's certificates, those that are
   * beyond it are left out.
   */
  List<Entry> entries(Workspace workspace, StatusChange wish) {
    return switch (kind(workspace)) {
      case SERIAL -> List.of(workspace.issued(what));
      case USER -> ofUser(workspace, wish);
      case FILE -> ofFile(workspace);
    };
  }

  private Kind kind(Workspace workspace) {
    if (kind.isPresent()) {
      return kind.get();
    }
    boolean user = workspace.directory().named(what).isPresent();
    boolean file = Files.isRegularFile(Path.of(what));
    if (user && file) {
      throw CommandFailure.usage(
          what + " is a user and a file; --as user or --as file says which you mean");
    }
    if (user && looksLikeSerial(workspace)) {
      throw CommandFailure.usage(
          what
              + " is a user and part of a serial number; --as user or --as serial says which you"
              + " mean");
    }
    if (user) {
      return Kind.USER;
    }
    if (file || what.contains("/") || what.matches(".*\\.(pem|crt|cer|der|p12|pfx)")) {
      return Kind.FILE;
    }
    if (!what.matches("…?[0-9a-fA-F:]+|0x[0-9a-fA-F]+")) {
      throw CommandFailure.refused(
          "there is no user, serial number or file " + what + workspace.nearUser(what).orElse(""));
    }
    return Kind.SERIAL;
  }

  private boolean looksLikeSerial(Workspace workspace) {
    return what.matches("[0-9a-fA-F]{4,40}") && !workspace.ledger().withSerialLike(what).isEmpty();
  }

  private List<Entry> ofUser(Workspace workspace, StatusChange wish) {
    User user = workspace.user(what);
    Instant now = workspace.now();
    Instant ended = now.minus(workspace.config().pages().grace()); // those can still be renewed
    CertificateQuery query =
        CertificateQuery.ALL
            .user(user.name())
            .expiringAfter(ended)
            .limit(CertificateQuery.MAX_LIMIT);
    List<Entry> entries = new ArrayList<>();
    Page page = workspace.ledger().list(query);
    entries.addAll(page.entries());
    while (page.next().isPresent()) {
      page = workspace.ledger().list(query.after(page.next().get()));
      entries.addAll(page.entries());
    }
    if (entries.isEmpty()) {
      throw CommandFailure.refused(user.name() + " has no certificate that has not run out");
    }
    List<Entry> fitting =
        entries.stream()
            .filter(entry ->
                !(wish.outcome(entry.revoked(), now) instanceof StatusChange.Outcome.Refused))
            .toList();
    return fitting.isEmpty() ? entries : fitting;
  }

  private List<Entry> ofFile(Workspace workspace) {
    Certificate certificate =
        InputFile.certificates(
                Path.of(what), "give the serial number, the user, or the certificate as PEM")
            .getFirst();
    return List.of(
        workspace
            .ledger()
            .withFingerprint(certificate.fingerprint())
            .orElseThrow(() ->
                CommandFailure.refused(
                    "the certificate in " + what + " was not issued here: " + certificate)));
  }
}
