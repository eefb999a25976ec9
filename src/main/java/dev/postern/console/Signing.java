package dev.postern.console;

import dev.postern.authority.Issuance;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.GeneralName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Certifies keys that were made elsewhere, as {@code postern sign} does. */
@FunctionalInterface
public interface Signing {
  /** On the disk when this returns; or every reason why not. */
  Issuance sign(Wish wish, Requester requester);

  /**
   * What is wished for. Of the request only the key and the proof that it is held count; for hosts
   * its names, too, unless there are {@code names}.
   *
   * @param user whose certificate it will be, where the profile is for users
   * @param device on which it will be
   * @param validity how long; empty for the profile's own
   */
  record Wish(
      CertificationRequest request,
      Profile profile,
      Optional<String> user,
      Optional<String> device,
      List<GeneralName> names,
      Optional<Duration> validity) {
    public Wish {
      names = List.copyOf(names);
    }
  }
}
