package dev.postern.cli;

import dev.postern.access.IdentityMapping;
import dev.postern.access.StatusSource;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.access.UnknownStatusPolicy;
import dev.postern.config.PosternConfig;
import dev.postern.config.TrustConfig;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.x509.Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whom an installation trusts: the records of ledger and file become a {@link Trust}. */
final class Authorities {
  /** What our own authority is called in logs. */
  private static final String OWN = "own";

  private final Workspace workspace;
  private final StatusSource own;
  private final Optional<ForeignStatuses> foreign;

  /** Without {@code foreign} nobody is asked about the certificates of other authorities. */
  Authorities(Workspace workspace, StatusSource own, Optional<ForeignStatuses> foreign) {
    this.workspace = workspace;
    this.own = own;
    this.foreign = foreign;
  }

  /** Our authority first, then those of the file. */
  Trust trust(PosternConfig config) {
    List<TrustedAuthority> authorities = new ArrayList<>();
    authorities.add(own().renewedHere(config.pages().grace()));
    config.trust().stream().map(this::foreign).forEach(authorities::add);
    refuseTwins(authorities);
    return new Trust(authorities, new PathValidator());
  }

  /** Two entries for one root would leave open whose identity mapping counts. */
  private static void refuseTwins(List<TrustedAuthority> authorities) {
    Map<TrustAnchor, String> owners = new HashMap<>();
    for (TrustedAuthority authority : authorities) {
      for (TrustAnchor anchor : authority.anchors()) {
        String other = owners.putIfAbsent(anchor, authority.name());
        if (other != null) {
          throw CommandFailure.usage(
              "trust: "
                  + anchor.certificate().subject()
                  + " is trusted twice, by "
                  + other
                  + " and "
                  + authority.name());
        }
      }
    }
  }

  /**
   * Anchored at the issuing CA, not at its root: an imported root may have issued certificates
   * before us, whose userId nobody checked, and they must not sign in as our users.
   */
  private TrustedAuthority own() {
    return new TrustedAuthority(
        OWN,
        List.of(TrustAnchor.of(workspace.issuer().certificate())),
        List.of(),
        IdentityMapping.OWN,
        own,
        UnknownStatusPolicy.DENY);
  }

  private TrustedAuthority foreign(TrustConfig trust) {
    List<TrustAnchor> anchors =
        trust.roots().stream()
            .flatMap(file -> InputFile.certificates(file).stream())
            .map(certificate -> new TrustAnchor(certificate, trust.accept()))
            .toList();
    List<Certificate> intermediates =
        trust.intermediates().stream()
            .flatMap(file -> InputFile.certificates(file).stream())
            .toList();
    return trust
        .revocation()
        .filter(_ -> foreign.isPresent())
        .map(revocation ->
            new TrustedAuthority(
                trust.name(),
                anchors,
                intermediates,
                trust.identity(),
                foreign.get().of(revocation.settings(), anchors, intermediates),
                revocation.unknown()))
        .orElseGet(() ->
            TrustedAuthority.withoutRevocation(
                trust.name(), anchors, intermediates, trust.identity()));
  }
}
