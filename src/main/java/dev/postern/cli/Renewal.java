package dev.postern.cli;

import dev.postern.access.RenewalTime;
import dev.postern.authority.Issuance;
import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.console.Views;
import dev.postern.keys.SecretKeyPair;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyAlgorithm;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A certificate that replaces itself when it nears its end: {@code renew --cert}. */
final class Renewal {
  private final Terminal terminal;
  private final WorkspaceOptions where;
  private final IssueOptions options;
  private final SecureRandom random = new SecureRandom();

  Renewal(Terminal terminal, WorkspaceOptions where, IssueOptions options) {
    this.terminal = terminal;
    this.where = where;
    this.options = options;
  }

  /**
   * @param within how long before its end it is due; empty: the usual time
   */
  record Wish(Path file, boolean sameKey, Optional<Duration> within) {}

  /** Renews what is due; refuses what may not be renewed, due or not. */
  void inPlace(Wish wish) {
    try (var workspace = Workspace.open(where, terminal);
        var held =
            HeldCertificate.open(
                wish.file(), options.passwordFile(), new PassphraseSource(terminal))) {
      Certificate old = held.certificate();
      Entry entry = renewable(workspace, wish.file(), old);
      Profile profile = RenewCommand.profile(entry);
      Instant due = wish.within().map(old.notAfter()::minus).orElseGet(() -> RenewalTime.of(old));
      if (workspace.now().isBefore(due)) {
        options
            .result()
            .tell(
                terminal,
                () -> json(Views.json(entry, workspace.now()), wish, Optional.of(due)),
                () ->
                    terminal.print(
                        "Nothing to do: "
                            + wish.file()
                            + " is good until "
                            + InviteCommand.MOMENT.format(old.notAfter())
                            + ", and due on "
                            + InviteCommand.MOMENT.format(due)));
        return;
      }
      held.reserve();
      SecretKeyPair pair = wish.sameKey() ? held.key() : newKey(held.key(), profile);
      var order =
          new Order(
              pair.publicKey(),
              old.subject(),
              old.subjectAlternativeNames(),
              entry.user(),
              options.validity().or(() -> term(workspace, entry, profile)));
      var authority = workspace.authority();
      Issuance.Issued issued =
          Issuing.issued(authority.issue(order, profile, workspace.requester()));
      held.replace(pair, issued, random);
      String where = wish.file() + " (what was there: " + wish.file().getFileName() + ".old)";
      options
          .result()
          .tell(
              terminal,
              () -> json(Result.issued(workspace, issued), wish, Optional.empty()),
              () -> new Issuing(terminal, workspace).say(issued, where));
    }
  }

  /** {@code due}: when it will be, of one that is not yet. */
  private static Map<String, Object> json(
      Map<String, Object> certificate, Wish wish, Optional<Instant> due) {
    certificate.put("file", wish.file().toString());
    certificate.put("renewed", due.isEmpty());
    due.ifPresent(at -> certificate.put("due", at.toString()));
    return certificate;
  }

  /** The entry of a certificate of ours that still counts, of somebody who may enter. */
  private Entry renewable(Workspace workspace, Path file, Certificate certificate) {
    Entry entry =
        workspace
            .ledger()
            .withFingerprint(certificate.fingerprint())
            .orElseThrow(() ->
                CommandFailure.refused(
                    "the certificate in " + file + " was not issued here: " + certificate));
    entry
        .revoked()
        .ifPresent(how -> {
          String serial = certificate.serialNumber().tail();
          throw CommandFailure.refused(
              how.reason() == CrlReason.CERTIFICATE_HOLD
                  ? "the certificate in " + file + " is suspended; postern release " + serial
                  : "the certificate in " + file + " is revoked since " + how.revocationTime());
        });
    entry.user().ifPresent(new Issuing(terminal, workspace)::enabledUser);
    return entry;
  }

  private SecretKeyPair newKey(SecretKeyPair old, Profile profile) {
    KeyAlgorithm same = profile.keys().contains(old.algorithm()) ? old.algorithm() : options.key();
    return SecretKeyPair.generate(options.wantedKey().orElse(same), random);
  }

  /**
   * As long as it had; the profile's own where the CA's end cut it short, or it were longer than
   * the profile now allows. In whole minutes: between order and signature goes a moment.
   */
  private static Optional<Duration> term(Workspace workspace, Entry entry, Profile profile) {
    Instant end = entry.certificate().notAfter();
    if (!end.isBefore(workspace.issuer().certificate().notAfter())) {
      return Optional.empty();
    }
    long minutes = Duration.between(entry.issuedAt(), end).plusSeconds(59).toMinutes();
    Duration term = Duration.ofMinutes(Math.max(1, minutes));
    return term.compareTo(profile.longest()) > 0 ? Optional.empty() : Optional.of(term);
  }
}
