package dev.postern.config;

import dev.postern.access.UnknownStatusPolicy;
import dev.postern.status.StatusSettings;
import dev.postern.status.StatusSettings.Location;
import dev.postern.status.StatusSettings.Ocsp;
import dev.postern.status.StatusSettings.PrivateAddresses;
import dev.postern.status.StatusSettings.Reach;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code revocation} of a trust entry. */
final class Revocations {
  private static final Duration MAX_AGE = Duration.ofHours(24);

  private Revocations() {}

  static TrustConfig.Revocation read(Section section, String authority, Path folder) {
    List<Location> crls = section.list("crl", text -> location(text, folder));
    Ocsp ocsp = section.or("ocsp", Revocations::ocsp, new Ocsp.Nobody());
    Optional<Reach> said =
        section.optional(
            "fetch",
            Formats.word(Map.of("configured", Reach.CONFIGURED, "certificate", Reach.CERTIFICATE)));
    boolean asCertified = ocsp instanceof Ocsp.AsCertified;
    if (asCertified && said.equals(Optional.of(Reach.CONFIGURED))) {
      section.problem(
          "fetch", "ocsp: true asks the responder that the certificate names; that is certificate");
    }
    Reach reach = said.orElse(asCertified ? Reach.CERTIFICATE : Reach.CONFIGURED);
    if (crls.isEmpty() && ocsp instanceof Ocsp.Nobody && reach == Reach.CONFIGURED) {
      section.problem(
          "crl", "nothing here tells what was revoked; give crl, ocsp, or fetch: certificate");
    }
    PrivateAddresses privateAddresses =
        section.or(
            "private-addresses",
            Formats.word(
                Map.of("refused", PrivateAddresses.REFUSED, "allowed", PrivateAddresses.ALLOWED)),
            PrivateAddresses.REFUSED);
    Duration maxAge =
        section.or(
            "max-age", Formats.duration(Duration.ofMinutes(1), Duration.ofDays(366)), MAX_AGE);
    UnknownStatusPolicy unknown =
        section.or(
            "unknown",
            Formats.word(
                Map.of("deny", UnknownStatusPolicy.DENY, "allow", UnknownStatusPolicy.ALLOW)),
            UnknownStatusPolicy.DENY);
    section.close();
    return new TrustConfig.Revocation(
        new StatusSettings(authority, crls, ocsp, reach, privateAddresses, maxAge), unknown);
  }

  private static Location location(String text, Path folder) {
    return text.contains("://")
        ? new Location.AtUrl(url(text))
        : new Location.OfFile(Formats.path(folder).parse(text));
  }

  private static Ocsp ocsp(String text) {
    return switch (text) {
      case "true" -> new Ocsp.AsCertified();
      case "false" -> new Ocsp.Nobody();
      default -> new Ocsp.Responder(url(text));
    };
  }

  private static URI url(String text) {
    URI url = URI.create(text);
    if (!"http".equals(url.getScheme())
        || url.getHost() == null
        || url.getUserInfo() != null
        || url.getPort() == 0
        || url.getPort() > 65535) {
      throw new IllegalArgumentException(
          "an address begins with http:// and a host name, with a port up to 65535 (CRLs and OCSP answers are signed), not "
              + text);
    }
    return url;
  }
}
