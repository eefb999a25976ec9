package dev.postern.revocation;

import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.List;

/** API first; see the next commit. */
public final class RevocationChecker {
  public RevocationChecker(PathValidator validator) {}

  /** Every certificate of the path, its anchor excepted. */
  public PathStatus check(VerifiedPath path, Evidence evidence, Instant at) {
    return new PathStatus.Unknown(path.leaf(), "nothing is checked yet");
  }

  /** The leaf of a verified path alone. */
  public RevocationStatus leaf(VerifiedPath path, Evidence evidence, Instant at) {
    return new RevocationStatus.Unknown("nothing is checked yet");
  }

  /** A certificate whose own path nobody asked about: its issuer is an anchor or leads to one. */
  public RevocationStatus status(
      Certificate certificate, List<TrustAnchor> anchors, Evidence evidence, Instant at) {
    return new RevocationStatus.Unknown("nothing is checked yet");
  }
}
