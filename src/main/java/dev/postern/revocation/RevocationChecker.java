package dev.postern.revocation;

import dev.postern.path.AlgorithmPolicy;
import dev.postern.path.Era;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Effort.SpentException;
import dev.postern.revocation.Effort.Work;
import dev.postern.x509.Certificate;
import dev.postern.x509.KeyUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether certificates are revoked, by CRLs (RFC 5280 §6.3) and OCSP responses (RFC 6960 §3.2) that
 * somebody fetched. For each certificate either source suffices, and a revocation in either counts.
 * What cannot be relied on says nothing: without anything else the answer is unknown, and the
 * caller decides what that means.
 *
 * <p>Safe for many threads; each question is answered after a bounded amount of work.
 */
public final class RevocationChecker {
  private final PathValidator validator;
  private final Era era;

  /** {@code validator} finds the paths of those who signed CRLs. */
  public RevocationChecker(PathValidator validator) {
    this(validator, Era.TODAY);
  }

  /** For questions about the past, as {@code verify} is asked them (decision 9). */
  public RevocationChecker(PathValidator validator, Era era) {
    this.validator = validator;
    this.era = era;
  }

  /** Every certificate of {@code path} but its anchor, which nobody but its owner can revoke. */
  public PathStatus check(VerifiedPath path, Evidence evidence, Instant at) {
    Inquiry inquiry = new Inquiry(validator, evidence, at, era);
    Optional<PathStatus> unknown = Optional.empty();
    for (int i = 0; i < path.certificates().size(); i++) {
      Certificate certificate = path.certificates().get(i);
      switch (status(path, i, inquiry)) {
        case RevocationStatus.Good _ -> {}
        case RevocationStatus.Revoked how -> {
          return new PathStatus.Revoked(certificate, how);
        }
        case RevocationStatus.Unknown(String because) ->
            unknown = unknown.or(() -> Optional.of(new PathStatus.Unknown(certificate, because)));
      }
    }
    return unknown.orElse(new PathStatus.Good());
  }

  /** The leaf of {@code path} alone. */
  public RevocationStatus leaf(VerifiedPath path, Evidence evidence, Instant at) {
    return status(path, 0, new Inquiry(validator, evidence, at, era));
  }

  private static RevocationStatus status(VerifiedPath path, int index, Inquiry inquiry) {
    Certificate certificate = path.certificates().get(index);
    if (certificate.equals(path.anchor().certificate())) {
      return new RevocationStatus.Good();
    }
    try {
      return inquiry.status(certificate, Issuer.of(path, index));
    } catch (SpentException e) {
      return new RevocationStatus.Unknown(e.evidence());
    }
  }

  /**
   * A certificate whose own path is of no interest, or has ended: its issuer must be one of {@code
   * anchors}, or have a path to one, with {@code evidence}'s certificates between.
   */
  public RevocationStatus status(
      Certificate certificate, List<TrustAnchor> anchors, Evidence evidence, Instant at) {
    Inquiry inquiry = new Inquiry(validator, evidence, at, era);
    RevocationStatus best =
        new RevocationStatus.Unknown("issued by " + certificate.issuer() + ", whom nobody trusts");
    try {
      for (Issuer issuer : issuers(certificate, anchors, inquiry)) {
        switch (inquiry.status(certificate, issuer)) {
          case RevocationStatus.Revoked revoked -> {
            return revoked;
          }
          case RevocationStatus.Good good -> best = good;
          case RevocationStatus.Unknown unknown ->
              best = best instanceof RevocationStatus.Good ? best : unknown;
        }
      }
      return best;
    } catch (SpentException e) {
      return new RevocationStatus.Unknown(e.evidence());
    }
  }

  private static List<Issuer> issuers(
      Certificate certificate, List<TrustAnchor> anchors, Inquiry inquiry) throws SpentException {
    List<Issuer> issuers = new ArrayList<>();
    for (TrustAnchor anchor : anchors) {
      Certificate issuer = anchor.certificate();
      if (issued(issuer, certificate, inquiry)
          && issuer.validAt(inquiry.at())
          && AlgorithmPolicy.isStrongKey(issuer, inquiry.era())) {
        issuers.add(Issuer.at(anchor));
      }
    }
    for (Certificate issuer : inquiry.evidence().certificates()) {
      if (issued(issuer, certificate, inquiry) && mayIssue(issuer)) {
        for (TrustAnchor anchor : anchors) {
          inquiry.path(issuer, List.of(), anchor).map(Issuer::at).ifPresent(issuers::add);
        }
      }
    }
    return issuers;
  }

  /** What a path asks of those in its middle (RFC 5280 §6.1.4 (k), (n)). */
  private static boolean mayIssue(Certificate issuer) {
    return issuer.isCa()
        && issuer.keyUsage().map(usage -> usage.contains(KeyUsage.KEY_CERT_SIGN)).orElse(true);
  }

  private static boolean issued(Certificate issuer, Certificate certificate, Inquiry inquiry)
      throws SpentException {
    inquiry.effort().spend(Work.STEP);
    if (!issuer.subject().equals(certificate.issuer())
        || !AlgorithmPolicy.isVerifiable(issuer.publicKey())) {
      return false;
    }
    inquiry.effort().spend(Work.SIGNATURE);
    return certificate.isSignedBy(issuer.publicKey());
  }
}
