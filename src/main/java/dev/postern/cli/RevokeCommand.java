package dev.postern.cli;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.StatusChange;
import dev.postern.revocation.CrlReason;
import dev.postern.revocation.RevocationStatus.Revoked;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern revoke}: a certificate is refused from the next request on, for good. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = {
      "Revoke certificates for good: refused from the next request on, on open connections too.",
      "To take it back later, suspend instead. To close the door to a person whatever certificate",
      "they come with, now or later: postern user disable."
    },
    footer = {
      "",
      "Example:  postern revoke alice --reason keyCompromise",
      "          postern revoke 5e0c91d2",
      "          postern revoke lost-laptop.crt --reason superseded"
    })
final class RevokeCommand implements Callable<Integer> {
  /** What {@code --reason} may say. */
  static final class Reasons implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return words().iterator();
    }

    static Stream<String> words() {
      return Arrays.stream(CrlReason.values())
          .filter(reason -> reason != CrlReason.CERTIFICATE_HOLD)
          .filter(reason -> reason != CrlReason.REMOVE_FROM_CRL)
          .map(CrlReason::word);
    }
  }

  private final Terminal terminal;

  @Mixin private Statuses statuses = new Statuses();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      completionCandidates = Reasons.class,
      description =
          "It stands in the CRL, for everybody: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  private String reason = CrlReason.UNSPECIFIED.word();

  RevokeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var wish = wish();
    statuses.change(terminal, wish, "Revoked", entry -> before(wish, entry));
    terminal.remark(
        "The gateway refuses it from the next request on. Other servers: by CRL or OCSP, or postern export.");
    return 0;
  }

  /** Says so when the reason is not the one that was wished. */
  private static String before(StatusChange.Revoke wish, Entry entry) {
    return entry
        .revoked()
        .map(Revoked::reason)
        .filter(known -> known != wish.reason() && wish.reason() != CrlReason.UNSPECIFIED)
        .map(known -> "Revoked before, as " + known.word() + "; the reason stays:")
        .orElse("Revoked before:");
  }

  private StatusChange.Revoke wish() {
    return CrlReason.named(reason)
        .filter(each -> Reasons.words().anyMatch(each.word()::equals))
        .map(StatusChange.Revoke::new)
        .orElseThrow(() ->
            CommandFailure.usage(
                "--reason is one of "
                    + Reasons.words().collect(Collectors.joining(", "))
                    + ", not "
                    + reason
                    + (reason.equalsIgnoreCase(CrlReason.CERTIFICATE_HOLD.word())
                        ? "; postern suspend does that"
                        : "")));
  }
}
