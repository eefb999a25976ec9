package dev.postern.status;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where one authority's revocations are to be learned.
 *
 * @param name of the authority, for the log
 * @param maxAge how old an OCSP answer may be that does not say until when it holds
 */
public record StatusSettings(
    String name,
    List<Location> crls,
    Ocsp ocsp,
    Reach reach,
    PrivateAddresses privateAddresses,
    Duration maxAge) {
  public StatusSettings {
    crls = List.copyOf(crls);
  }

  /** Where a CRL lies. */
  public sealed interface Location {
    record OfFile(Path file) implements Location {}

    record AtUrl(URI url) implements Location {}
  }

  /** Whom to ask about a certificate. */
  public sealed interface Ocsp {
    record Nobody() implements Ocsp {}

    /** Whom the certificate names (AuthorityInfoAccess, RFC 5280 §4.2.2.1). */
    record AsCertified() implements Ocsp {}

    record Responder(URI url) implements Ocsp {}
  }

  /** Whose word is enough to open a connection. */
  public enum Reach {
    /** The configuration's alone. */
    CONFIGURED,
    /** That of a certificate, too, once its path is verified. */
    CERTIFICATE
  }

  /**
   * Whether a certificate may name an address of a private network; the configuration always may.
   */
  public enum PrivateAddresses {
    REFUSED,
    ALLOWED
  }
}
