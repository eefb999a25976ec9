package dev.postern.cli.verify;

import dev.postern.path.PathValidator;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.PathStatus;
import dev.postern.x509.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether a verified path was revoked, by what was handed over and nothing else. */
@FunctionalInterface
public interface StatusCheck {
  /** Knows nothing, and says so. */
  StatusCheck NONE =
      (path, _, _) ->
          new PathStatus.Unknown(path.leaf(), "this Postern does not read CRLs and OCSP answers");

  /**
   * The DER of CRLs and OCSP responses, in any order.
   *
   * @param maxAge how old they may be, besides being in force
   */
  record Evidence(List<Bytes> crls, List<Bytes> ocsp, Optional<Duration> maxAge) {
    public Evidence {
      crls = List.copyOf(crls);
      ocsp = List.copyOf(ocsp);
    }
  }

  /** {@code request} is what {@code path} was verified for; its instant counts here, too. */
  PathStatus status(VerifiedPath path, PathValidator.Request request, Evidence evidence);
}
