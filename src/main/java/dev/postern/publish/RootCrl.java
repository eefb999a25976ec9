package dev.postern.publish;

import dev.postern.revocation.CertificateList;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.time.Instant;

/**
 * The root's own list, which says that the issuing CA still counts. The root's key is offline, so
 * it is signed by hand and served as it is.
 */
public record RootCrl(Bytes der, Instant thisUpdate, Instant nextUpdate) {
  /** Reads one; malformed, too, when it does not say when it ends. */
  public static RootCrl parse(Bytes der) throws MalformedException {
    CertificateList list = CertificateList.parse(der);
    return new RootCrl(
        der,
        list.thisUpdate(),
        list.nextUpdate()
            .orElseThrow(() -> new MalformedException("tbsCertList.nextUpdate", "is missing")));
  }

  PublicFile file() {
    return new PublicFile(PublicFile.CRL, der, thisUpdate, java.util.Optional.of(nextUpdate));
  }
}
