package dev.postern.cli;

import dev.postern.access.TrustedAuthority;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.cli.verify.Verifier;
import dev.postern.cli.verify.Verifier.Verdict;
import dev.postern.config.TrustConfig;
import dev.postern.path.PathValidator;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.PathStatus;
import dev.postern.status.StatusSettings.Location;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an installation knows by itself about revoked certificates: its ledger of its own, and the
 * CRLs in files of those it trusts. Nothing is fetched.
 */
final class LocalStatus {
  private final TrustedAuthority own;
  private final List<TrustedAuthority> foreign;
  private final List<TrustConfig> configured;

  /** Our own authority first, as {@link Authorities} has them. */
  LocalStatus(List<TrustedAuthority> authorities, List<TrustConfig> configured) {
    this.own = authorities.getFirst();
    this.foreign = authorities.subList(1, authorities.size());
    this.configured = configured;
  }

  /** Empty when nothing here tells. */
  Optional<Verdict> of(VerifiedPath path, PathValidator.Request request, Verifier verifier) {
    if (own.anchors().contains(path.anchor())) {
      return Optional.of(ofOwn(path, request));
    }
    for (int i = 0; i < foreign.size(); i++) {
      if (foreign.get(i).anchors().contains(path.anchor())) {
        return configured
            .get(i)
            .revocation()
            .flatMap(each -> ofForeign(each, path, request, verifier));
      }
    }
    return Optional.empty();
  }

  /** What happened after the time that is asked about was not so then. */
  private Verdict ofOwn(VerifiedPath path, PathValidator.Request request) {
    return switch (own.status().status(path, request.at())) {
      case PathStatus.Revoked revoked when !revoked.how().revocationTime().isAfter(request.at()) ->
          new Verdict.Revoked(path, revoked);
      case PathStatus.Revoked _, PathStatus.Good _ -> new Verdict.Valid(path);
      case PathStatus.Unknown unknown -> new Verdict.StatusUnknown(path, unknown);
    };
  }

  private static Optional<Verdict> ofForeign(
      TrustConfig.Revocation revocation,
      VerifiedPath path,
      PathValidator.Request request,
      Verifier verifier) {
    List<Path> files =
        revocation.settings().crls().stream()
            .filter(Location.OfFile.class::isInstance)
            .map(Location.OfFile.class::cast)
            .map(Location.OfFile::file)
            .toList();
    if (files.isEmpty()) {
      return Optional.empty();
    }
    var evidence =
        new Evidence(
            files.stream().flatMap(each -> CrlFile.lists(each).stream()).toList(),
            List.of(),
            request.intermediates(),
            Optional.empty());
    Verdict verdict = verifier.withStatus(path, request, evidence);
    // What other sources would say is not known here, and the gateway may let in even so.
    boolean counts =
        !(verdict instanceof Verdict.StatusUnknown)
            || (files.size() == revocation.settings().crls().size()
                && revocation.unknown() == UnknownStatusPolicy.DENY);
    return counts ? Optional.of(verdict) : Optional.empty();
  }
}
