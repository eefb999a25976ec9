package dev.postern.console;

import dev.postern.x509.Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the template {@code authorities.jte} shows. */
public record AuthoritiesPage(List<Certificate> authorities, @Nullable String published) {
  public boolean isRoot(Certificate certificate) {
    return certificate.equals(authorities.getLast());
  }

  public String name(Certificate certificate) {
    return certificate.subject().commonName().orElse(certificate.subject().toString());
  }

  public String file(Certificate certificate, String kind) {
    return "/authority/" + certificate.keyIdentifier().hex() + "/" + kind;
  }

  /** As openssl x509 -fingerprint and postern init write it. */
  public String fingerprint(Certificate certificate) {
    return certificate.fingerprint().colonHex();
  }
}
